/** The catalogue's examples: a bad one has its error, a good one has none. */
import { describe, expect, test } from "vitest";
import { catalogue } from "../../compiler/diagnostics/codes/index.ts";
import { elaborated } from "./helpers.ts";

/** Those of the grammar are looked at where it is tested. */
const definitions = [...catalogue.values()].filter(({ code }) => !code.startsWith("NN01"));
const withExamples = definitions.flatMap(({ code, example }) => (example === undefined ? [] : [{ code, ...example }]));

/** Declarations alone are no program; a model makes them one. */
function asProgram(source: string): string {
  return source.includes("model ") ? source : `${source}\nmodel Anything(x: [N, 3]) -> [N, 3] = x`;
}

describe("the catalogue's examples", () => {
  test.each(withExamples)("$code: the bad one has the error", ({ code, bad }) => {
    expect(elaborated(asProgram(bad)).diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
  });

  test.each(withExamples)("$code: the good one has no error", ({ good }) => {
    expect(elaborated(asProgram(good), { allowOpen: true }).diagnostics).toEqual([]);
  });
});
