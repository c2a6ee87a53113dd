/** Programs of the fixtures parse without a diagnostic. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "../../compiler/syntax/parse.ts";

const folder = new URL("./fixtures/", import.meta.url);

test.each(readdirSync(folder).filter((name) => name.endsWith(".nn")))("%s parses without a diagnostic", (name) => {
  const { module, diagnostics } = parse({ name, text: readFileSync(new URL(name, folder), "utf8") });
  expect(diagnostics).toEqual([]);
  expect(module.declarations.length).toBeGreaterThan(0);
});
