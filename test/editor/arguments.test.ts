/** What the functions for editors, `format` and `render` say to arguments that are none: an error with a code, that names what is wrong. */
import { expect, test } from "vitest";
import { completeAt, definitionAt, format, hoverAt, inspect, NncError, render, usesAt } from "../../compiler/index.ts";

const source = { name: "a.nn", source: "model M(x: [N, 4]) -> [N, 2] = x |> dense(2)\n" };
const inspection = inspect(source);
const texts = new Map<string, string>();

/** Called as by a program without types. */
function loosely(call: unknown): (...given: readonly unknown[]) => unknown {
  return call as never; // Any arguments are what these tests are about.
}

function told(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof NncError ? `${error.code} ${error.message}` : `no NncError: ${String(error)}`;
  }
  return "nothing";
}

const aSource = 'option `source`: expected { name: "net.nn", source: "…" }, found';
const anInspection = "an inspection, as `inspect` gives one, found";

test.each<[string, () => unknown, string]>([
  ["no source", () => loosely(inspect)(), `NN0706 ${aSource} undefined`],
  ["a text alone", () => loosely(inspect)("model"), `NN0706 ${aSource} "model"`],
  [
    "a text that is null",
    () => loosely(inspect)({ ...source, source: null }),
    `NN0706 ${aSource} { name: "a.nn", source: null }`,
  ],
  [
    "a name that is none",
    () => loosely(inspect)({ ...source, name: 3 }),
    `NN0706 ${aSource} { name: 3, source: "model M(x: [N, 4]) -> [N, 2] = x |> den…" }`,
  ],
  [
    "files in an object",
    () => loosely(inspect)({ ...source, files: { "b.nn": "" } }),
    'NN0706 option `files`: expected a Map from paths to texts, found { b.nn: "" }',
  ],
  [
    "a field that there is not",
    () => loosely(inspect)({ ...source, file: "a" }),
    'NN0736 the source has no option "file"; expected `name`, `source`, `files`',
  ],
  [
    "an inspection before that is none",
    () => loosely(inspect)(source, source),
    `NN0706 option \`earlier\`: expected ${anInspection} { name: "a.nn", source: "model M(x: [N, 4]) -> [N, 2] = x |> den…" }`,
  ],
  ...[hoverAt, definitionAt, usesAt, completeAt].flatMap((call): readonly [string, () => unknown, string][] => [
    [
      `${call.name} of nothing`,
      () => loosely(call)(null, 3),
      `NN0706 option \`inspection\`: expected ${anInspection} null`,
    ],
    [
      `${call.name} at no place`,
      () => loosely(call)(inspection),
      "NN0706 option `offset`: expected an offset into the text, a whole number from 0, found undefined",
    ],
    [
      `${call.name} at a fraction`,
      () => call(inspection, 0.5),
      "NN0706 option `offset`: expected an offset into the text, a whole number from 0, found 0.5",
    ],
    [
      `${call.name} before the text`,
      () => call(inspection, -1),
      "NN0706 option `offset`: expected an offset into the text, a whole number from 0, found -1",
    ],
  ]),
  [
    "completions of no files",
    () => loosely(completeAt)(inspection, 3, 7),
    "NN0706 option `files`: expected a list of paths, found 7",
  ],
  [
    "a text to format under another name",
    () => loosely(format)(source),
    'NN0706 option `source`: expected { name: "net.nn", text: "…" }, found { name: "a.nn", source: "model M(x: [N, 4]) -> [N, 2] = x |> den…" }',
  ],
  [
    "no diagnostics",
    () => loosely(render)(),
    "NN0706 option `diagnostics`: expected a list of diagnostics, found undefined",
  ],
  [
    "diagnostics that are none",
    () => loosely(render)([{ code: "NN0001" }], texts),
    "NN0706 option `diagnostics`: expected a list of diagnostics, found an Array",
  ],
  [
    "no texts",
    () => loosely(render)([]),
    "NN0706 option `sources`: expected a Map from names to texts, found undefined",
  ],
  [
    "texts in an object",
    () => loosely(render)([], { "a.nn": "" }),
    'NN0706 option `sources`: expected a Map from names to texts, found { a.nn: "" }',
  ],
])("%s", (_, act, expected) => {
  expect(told(act)).toBe(expected);
});

test("an inspection that came from another thread is one", () => {
  expect(hoverAt(structuredClone(inspection), source.source.indexOf("dense"))?.name?.name).toBe("dense");
});
