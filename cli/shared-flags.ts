/** The flags and arguments that several commands take, with their help. */
import { parseConstant, parseCount, parseDimension, parseFile } from "./flags.ts";

export const text = (input: string): string => {
  if (input === "") throw new Error("a name");
  return input;
};

export const file = {
  kind: "tuple",
  parameters: [{ brief: "The .nn file", placeholder: "FILE", parse: text }],
} as const;
export const json = {
  kind: "boolean",
  brief: "Prints JSON on standard output, and nothing else there",
  default: false,
  withNegated: false,
} as const;
export const out = (brief: string) => ({ kind: "parsed", parse: text, placeholder: "DIR", brief }) as const;
export const params = {
  kind: "parsed",
  parse: text,
  placeholder: "FILE",
  brief: "The .safetensors file that `train` wrote",
} as const;
export const targets = ["typescript", "wasm", "wgsl"] as const;
export const target = { kind: "enum", values: targets, default: "typescript", brief: "What to compile to" } as const;
export const runTarget = {
  ...target,
  default: "wasm",
  brief: "What runs it; all give the same figures, wasm soonest",
} as const;
export const relaxed = {
  kind: "boolean",
  default: false,
  withNegated: false,
  brief: "Multiplies and adds in one instruction, for the target wasm: results differ from machine to machine",
} as const;
export const noWinograd = {
  kind: "boolean",
  default: false,
  withNegated: false,
  brief: "Adds up every convolution as it is written, where Winograd's algorithm would be faster and round more",
} as const;
export const label = {
  kind: "parsed",
  parse: text,
  optional: true,
  placeholder: "NAME",
  brief: "Which `train` of the file, by its label or model; by default the first",
} as const;
export const savedLabel = {
  ...label,
  brief: `${label.brief.split(";")[0]}; by default the one that wrote the parameters`,
} as const;
export const override = {
  kind: "boolean",
  default: false,
  withNegated: false,
  brief:
    "Uses the source's values and the flags' in the place of the --const, --dim, --set and --no-winograd that the parameters were trained with",
} as const;
export const count = (brief: string) =>
  ({ kind: "parsed", parse: parseCount, optional: true, placeholder: "NUMBER", brief }) as const;
/** What closes and bounds a program when it is compiled. */
export const closing = {
  const: {
    kind: "parsed",
    parse: parseConstant,
    optional: true,
    variadic: true,
    placeholder: "NAME=VALUE",
    brief: "Another value for a `const`, such as hidden=256; may be repeated",
  },
  dim: {
    kind: "parsed",
    parse: parseDimension,
    optional: true,
    variadic: true,
    placeholder: "NAME=SIZE",
    brief: "The value of a dimension that the source leaves to the data, such as F=34; may be repeated",
  },
  bounds: {
    kind: "parsed",
    parse: parseDimension,
    optional: true,
    variadic: true,
    placeholder: "NAME=SIZE",
    brief: "The largest value of an open dimension, such as N=64; may be repeated",
  },
  operations: count(
    "How many operations the program may have once every call is written out; by default what takes about five seconds to compile",
  ),
} as const;
export const data = (brief: string) =>
  ({
    kind: "parsed",
    parse: parseFile,
    optional: true,
    variadic: true,
    placeholder: "FILE",
    brief: `${brief}; NAME=FILE gives an array for one input, and may be repeated`,
  }) as const;
export const force = {
  kind: "boolean",
  default: false,
  withNegated: false,
  brief: "Replaces files that do not say that nnc wrote them, or that the command reads",
} as const;
