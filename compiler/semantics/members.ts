/** `a.b` where a value stands: paths of models stand in `update` only, so what is meant is a function of another language. */
import { didYouMean } from "../diagnostics/suggest.ts";
import { diagnose, label, type Diagnostic } from "../diagnostics/diagnostic.ts";
import { wrongKind } from "../diagnostics/codes/shapes.ts";
import type { Member } from "../syntax/ast.ts";
import { nameHelp } from "./habits.ts";

const libraries: readonly string[] = [
  "nn",
  "torch",
  "F",
  "tf",
  "keras",
  "layers",
  "np",
  "jnp",
  "jax",
  "nnx",
  "K",
  "math",
];

/** What attributes of tensors are here. */
const attributes: ReadonlyMap<string, string> = new Map([
  ["shape", "a dimension is a number by its name, as `N` of `x: [N, 4]`"],
  ["size", "a dimension is a number by its name, as `N` of `x: [N, 4]`"],
  ["t", "the last two axes change places by `x.T`"],
  ["dtype", "the element type stands in the signature, `i32[N]`"],
  ["grad", "a gradient is `grad(y, wrt: x)`"],
  ["item", "one number of a tensor is `x[0, 0]`"],
  ["astype", "numbers become f32 by `f32(x)`, whole by `i32(x)`"],
]);

/** Of files. */
const endings: readonly string[] = ["csv", "txt", "npy", "idx", "gz", "safetensors", "json", "nn", "png"];

/** The complaint about a member that stands in an expression; `known` are the functions and layers that there are, `isBound` tells names of the body. */
export function misplacedMember(
  { target, member, span }: Member,
  known: readonly string[],
  isBound: (name: string) => boolean,
): Diagnostic {
  let root = target;
  const between: string[] = [];
  for (; root.kind === "member"; root = root.target) between.unshift(`${root.member.text}.`);
  const owner = root.kind === "name" ? root.text : undefined;
  const what = nameOf(member.text, known);
  if (owner !== undefined && ["self", "this"].includes(owner)) {
    const help = `a layer that is kept is \`let ${member.text} = dense(2)\`, and called by its name`;
    return diagnose(
      wrongKind,
      { expected: "a value", found: `\`${owner}\`, which there is none of` },
      [label(span, "")],
      help,
    );
  }
  if (owner !== undefined && libraries.includes(owner) && !isBound(owner)) {
    const help = what === undefined ? "functions and layers are named alone, without a library" : what;
    const found = `\`${owner}.${between.join("")}${member.text}\`: there is no \`${owner}\``;
    return diagnose(wrongKind, { expected: "a value", found }, [label(span, "")], help);
  }
  if (owner !== undefined && endings.includes(member.text)) {
    const help = `a path stands in quotes: \`"${owner}.${member.text}"\``;
    return diagnose(
      wrongKind,
      { expected: "a value", found: `\`${owner}.${member.text}\`` },
      [label(span, "this")],
      help,
    );
  }
  const attribute = attributes.get(member.text) ?? what ?? "paths into a model stand in `update` only";
  const found = `\`.${member.text}\`: tensors have no methods`;
  return diagnose(wrongKind, { expected: "a value", found }, [label(span, "this")], attribute);
}

/** What takes more than the tensor. */
const withArguments: readonly string[] = ["reshape", "transpose", "dense", "take", "pick", "one_hot", "dropout"];

/** How a function is written here that is called so elsewhere. */
function nameOf(text: string, known: readonly string[]): string | undefined {
  const habit = nameHelp(text, "value", []);
  const lower = text.toLowerCase();
  if (habit !== undefined) return habit;
  if (!known.includes(lower)) return didYouMean(text, known);
  return withArguments.includes(lower) ? `write \`${lower}(x, …)\`` : `write \`${lower}(x)\`, or \`x |> ${lower}\``;
}
