/** The catalogue's examples: a bad one has its error, a good one has none. */
import { describe, expect, test } from "vitest";
import * as names from "../../compiler/diagnostics/codes/names.ts";
import * as settings from "../../compiler/diagnostics/codes/settings.ts";
import * as shapes from "../../compiler/diagnostics/codes/shapes.ts";
import * as train from "../../compiler/diagnostics/codes/train.ts";
import type { DiagnosticDefinition } from "../../compiler/diagnostics/diagnostic.ts";
import { elaborated } from "./helpers.ts";

const definitions: readonly DiagnosticDefinition<never>[] = [names, settings, shapes, train].flatMap((area) =>
  Object.values(area),
);
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
    expect(elaborated(asProgram(good)).diagnostics).toEqual([]);
  });
});
