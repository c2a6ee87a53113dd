/** The prelude parses, and all of its names are known. */
import { expect, test } from "vitest";
import { analysePrelude } from "../../compiler/semantics/analyse.ts";
import { prelude } from "../elaborate/helpers.ts";

test("the prelude parses and its names are known", () => {
  expect(prelude.flatMap(({ diagnostics }) => diagnostics)).toEqual([]);
  expect(analysePrelude(prelude.map(({ file }) => file))).toEqual([]);
});
