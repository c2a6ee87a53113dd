/**
 * After emission every expression has a name. This puts back where it is used what is used once, within the same list of
 * statements and with no store or assignment between that could change it, and drops what nothing reads.
 */
import { allNodesOf, mapBodies, mapOperands, nodesOf } from "../program/traverse.ts";
import type { Expression, Statement } from "../program/types.ts";
import { namesRead, ownNames } from "../program/uses.ts";

type Define = Extract<Statement, { readonly kind: "define" }>;

/** The same statements, easier to read and cheaper to print. */
export function tidy(statements: readonly Statement[]): readonly Statement[] {
  return inline(dropUnused(statements));
}

/** How often each name is read. */
function usesIn(statements: readonly Statement[]): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  for (const name of allNodesOf(statements).flatMap(ownNames)) uses.set(name, (uses.get(name) ?? 0) + 1);
  return uses;
}

function dropUnused(statements: readonly Statement[]): readonly Statement[] {
  const uses = usesIn(statements);
  let dropped = false;
  const keep = (list: readonly Statement[]): readonly Statement[] =>
    list.flatMap((statement) => {
      const unused = statement.kind === "define" && !statement.mutable && (uses.get(statement.name) ?? 0) === 0;
      dropped ||= unused;
      return unused ? [] : [mapBodies(statement, keep)];
    });
  const kept = keep(statements);
  return dropped ? dropUnused(kept) : kept;
}

function inline(statements: readonly Statement[]): readonly Statement[] {
  const uses = usesIn(statements);
  const inList = (list: readonly Statement[]): readonly Statement[] =>
    inlineList(
      list.map((one) => mapBodies(one, inList)),
      uses,
    );
  return inList(statements);
}

/** Backwards, so that a chain of single uses ends up in its last. */
function inlineList(list: readonly Statement[], uses: ReadonlyMap<string, number>): readonly Statement[] {
  const hazards = hazardsOf(list);
  const users = new Map<string, number>();
  for (const [position, statement] of list.entries())
    for (const name of operandNames(statement)) users.set(name, position);
  const target = list.map((_, position) => position);
  const inlined = new Map<string, Expression>();
  for (let position = list.length - 1; position >= 0; position--) {
    const statement = list[position];
    if (statement.kind !== "define" || statement.mutable || uses.get(statement.name) !== 1) continue;
    const user = users.get(statement.name);
    if (user === undefined || !movable(statement, position, target[user], hazards)) continue;
    target[position] = target[user];
    inlined.set(statement.name, statement.value);
  }
  const replaced = (value: Expression): Expression =>
    value.kind === "variable" ? replacedVariable(value, inlined, replaced) : mapOperands(value, replaced);
  return list.filter((one) => one.kind !== "define" || !inlined.has(one.name)).map((one) => mapOperands(one, replaced));
}

function replacedVariable(
  variable: Extract<Expression, { kind: "variable" }>,
  inlined: ReadonlyMap<string, Expression>,
  replaced: (value: Expression) => Expression,
): Expression {
  const value = inlined.get(variable.name);
  return value === undefined ? variable : replaced(value);
}

/** The variables that stand as operands, where an expression can take their place: not those inside an index. */
function operandNames(statement: Statement): readonly string[] {
  return nodesOf(statement).flatMap((node) => (node.kind === "variable" ? [node.name] : []));
}

/** How many statements before each position store, and what each assigns. */
interface Hazards {
  readonly stores: readonly number[];
  readonly assigned: readonly ReadonlySet<string>[];
}

function hazardsOf(list: readonly Statement[]): Hazards {
  const stores = [0];
  for (const statement of list) stores.push(stores[stores.length - 1] + Number(storesIn(statement)));
  return { stores, assigned: list.map(assignedIn) };
}

function storesIn(statement: Statement): boolean {
  return allNodesOf([statement]).some(({ kind }) => kind === "store");
}

function assignedIn(statement: Statement): ReadonlySet<string> {
  return new Set(allNodesOf([statement]).flatMap((node) => (node.kind === "assign" ? [node.name] : [])));
}

/** Whether evaluating it at `to` instead of at `from` gives the same. */
function movable(define: Define, from: number, to: number, { stores, assigned }: Hazards): boolean {
  const isLoaded = nodesOf(define.value).some(({ kind }) => kind === "load");
  if (isLoaded && stores[to] > stores[from + 1]) return false;
  const read = namesRead(define.value);
  return assigned.slice(from + 1, to).every((names) => !read.some((name) => names.has(name)));
}
