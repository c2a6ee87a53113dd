/** The packed prelude: its trees come back from their text as they were. */
import { expect, test } from "vitest";
import { pack, unpack } from "../../compiler/prelude/pack.ts";
import { parsePrelude } from "../../compiler/prelude/parsed.ts";

test("the prelude's trees come back from their text as they were", () => {
  const parsed = parsePrelude();
  expect(unpack(pack(parsed))).toEqual(parsed);
});
