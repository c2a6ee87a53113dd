/**
 * What is mutated, and by which tests each folder is held: the ones that speak about it and are quick, the quickest first, since a mutant is
 * run against those that reach it until one fails. The browser, the command and whole trainings notice more, but too slowly.
 */
const named = (folder, names) => names.map((name) => `test/${folder}/${name}.test.ts`);

/** In the order of danger: a fault in the first ones gives wrong numbers without a word. */
export const folders = [
  { folder: "compiler/dimension", tests: ["test/dimension", "test/loops/index.test.ts"] },
  {
    folder: "compiler/kernel",
    // Not program.test.ts, whose whole networks take half a minute.
    tests: [
      ...named("kernel", [
        "parts",
        "schedule.golden",
        "kernel",
        "accesses",
        "decide",
        "cluster",
        "order",
        "places",
        "strategy",
      ]),
      ...named("kernel", ["segments", "schedule", "fuse", "paths", "plan"]),
    ],
  },
  { folder: "compiler/program", tests: ["test/program"] },
  { folder: "compiler/passes", tests: ["test/passes", "test/ops"] },
  { folder: "compiler/ops", tests: ["test/ops", "test/passes"] },
  { folder: "compiler/loops", tests: ["test/loops", "test/ops"] },
  { folder: "runtime/data", tests: ["test/data"] },
  { folder: "runtime/save", tests: ["test/save"] },
  {
    folder: "runtime/train",
    tests: [
      ...named("runtime", ["losses", "check", "prepare", "events", "async", "train", "states", "options"]),
      ...named("save", ["options"]),
    ],
  },
];
