/**
 * What an `if` binds for the statements after it: the names that every branch binds which gets that far. Told from the text alone, so that
 * a name means the same whichever branch is taken.
 */
import type { Body, If, Name } from "../syntax/ast.ts";

/** One binding of each name, of the first branch; none where no `else` says what holds otherwise. */
export function boundAfter({ branches, otherwise }: If): readonly Name[] {
  if (otherwise === undefined) return [];
  const open = [...branches.map(({ body }) => body), otherwise].filter((body) => !returns(body));
  const [first, ...others] = open.map((body) => boundIn(body));
  const names = others.map((bound) => new Set(bound.map(({ text }) => text)));
  return (first ?? []).filter(({ text }) => names.every((bound) => bound.has(text)));
}

/** Whether nothing comes after the body. */
function returns({ statements }: Body): boolean {
  return statements.some(
    (statement) =>
      statement.kind === "return" ||
      (statement.kind === "if" &&
        statement.otherwise !== undefined &&
        [...statement.branches.map(({ body }) => body), statement.otherwise].every(returns)),
  );
}

function boundIn({ statements }: Body): readonly Name[] {
  return statements.flatMap((statement): readonly Name[] => {
    switch (statement.kind) {
      case "let":
        return statement.targets.filter((target) => target.kind === "name");
      case "param":
      case "state":
        return [statement.name];
      case "if":
        return boundAfter(statement);
      default:
        return [];
    }
  });
}
