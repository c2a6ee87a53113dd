/** Programs of hard names, which every target must print so that they stay within their places. */
import type { Program } from "../../compiler/program/types.ts";
import {
  at,
  binary,
  define,
  kernelOf,
  literal,
  load,
  loop,
  parameter,
  programOf,
  store,
  variable,
} from "./programs.ts";

/** Names that a printer may stumble over: of words, characters and widths. */
export const awkward: readonly string[] = [
  "*/ alert(1) /*",
  "`${process}`",
  "line\nbreak",
  "line\u2028separator",
  "__proto__",
  "constructor",
  "class",
  "arguments",
  "1st",
  "",
  "ünïcödé",
  "日本",
  'quo"te',
  "back\\slash",
  "</script>",
  ";) (;",
  "memory",
  "fround",
  "create",
  "Math",
  "x",
  "x ",
  "x.",
  "\u0000",
  "\u202etxt",
  "NaN",
  "Infinity",
  "undefined",
  "eval",
  "prototype",
  "toString",
  "hasOwnProperty",
  "local",
  "param",
  "func",
  "loop",
  "$",
  "var",
  "fn",
  "array",
  "texture_2d",
  "workgroup",
  "__reserved",
  "_",
  "arena",
  "dims",
  "zero",
  "thread",
  // As wide as a line of text, and as ten of them.
  "a".repeat(109),
  "b".repeat(1000),
  Array.from({ length: 40 }, (_, n) => `translation_model_decoder_layer_${n}`).join("."),
  "ü".repeat(1000),
];

/** A program in which every name is one that could break out of its place. */
export function awkwardProgram(): Program {
  const names = awkward.map((name, n) => ({ name, other: awkward[(n + 1) % awkward.length] }));
  const kernels = names.map(({ name, other }) =>
    kernelOf(
      name,
      [parameter(name, "read"), parameter(`${name}'`, "write")],
      [
        { kind: "comment", text: name },
        loop(other, 2, [
          define(name, load(name, at({ [other]: 1 }))),
          store(`${name}'`, at({ [other]: 1 }), binary("add", variable(name), literal(1))),
        ]),
      ],
      {
        origins: [{ span: { file: name, from: 0, to: 1 }, path: name }],
        arrays: [{ name: `row ${name}`, dtype: "f32", elements: 1 }],
      },
    ),
  );
  const base = programOf(kernels[0], { [awkward[0]]: 2, [`${awkward[0]}'`]: 2 });
  const buffers = names.flatMap(({ name }, n) => [
    { ...base.buffers[0], name, offset: 128 * n },
    { ...base.buffers[1], name: `${name}'`, offset: 128 * n + 64 },
  ]);
  const steps = names.map((_, n) => ({ kind: "call", kernel: n, buffers: [2 * n, 2 * n + 1] }) as const);
  const entries = ["run", ...awkward.map((name) => `predict.${name}`)].map((name) => ({
    name,
    inputs: [name],
    results: [name],
    dims: [],
    steps,
  }));
  return { ...base, name: "*/\u2028`", kernels, buffers, entries, arenaBytes: 128 * names.length };
}

/** Source texts for the files that the kernels' origins name. */
export const awkwardSources: ReadonlyMap<string, string> = new Map(awkward.map((name) => [name, `${name}\n`]));

/** Names that a source can hold. */
const words: readonly string[] = [
  ...awkward.filter((name) => /^[A-Za-z_]\w*$/.test(name) && name !== "_" && name !== "param"),
  ..."entries worker threads own this await function predict init evaluate id buffers part parts".split(" "),
];

/** A model with words for all names but its own. */
function inside(at: number): string {
  const [input, parameter, value, size] = [0, 1, 2, 3].map((step) => words[(at + step) % words.length]);
  return `model Model${at}(${input}: [${size}, 2]) -> [${size}, 2] {
  param ${parameter}: [2] = ones
  let ${value} = softmax(${input}) * ${parameter}
  return ${input} + ${value} / ${value}
}`;
}

function named(word: string): string {
  return `model ${word}(input: [N, 2]) -> [N, 2] {
  param scale: [2] = ones
  return input * scale + 1
}`;
}

interface Source {
  readonly title: string;
  readonly source: string;
  /** With the name of its one input, `[rows, 2]`; each adds 1 to every element. */
  readonly models: readonly { readonly model: string; readonly input: string }[];
}

export const wordSources: readonly Source[] = [
  {
    title: "of inputs, parameters, values and dimensions",
    source: words.map((_, at) => inside(at)).join("\n"),
    models: words.map((word, at) => ({ model: `Model${at}`, input: word })),
  },
  {
    title: "of models",
    source: words.map(named).join("\n"),
    models: words.map((word) => ({ model: word, input: "input" })),
  },
];
