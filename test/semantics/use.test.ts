/** `use`: what other files declare, files that are not there, and circles of them. */
import { expect, test } from "vitest";
import { analysed } from "../elaborate/helpers.ts";

function used(files: Readonly<Record<string, string>>): string {
  const { diagnostics } = analysed(files["main.nn"], new Map(Object.entries(files)));
  return diagnostics.map(({ code, message }) => `${code} ${message}`).join("\n");
}

test.each([
  ["../../etc/passwd", "which leads out of the project"],
  ["/etc/passwd", "which is absolute"],
  ["http://example.org/a.nn", "which is an address or names a drive"],
  ["C:/a.nn", "which is an address or names a drive"],
  ["a\\\\b.nn", "which has a backslash"],
])("use %s is refused", (path, problem) => {
  expect(used({ "main.nn": `use "${path}"` })).toContain(`NN0206 expected a relative path inside the project, found`);
  expect(used({ "main.nn": `use "${path}"` })).toContain(problem);
});

test("use finds what other files declare, and what they use", () => {
  expect(
    used({
      "main.nn": 'use "./a.nn"\nmodel M(x: [N]) -> [N] = x |> one |> two',
      "a.nn": 'use "./b.nn"\nblock one(x: [N]) -> [N] = x',
      "b.nn": "block two(x: [N]) -> [N] = x",
    }),
  ).toBe("");
});

test("a file that is not there", () => {
  expect(used({ "main.nn": 'use "./a.nn"' })).toBe('NN0207 there is no file "./a.nn"');
});

test("a circle of files is printed", () => {
  expect(used({ "main.nn": 'use "./a.nn"', "a.nn": 'use "./b.nn"', "b.nn": 'use "./a.nn"' })).toBe(
    "NN0205 expected files that do not use each other in a circle, found a.nn → b.nn → a.nn",
  );
});
