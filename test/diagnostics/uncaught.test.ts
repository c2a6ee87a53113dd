/** What Node.js prints of an error that a program does not catch. */
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { NncError, diagnose } from "../../compiler/diagnostics/diagnostic.ts";
import { unsuitableOption } from "../../compiler/diagnostics/codes/runtime.ts";

test("an NncError shows its message and its code, and nothing twice", () => {
  const values = { option: "colour", expected: "true or false", found: "3" };
  const error = new NncError(diagnose(unsuitableOption, values, []));
  const printed = inspect(error).replaceAll(/^ +at .*$\n?/gm, "");
  expect(printed.replaceAll(/\s+/g, " ")).toMatch(
    /^NncError: option `colour`: expected true or false, found 3 code: 'NN0706' \}$/,
  );
  expect(error.diagnostic.message).toBe("option `colour`: expected true or false, found 3");
});
