/** Whether a load lies at the loop's own place: only there is the value at hand as a local. */
import { describe, expect, it } from "vitest";
import { constant } from "../../compiler/dimension/dimension.ts";
import { isIdentity, leadsWith } from "../../compiler/fuse/definition.ts";
import { axisIndex, constantIndex } from "../../compiler/loops/index.ts";
import type { Axis, Index } from "../../compiler/loops/types.ts";

const row: Axis = { name: "i0", extent: constant(4) };
const single: Axis = { name: "i1", extent: constant(1) };
const [i0, i1, first, second] = [axisIndex("i0"), axisIndex("i1"), constantIndex(0), constantIndex(1)];

describe("a load is at the loop's place", () => {
  it.each<[string, Index[], Axis[], boolean]>([
    ["with each axis where it stands", [i0, i1], [row, single], true],
    ["with 0 for an axis of one value", [i0, first], [row, single], true],
    ["but not with 0 for an axis of several", [first, i1], [row, single], false],
    ["but not with 1 for an axis of one value", [i0, second], [row, single], false],
    ["but not with another axis", [i1, i0], [row, single], false],
    ["but not with fewer indices", [i0], [row, single], false],
    ["but not with more", [i0, i1, first], [row, single], false],
    ["of no axes, with no indices", [], [], true],
  ])("%s", (_, indices, axes, expected) => {
    expect(isIdentity(indices, axes)).toBe(expected);
  });

  it("and leads with it where further indices follow", () => {
    expect(leadsWith([i0, first], [row])).toBe(true);
    expect(leadsWith([first, i0], [row])).toBe(false);
  });
});
