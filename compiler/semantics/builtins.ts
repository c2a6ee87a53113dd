/**
 * The names that the language itself gives, with their parameters. Elaboration has one rule for each; semantics knows the
 * names, so that a slip of the pen is found without running anything.
 */
import { unaryFunctions, type UnaryFunction } from "../loops/functions.ts";

export interface BuiltinParameter {
  readonly name: string;
  readonly required: boolean;
}

export interface Builtin<Name = BuiltinName> {
  readonly name: Name;
  /** In order. Where the first is a tensor, the built-in without it is a layer. */
  readonly parameters: readonly BuiltinParameter[];
  readonly layer: boolean;
  /** Takes any number of further positional arguments. */
  readonly variadic: boolean;
}

/** `"x over? axis?"` is one required and two optional parameters. */
function builtin<Name extends string>(
  name: Name,
  parameters: string,
  flags: { layer?: boolean; variadic?: boolean } = {},
): Builtin<Name> {
  const words = parameters.split(" ").filter((word) => word !== "");
  return {
    name,
    parameters: words.map((word) => ({ name: word.replace("?", ""), required: !word.endsWith("?") })),
    layer: flags.layer ?? false,
    variadic: flags.variadic ?? false,
  };
}

const layer = { layer: true };

/** Elementwise functions of one tensor that are primitives of the same name. */
type Elementwise = UnaryFunction | "sqrt" | "abs" | "floor";

const elementwise: readonly Elementwise[] = [
  // The table's own keys.
  ...(Object.keys(unaryFunctions) as UnaryFunction[]),
  "sqrt",
  "abs",
  "floor",
];

const list = [
  ...elementwise.map((name) => builtin(name, "x", layer)),
  ...(["f32", "i32", "bool"] as const).map((name) => builtin(name, "x", layer)),
  ...(["maximum", "minimum"] as const).map((name) => builtin(name, "a b", layer)),
  builtin("where", "c a b"),
  ...(["sum", "mean", "max", "min", "prod"] as const).map((name) => builtin(name, "x over? axis? keep?", layer)),
  ...(["argmax", "argmin"] as const).map((name) => builtin(name, "x over? axis?", layer)),
  builtin("cumsum", "x axis", layer),
  builtin("reshape", "x shape", layer),
  builtin("transpose", "x order", layer),
  builtin("broadcast", "x shape", layer),
  builtin("concat", "tensors axis"),
  builtin("stack", "tensors axis"),
  builtin("pad", "x margins value?", layer),
  builtin("reverse", "x axis", layer),
  builtin("take", "table ids"),
  builtin("pick", "x ids", layer),
  builtin("one_hot", "ids n", layer),
  builtin("eye", "n"),
  builtin("range", "n"),
  builtin("tensor", "numbers"),
  builtin("einsum", "text", { variadic: true }),
  builtin("conv", "x w stride? padding? dilation? input_dilation? groups?", layer),
  ...(["window_max", "window_sum"] as const).map((name) => builtin(name, "x size stride? padding?", layer)),
  builtin("random_normal", "shape"),
  builtin("random_uniform", "shape"),
  builtin("grad", "y wrt"),
  builtin("stop_gradient", "x", layer),
  ...(["rank", "is_integer", "is_string", "is_list", "length"] as const).map((name) => builtin(name, "x")),
];

/** Elaboration has a rule for each of them, or does not compile. */
export type BuiltinName = (typeof list)[number]["name"];

export const builtins: ReadonlyMap<string, Builtin> = new Map(list.map((entry) => [entry.name, entry]));

/** How a name that the file may have taken is written where the prelude's is meant: `prelude.relu`. */
export const preludePrefix = "prelude.";

/** `relu` of `prelude.relu`; undefined for any other name. */
export function nameInPrelude(name: string): string | undefined {
  return name.startsWith(preludePrefix) ? name.slice(preludePrefix.length) : undefined;
}

/** The built-in that a name means where no declaration has it. */
export function builtinNamed(name: string): Builtin | undefined {
  return builtins.get(nameInPrelude(name) ?? name);
}

/** Names that stand for a value and not for a function; each means something only in its place. */
export const ambient: readonly string[] = [
  "training",
  "step",
  "epoch",
  "step_in_epoch",
  "steps_per_epoch",
  "epochs",
  "shape",
  "fan_in",
  "fan_out",
  "lr",
  "lr0",
];
