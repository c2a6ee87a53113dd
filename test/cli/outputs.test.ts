/** What a command writes: never in the place of a user's file, all of it or nothing, and a place that cannot be written is noticed first. */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { writeFilesAtomic } from "../../runtime/save/write-file.ts";
import { errorOf } from "../data/support.ts";
import { pointsCsv, pointsProject, pointsSource } from "./fixture.ts";
import { folderWith, nnc } from "./helpers.ts";

const { folder: cwd } = folderWith({
  ...pointsProject,
  "log/points.nn": pointsSource.replace("points.csv", "log.jsonl"),
  "log/log.jsonl": pointsCsv,
  "other.nn": "model Other(x: [N, 2]) -> [N, 2] = x |> dense(2)",
  "from/points.nn": pointsSource
    .replace("points.csv", "../points.csv")
    .replace("seed: 3 }", 'seed: 3  start_from: "parameters.safetensors" }'),
});
const mine = "mine\n";
beforeAll(async () => {
  await nnc(["train", "points.nn", "-o", "run", "--epochs", "1"], { cwd });
}, 60_000);

/** A folder with files of the user. */
function userFolder(folder: string, ...names: readonly string[]): void {
  mkdirSync(path.join(cwd, folder), { recursive: true });
  for (const name of names) writeFileSync(path.join(cwd, folder, name), mine);
}

function contents(folder: string): Record<string, string> {
  const names = readdirSync(path.join(cwd, folder)).toSorted();
  return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(cwd, folder, name), "latin1")]));
}

const params = ["--params", "run/parameters.safetensors"];
const outputs: readonly (readonly [args: readonly string[], name: string])[] = [
  [["train", "points.nn", "--epochs", "1"], "parameters.safetensors"],
  [["train", "points.nn", "--epochs", "1"], "checkpoint.safetensors"],
  [["train", "points.nn", "--epochs", "1"], "log.jsonl"],
  [["train", "points.nn", "--epochs", "1"], "plot.svg"],
  [["train", "points.nn", "--epochs", "1"], "report.html"],
  [["train", "points.nn", "--epochs", "1"], "run.json"],
  [["train", "points.nn", "--epochs", "1", "--all"], "plot.svg"],
  [["build", "points.nn", "--target", "wasm"], "manifest.json"],
  [["build", "points.nn", "--target", "wasm"], "plain.wasm"],
  [["build", "points.nn", "--target", "typescript"], "plain.ts"],
  [["export", "points.nn", ...params], "model.mjs"],
  [["export", "points.nn", ...params, "--format", "ts"], "model.ts"],
];

test.each([
  ["train", "points.nn", "-o", "x".repeat(300)],
  ["build", "points.nn", "-o", "x".repeat(300)],
  ["graph", "points.nn", "-o", `${"x".repeat(300)}.svg`],
  ["export", "points.nn", ...params, "-o", `${"x".repeat(300)}.mjs`],
])("a name that is too long for the file system is refused: %s", async (...args) => {
  const { stderr, code } = await nnc(args, { cwd });
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^error\[NN0924\]: cannot write .*x….*too long/)]);
});

describe("a file that nnc did not write", () => {
  test.each([
    ["mine.html", "graph", "<!doctype html>\n<p>How a picture, drawn by nnc. It took me long.</p>\n"],
    ["mine.svg", "graph", "<svg><!-- <desc>drawn by nnc</desc> --></svg>\n"],
    ["server.mjs", "export", "// serves points.mjs, exported by nnc.\nexport const port = 1;\n"],
    ["mine.mjs", "export", "/** A server. */\n// The model, exported by nnc. It is good.\n"],
  ])("%s, which speaks of nnc, stays as it is", async (name, command, content) => {
    writeFileSync(path.join(cwd, name), content);
    const { stderr, code } = await nnc([command, "points.nn", ...(command === "export" ? params : []), "-o", name], {
      cwd,
    });
    expect([code, stderr]).toEqual([1, expect.stringContaining(`error[NN0928]: ${name} stands in the way`)]);
    expect(readFileSync(path.join(cwd, name), "utf8")).toBe(content);
  });

  test.each(outputs)("%j leaves %s as it is", async (args, name) => {
    const folder = `taken-${outputs.findIndex(([a, n]) => a === args && n === name)}`;
    userFolder(folder, name);
    const { stderr, code } = await nnc([...args, "-o", folder], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain(
      `error[NN0928]: ${folder}/${name} stands in the way: nothing says that nnc wrote it; nothing was written\n   = help: choose another place, or add --force to replace it\n`,
    );
    expect(contents(folder)).toEqual({ [name]: mine });
  });

  test("is replaced with --force", async () => {
    userFolder("forced", "manifest.json");
    const { code } = await nnc(["build", "points.nn", "--target", "wasm", "-o", "forced", "--force"], { cwd });
    expect([code, contents("forced")["manifest.json"]]).toEqual([0, expect.stringContaining("nnc-artifact")]);
  });
});

test.each(["typescript", "wasm", "wgsl"])(
  "what build wrote for %s is known again when another build lies over it",
  async (target) => {
    const build = (file: string) => nnc(["build", file, "--target", target, "-o", `over-${target}`], { cwd });
    const codes = [await build("points.nn"), await build("other.nn"), await build("points.nn")].map(({ code }) => code);
    expect(codes).toEqual([0, 0, 0]);
  },
);

test("a table of the user is none of nnc's, though it is called like what was built beside it", async () => {
  await nnc(["build", "points.nn", "--target", "typescript", "-o", "beside"], { cwd });
  userFolder("beside", "plain.csv");
  const answers = ["predict", "points.nn", ...params, "--data", "points.csv", "-o", "beside/plain.csv"];
  const { stderr, code } = await nnc(answers, { cwd });
  expect(stderr).toContain("error[NN0928]: beside/plain.csv stands in the way: nothing says that nnc wrote it");
  expect([code, contents("beside")["plain.csv"]]).toEqual([1, mine]);
});

test.each([
  ["train", ["train", "points.nn", "--epochs", "1"]],
  ["build for wasm", ["build", "points.nn", "--target", "wasm"]],
  ["build for typescript", ["build", "points.nn", "--target", "typescript"]],
  ["export", ["export", "points.nn", ...params]],
])(
  "what %s wrote, it replaces",
  async (name, args) => {
    const folder = `twice-${name.replaceAll(" ", "-")}`;
    const first = await nnc([...args, "-o", folder], { cwd });
    const again = await nnc([...args, "-o", folder], { cwd });
    expect([first.code, again.code, again.stderr.includes("NN0928")]).toEqual([0, 0, false]);
  },
  60_000,
);

test.each(["csv", "jsonl", "npy", "idx"])(
  "predictions do not say who wrote them, so %s is replaced with --force only, and the error says no more",
  async (end) => {
    const file = `scores.${end}`;
    const predict = (...more: readonly string[]) =>
      nnc(["predict", "points.nn", ...params, "--data", "points.csv", "-o", file, ...more], { cwd });
    const [first, again, forced] = [await predict(), await predict(), await predict("--force")];
    expect([first.code, again.code, forced.code]).toEqual([0, 1, 0]);
    expect(again.stderr).toContain(
      `error[NN0928]: ${file} stands in the way: nothing says that nnc wrote it; nothing was written\n   = help: choose another place, or add --force to replace it\n`,
    );
  },
  60_000,
);

describe("a file that the command reads", () => {
  test("data under the name of an output", async () => {
    const { stderr, code } = await nnc(["train", "log/points.nn", "-o", "log"], { cwd });
    expect(stderr).toContain("error[NN0928]: log/log.jsonl stands in the way: this command reads it");
    expect([code, readFileSync(path.join(cwd, "log/log.jsonl"), "utf8")]).toEqual([1, pointsCsv]);
  });

  test("parameters to start from, though nnc wrote them", async () => {
    const saved = readFileSync(path.join(cwd, "run/parameters.safetensors"));
    writeFileSync(path.join(cwd, "from/parameters.safetensors"), saved);
    const { stderr, code } = await nnc(["train", "from/points.nn", "-o", "from"], { cwd });
    expect(stderr).toContain("error[NN0928]: from/parameters.safetensors stands in the way: this command reads it");
    expect([code, readFileSync(path.join(cwd, "from/parameters.safetensors")).equals(saved)]).toEqual([1, true]);
  });
});

describe("a place that cannot be written is noticed before the first step", () => {
  const train = ["train", "points.nn", "--epochs", "1", "--json"];
  type Place = readonly [name: string, args: readonly string[], problem: RegExp, prepare: () => void];
  const places: readonly Place[] = [
    // Nobody makes files there, not even the administrator.
    [
      "a folder of the system",
      [...train, "-o", "/proc/self"],
      /\/proc\/self\/parameters\.safetensors: .+/,
      () => undefined,
    ],
    ...outputs
      .filter(([args]) => args[0] === "train")
      .flatMap(([args, name], at) =>
        [[], ["--force"]].map((force, which): Place => {
          const folder = `blocked-${at}-${which}`;
          return [
            `a folder in the place of ${name}${args.includes("--all") ? " of all" : ""}${force.join()}`,
            [...args, "--json", "-o", folder, ...force],
            new RegExp(`${folder}/${name}: it is a folder, expected a file`),
            () => mkdirSync(path.join(cwd, folder, name), { recursive: true }),
          ];
        }),
      ),
    [
      "a link to where nobody makes files, in the place of the plot of all",
      [...train, "--all", "--force", "-o", "linked"],
      /linked\/plot\.svg: .+/,
      () => {
        mkdirSync(path.join(cwd, "linked"));
        symlinkSync("/proc/version", path.join(cwd, "linked/plot.svg"));
      },
    ],
  ];
  test.each(places)("%s", async (_name, args, problem, prepare) => {
    prepare();
    const { stdout, stderr, code } = await nnc(args, { cwd });
    const [, told = ""] = /error\[NN0924\]: cannot write (.*); what was there before is unchanged/.exec(stderr) ?? [];
    expect(told).toMatch(problem);
    expect([code, stdout.includes('"event":"step"')]).toEqual([1, false]);
  });

  test("and before the first prediction", async () => {
    mkdirSync(path.join(cwd, "scores"));
    const read = ["predict", "points.nn", ...params, "--data", "points.csv"];
    for (const out of ["scores", "nowhere/scores.csv"])
      expect((await nnc([...read, "-o", out], { cwd })).stderr).toMatch(
        new RegExp(`^error\\[NN0924\\]: cannot write .*${out}: (it is a folder, expected a file|there is no such)`),
      );
  });

  test("where no train of several can be trained, no folder is left", async () => {
    writeFileSync(path.join(cwd, "lost.nn"), pointsSource.replace("points.csv", "nowhere.csv"));
    expect((await nnc(["train", "lost.nn", "--all", "-o", "left/behind"], { cwd })).code).toBe(1);
    expect(existsSync(path.join(cwd, "left"))).toBe(false);
  });
});

describe("a set of files", () => {
  const set = (folder: string) =>
    ["a", "b", "c"].map((name) => ({ path: path.join(cwd, folder, name), content: "new" }));

  test("is written, and nothing else is left", () => {
    userFolder("set", "b");
    writeFilesAtomic(set("set"));
    expect(contents("set")).toEqual({ a: "new", b: "new", c: "new" });
  });

  test.runIf(existsSync("/dev/full"))("a disk that fills leaves all as it was", () => {
    userFolder("full", "a");
    symlinkSync("/dev/full", path.join(cwd, "full/c"));
    expect(errorOf(() => writeFilesAtomic(set("full")))).toContain("no space is left on the disk");
    expect(readdirSync(path.join(cwd, "full")).toSorted()).toEqual(["a", "c"]);
    expect(readFileSync(path.join(cwd, "full/a"), "utf8")).toBe(mine);
  });

  test("a folder in the way leaves all as it was", () => {
    userFolder("way", "a");
    mkdirSync(path.join(cwd, "way/c"));
    expect(errorOf(() => writeFilesAtomic(set("way")))).toContain("it is a folder, expected a file");
    expect(readdirSync(path.join(cwd, "way")).toSorted()).toEqual(["a", "c"]);
    expect(readFileSync(path.join(cwd, "way/a"), "utf8")).toBe(mine);
  });
});

describe("start_from", () => {
  test("lists what it left out", async () => {
    writeFileSync(
      path.join(cwd, "wider.nn"),
      pointsSource
        .replace("dense(2)\n", "dense(2) |> dense(2)\n")
        .replace("seed: 3 }", 'seed: 3  start_from: "run/parameters.safetensors" }'),
    );
    const { stderr } = await nnc(["train", "wider.nn", "-o", "wider", "--epochs", "1"], { cwd });
    expect(stderr).toContain(
      'start_from left 2 tensors out:\n  "Side.dense_3.w" is missing, expected [2, 2]\n  "Side.dense_3.b" is missing, expected [2]\n',
    );
  });
});
