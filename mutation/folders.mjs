/**
 * What is mutated, and by which tests each folder is held: the ones that speak about it and are quick, the quickest first, since a mutant is
 * run against those that reach it until one fails. The browser, the command and whole trainings notice more, but too slowly.
 */
import { readdirSync } from "node:fs";
import path from "node:path";
import { root } from "../scripts/lib/project.mjs";

const named = (folder, names) => names.map((name) => `test/${folder}/${name}.test.ts`);

/** All tests of a folder but the slow ones, those that `first` names first: they notice most, and soonest. */
function testsOf(folder, { first, slow }) {
  const all = readdirSync(path.join(root, "test", folder))
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => file.slice(0, -".test.ts".length))
    .sort();
  const gone = [...first, ...slow].filter((name) => !all.includes(name));
  if (gone.length > 0) throw new RangeError(`test/${folder} has no ${gone.join(", ")}`);
  return named(folder, [...first, ...all.filter((name) => !first.includes(name) && !slow.includes(name))]);
}

// Whole networks take half a minute.
const middle = testsOf("kernel", {
  first: ["parts", "schedule.golden", "kernel", "accesses", "decide"],
  slow: ["program"],
});
/** In the order of danger: a fault in the first ones gives wrong numbers without a word. */
export const folders = [
  { folder: "compiler/dimension", tests: ["test/dimension", "test/loops/index.test.ts"] },
  ...["lower", "fuse", "schedule", "plan", "kernel", "middle.ts"].map((name) => ({
    folder: `compiler/${name}`,
    tests: middle,
  })),
  { folder: "compiler/program", tests: ["test/program"] },
  { folder: "compiler/passes", tests: ["test/passes", "test/ops"] },
  { folder: "compiler/ops", tests: ["test/ops", "test/passes"] },
  { folder: "compiler/loops", tests: ["test/loops", "test/ops"] },
  { folder: "runtime/data", tests: ["test/data"] },
  { folder: "runtime/save", tests: ["test/save"] },
  {
    folder: "runtime/train",
    tests: [
      ...named("runtime", [
        "losses",
        "check",
        "feeds",
        "evaluation",
        "prepare",
        "events",
        "async",
        "train",
        "states",
        "options",
        "steps-per-epoch",
      ]),
      ...named("save", ["options"]),
    ],
  },
];
