/** Bugs planted in a copy of the compiler: the quick tests must catch every one, and pass without. */
import { describe, expect, test } from "vitest";
import { record, settings } from "../random/settings.ts";
import { plantedBugs } from "./bugs.ts";
import { noticedBy, occurrences, runPlanted } from "./plant.ts";

describe("planted bugs", () => {
  test.each(plantedBugs)("$name: still fits $file", (bug) => {
    expect(occurrences(bug)).toBe(1);
    expect(bug.replacement).not.toBe(bug.text);
  });

  test("are at least ten, in ops, passes, fusion, schedules, plans, functions and both targets", () => {
    const folders = plantedBugs.map(({ file }) => file);
    const wanted = [
      "compiler/ops",
      "compiler/passes",
      "compiler/fuse",
      "compiler/schedule",
      "compiler/plan",
      "compiler/loops",
      "targets/typescript",
      "targets/wasm",
    ];
    expect(wanted.filter((folder) => !folders.some((file) => file.startsWith(folder)))).toEqual([]);
    expect(plantedBugs.length).toBeGreaterThanOrEqual(10);
  });
});

describe.runIf(settings.deep)("the quick tests", { timeout: 600_000 }, () => {
  test("pass on an unchanged copy", async () => {
    const { passed, output } = await runPlanted(undefined);
    expect(passed ? "" : output).toBe("");
  });

  test.each(plantedBugs)("catch it where $name", async (bug) => {
    const { passed, output } = await runPlanted(bug);
    const noticed = noticedBy(output);
    record({ suite: "planted", name: bug.name, file: bug.file, caught: !passed && noticed !== undefined, noticed });
    expect(passed).toBe(false);
    expect(noticed ?? `no test noticed it:\n${output}`).toBe(noticed);
  });
});
