/** `--const`, `--dim`, `--set`, `--no-winograd`, `--relaxed` and the sizes of the data are kept with the parameters: every command that uses them computes what was trained. */
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { npy as npyForm } from "../../cli/rows/arrays.ts";
import { folderWith, nnc } from "./helpers.ts";

/** The constant changes the function and not a shape; the hold-out is the source's. */
const source = `const slope = 0.5
const kept = 4
model Bend(x: [N, 2]) -> [N, 1] = where(x <= 0, slope * x, x) |> dense(kept) |> dense(1)
train Bend as first  { data: rows  loss: mse  optimizer: sgd(lr: 0.1)  batch: 4  epochs: 3  seed: 3 }
train Bend as second { data: rows  loss: mse  optimizer: sgd(lr: 0.1)  batch: 4  epochs: 3  seed: 3 }
data rows = csv("rows.csv", target: "y", holdout: 25%)
`;
const rows = Array.from(
  { length: 16 },
  (_, row) => `${Math.sin(row).toFixed(3)},${Math.cos(row).toFixed(3)},${row % 5}`,
);
const { folder: cwd } = folderWith({
  "bend.nn": source,
  "rows.csv": `a,b,y\n${rows.join("\n")}\n`,
  "package.json": "{}",
});

const params = ["--params", "run/parameters.safetensors"];
const said = "as run/parameters.safetensors was trained: --const slope=-2\n";
const few = "a,b\n-1,-2\n3,-4\n";

beforeAll(async () => {
  await nnc(["train", "bend.nn", "-o", "run", "--const", "slope=-2"], { cwd });
  await nnc(["train", "bend.nn", "-o", "plain"], { cwd });
}, 300_000);

describe("what was trained is what is computed", () => {
  test.each([
    ["eval", ""],
    ["predict", few],
  ])(
    "%s takes it from the file and says so",
    async (command, stdin) => {
      const kept = await nnc([command, "bend.nn", ...params], { cwd, stdin });
      expect({ code: kept.code, stderr: kept.stderr }).toEqual({ code: 0, stderr: said });
      const named = await nnc([command, "bend.nn", ...params, "--const", "slope=-2"], { cwd, stdin });
      expect(named).toEqual({ code: 0, stderr: "", stdout: kept.stdout });
      const overridden = await nnc([command, "bend.nn", ...params, "--override"], { cwd, stdin });
      expect(overridden.stderr).toBe("");
      expect(overridden.stdout).not.toBe(kept.stdout);
    },
    60_000,
  );

  test("export takes it, too", async () => {
    expect((await nnc(["export", "bend.nn", ...params, "-o", "app"], { cwd })).stderr).toContain(said);
    const call =
      "import { predict } from './app/model.mjs'; console.log(predict([[-1, -2], [3, -4]]).map((one) => one.y).join());";
    const exported = execFileSync(process.execPath, ["--input-type=module", "-e", call], { cwd, encoding: "utf8" });
    const { stdout } = await nnc(["predict", "bend.nn", ...params], { cwd, stdin: few });
    expect(exported.trim().split(",").map(Number).map(Math.fround)).toEqual(
      stdout.trim().split("\n").slice(1).map(Number).map(Math.fround),
    );
  }, 60_000);

  test("eval repeats the scores of the run", async () => {
    const { stdout } = await nnc(["eval", "bend.nn", ...params, "--json"], { cwd });
    const done = readFileSync(path.join(cwd, "run/log.jsonl"), "utf8").trim().split("\n").at(-1) ?? "";
    const { scores, taken, rows: count } = JSON.parse(stdout) as Record<string, unknown>;
    expect({ scores, taken, count }).toEqual({
      scores: (JSON.parse(done) as { holdout: unknown }).holdout,
      taken: { const: { slope: -2 } },
      count: 4,
    });
  });

  test("of a run without the flag nothing is taken, and nothing said", async () => {
    const { stdout, stderr } = await nnc(["eval", "bend.nn", "--params", "plain/parameters.safetensors", "--json"], {
      cwd,
    });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).not.toHaveProperty("taken");
  });
});

describe("sizes that the data of the training gave", () => {
  const open = source.replace("[N, 2]", "[N, F]").replace("rows.csv", "gone.csv");
  const file = "open/parameters.safetensors";
  const sized = `as ${file} was trained: --dim F=2\n`;

  beforeAll(async () => {
    writeFileSync(path.join(cwd, "open.nn"), open);
    writeFileSync(path.join(cwd, "gone.csv"), readFileSync(path.join(cwd, "rows.csv")));
    await nnc(["train", "open.nn", "-o", "open"], { cwd });
  }, 60_000);

  test("are read off the data while those are there", async () => {
    const { stderr, code } = await nnc(["predict", "open.nn", "--params", file], { cwd, stdin: few });
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  });

  test.each([["predict"], ["eval", "--data", "rows.csv"], ["export", "-o", "sized"]])(
    "are taken from the file by %s where the data are gone",
    async (command, ...more) => {
      rmSync(path.join(cwd, "gone.csv"), { force: true });
      const { stderr, code } = await nnc([command, "open.nn", "--params", file, ...more], { cwd, stdin: few });
      expect([code, stderr.slice(0, sized.length)]).toEqual([0, sized]);
    },
    60_000,
  );

  test("are not what a flag says, nor taken where the file is overridden", async () => {
    const args = ["predict", "open.nn", "--params", file];
    const other = await nnc([...args, "--dim", "F=3"], { cwd, stdin: few });
    expect(other.stderr).toContain(`error[NN0926]: ${file} was trained with F=2; expected the same`);
    const overridden = await nnc([...args, "--override"], { cwd, stdin: few });
    expect(overridden.stderr).toContain("error[NN0327]");
  });
});

describe("bounds that the data of the training gave", () => {
  const array = (shape: readonly number[], values: Float32Array | Int32Array): Uint8Array => {
    const dtype = values instanceof Int32Array ? "i32" : "f32";
    return Buffer.concat([npyForm.head(dtype, shape), npyForm.part(dtype, values)]);
  };
  const series = array(
    [4, 5, 3],
    Float32Array.from({ length: 60 }, (_, at) => Math.sin(at)),
  );
  const { folder } = folderWith({
    "package.json": "{}",
    "net.nn": `model Net(x: [N, T, F]) -> [N, 2] = x |> rnn(4) |> mean(axis: 1) |> dense(2)
train Net { data: npy(x: "x.npy", target: "y.npy")  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 2  epochs: 1 }
`,
    "x.npy": series,
    "new.npy": series,
    "y.npy": array([4], Int32Array.of(0, 1, 0, 1)),
  });
  const args = ["predict", "net.nn", "--params", "run/parameters.safetensors", "--data", "new.npy"];

  test("are the size of its rows to predict, and taken from the file where the data are gone", async () => {
    await nnc(["train", "net.nn", "-o", "run"], { cwd: folder });
    const there = await nnc(args, { cwd: folder });
    const length = "as run/parameters.safetensors was trained: --dim T=5\n";
    expect([there.code, there.stderr]).toEqual([0, length]);
    rmSync(path.join(folder, "x.npy"));
    const gone = await nnc(args, { cwd: folder });
    expect(gone).toEqual({
      code: 0,
      stdout: there.stdout,
      stderr: `as run/parameters.safetensors was trained: --dim F=3\nas run/parameters.safetensors was trained: --bounds T=5\n${length}`,
    });
    const named = await nnc([...args, "--dim", "T=5"], { cwd: folder });
    expect([named.code, named.stdout]).toEqual([0, there.stdout]);
    expect((await nnc([...args, "--override"], { cwd: folder })).stderr).toContain("error[NN0327]");
  });
});

describe("--no-winograd", () => {
  const pictures = `model Deep(x: [N, 2]) -> [N, 1] =
  x |> dense(512) |> reshape([N, 8, 8, 8]) |> conv2d(16, kernel: 3, padding: "same") |> flatten |> dense(1)
train Deep { data: csv("rows.csv", target: "y", holdout: 25%)  loss: mse  optimizer: sgd(lr: 1e-5)  batch: 4  epochs: 2  seed: 3 }
`;
  const lossesOf = (folder: string): readonly unknown[] =>
    [...readFileSync(path.join(cwd, folder, "log.jsonl"), "utf8").matchAll(/"loss":([\d.]+)/g)].map(([, loss]) => loss);

  beforeAll(async () => {
    writeFileSync(path.join(cwd, "pictures.nn"), pictures);
    await nnc(["train", "pictures.nn", "-o", "direct", "--no-winograd"], { cwd });
    await nnc(["train", "pictures.nn", "-o", "tiles", "--epochs", "1"], { cwd });
  }, 60_000);

  test("is kept by a run that is resumed", async () => {
    await nnc(["train", "pictures.nn", "-o", "resumed", "--no-winograd", "--epochs", "1"], { cwd });
    const { stderr, code } = await nnc(["train", "pictures.nn", "-o", "resumed", "--resume"], { cwd });
    expect(code).toBe(0);
    expect(stderr).toContain("as resumed/checkpoint.safetensors was trained: --no-winograd\n");
    expect(lossesOf("resumed")).toEqual(lossesOf("direct"));
  }, 60_000);

  test("is taken by eval", async () => {
    const { stderr, stdout } = await nnc(
      ["eval", "pictures.nn", "--params", "direct/parameters.safetensors", "--json"],
      { cwd },
    );
    expect(stderr).toBe("as direct/parameters.safetensors was trained: --no-winograd\n");
    expect(JSON.parse(stdout)).toMatchObject({ taken: { "no-winograd": true } });
  });

  test("contradicts a run that was begun without", async () => {
    const args = ["train", "pictures.nn", "-o", "tiles", "--resume", "--no-winograd"];
    const { stderr, code } = await nnc(args, { cwd });
    expect({ stderr, code }).toEqual({
      stderr:
        "error[NN0926]: tiles/checkpoint.safetensors was trained with winograd=true; expected the same of the program, found winograd=false\n" +
        "   = help: leave the flag out, or add --override to mean it\n",
      code: 1,
    });
    expect((await nnc([...args, "--override"], { cwd })).code).toBe(0);
  }, 60_000);
});

describe("--relaxed", () => {
  beforeAll(async () => {
    await nnc(["train", "bend.nn", "-o", "fused", "--relaxed", "--epochs", "1"], { cwd });
    await nnc(["train", "bend.nn", "-o", "exact", "--epochs", "1"], { cwd });
  }, 60_000);

  const resume = async (run: string, ...flags: readonly string[]) => {
    const { stdout, stderr, code } = await nnc(["train", "bend.nn", "-o", run, "--resume", "--json", ...flags], {
      cwd,
    });
    return { start: stdout.split("\n")[0] ?? "", stderr, code };
  };
  const other = (run: string, saved: boolean): string =>
    `${run} was trained with relaxed=${saved}; expected the same of the program, found relaxed=${!saved}\n`;

  test("is kept by a run that is resumed, which says so", async () => {
    const { start, stderr, code } = await resume("fused", "--epochs", "2");
    expect(code).toBe(0);
    expect(stderr).toContain("as fused/checkpoint.safetensors was trained: --relaxed\n");
    expect(stderr).toContain("warning[NN0655]");
    expect(JSON.parse(start)).toMatchObject({ event: "start", taken: { relaxed: true } });
  }, 60_000);

  test("is not taken by those who only use the parameters", async () => {
    const { stderr, code } = await nnc(["eval", "bend.nn", "--params", "fused/parameters.safetensors"], { cwd });
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  });

  test.each<[string, readonly string[], string]>([
    ["exact", ["--relaxed"], other("exact/checkpoint.safetensors", false)],
    ["fused", ["--target", "typescript"], other("the checkpoint", true)],
  ])(
    "%s goes on with %j only where --override means it",
    async (run, flags, message) => {
      const refused = await resume(run, ...flags);
      expect(refused.stderr).toContain(`error[NN0926]: ${message}`);
      expect(refused.code).toBe(1);
      expect((await resume(run, ...flags, "--override")).code).toBe(0);
    },
    60_000,
  );
});

describe("a flag that contradicts", () => {
  const contradiction = (file: string, saved: string, found: string): string =>
    `error[NN0926]: ${file} was trained with ${saved}; expected the same of the program, found ${found}\n   = help: leave the flag out, or add --override to mean it\n`;

  test.each([
    ["eval", "run", "slope=1", "slope=-2"],
    ["predict", "run", "slope=1", "slope=-2"],
    ["export -o never", "run", "slope=1", "slope=-2"],
    ["eval", "run", "kept=8", "kept=4"],
    ["eval", "plain", "slope=1", "slope=0.5"],
  ])("%s of %s with --const %s", async (command, run, flag, saved) => {
    const [name = "", ...more] = command.split(" ");
    const file = `${run}/parameters.safetensors`;
    const args = [name, "bend.nn", ...more, "--params", file, "--const", flag];
    const { stdout, stderr, code } = await nnc(args, { cwd, stdin: few });
    expect({ stdout, stderr, code }).toEqual({ stdout: "", stderr: contradiction(file, saved, flag), code: 1 });
  });

  test.each([
    ["--const", "slope=1", "slope=-2"],
    ["--set", "lr=0.5", "lr=0.05"],
    ["--set", "momentum=0.5", "momentum as in the source"],
  ])("train --resume with %s %s", async (flag, found, saved) => {
    const first = ["train", "bend.nn", "-o", "half", "--const", "slope=-2", "--set", "lr=0.05", "--epochs", "1"];
    await nnc(first, { cwd });
    const { stderr, code } = await nnc(["train", "bend.nn", "-o", "half", "--resume", flag, found], { cwd });
    expect({ stderr, code }).toEqual({ stderr: contradiction("half/checkpoint.safetensors", saved, found), code: 1 });
  });
});

describe("train --resume", () => {
  const parameters = (folder: string): Buffer => readFileSync(path.join(cwd, folder, "parameters.safetensors"));

  test("goes on with what the run was begun with, the train included", async () => {
    const flags = ["--const", "slope=-2", "--set", "lr=0.05", "--label", "second"];
    await nnc(["train", "bend.nn", "-o", "whole", ...flags], { cwd });
    await nnc(["train", "bend.nn", "-o", "rest", ...flags, "--epochs", "1"], { cwd });
    const { stderr, stdout, code } = await nnc(["train", "bend.nn", "-o", "rest", "--resume", "--json"], { cwd });
    expect(code).toBe(0);
    expect(stderr).toContain("as rest/checkpoint.safetensors was trained: --const slope=-2 --set lr=0.05\n");
    expect(JSON.parse(stdout.split("\n")[0] ?? "")).toMatchObject({
      event: "start",
      name: "second",
      taken: { const: { slope: -2 }, set: { lr: 0.05 } },
    });
    expect(parameters("rest").equals(parameters("whole"))).toBe(true);
  });

  test("refuses another seed in the source, but goes on where the flag says which", async () => {
    const seeded = (seed: number): void => {
      const text = readFileSync(path.join(cwd, "bend.nn"), "utf8");
      writeFileSync(path.join(cwd, "seeded.nn"), text.replaceAll("seed: 3", `seed: ${seed}`));
    };
    seeded(5);
    await nnc(["train", "seeded.nn", "-o", "seeded", "--epochs", "1"], { cwd });
    await nnc(["train", "seeded.nn", "-o", "flagged", "--epochs", "1", "--seed", "9"], { cwd });
    expect((await nnc(["train", "seeded.nn", "-o", "flagged", "--resume"], { cwd })).code).toBe(0);
    seeded(7);
    const refused = await nnc(["train", "seeded.nn", "-o", "seeded", "--resume"], { cwd });
    expect(refused).toEqual({
      stdout: "",
      stderr:
        "error[NN0725]: this run cannot be resumed: expected the source's seed 5, found 7\n" +
        "   = help: `--seed 5` or `seed: 5` of `train` goes on with the seed of the run\n",
      code: 1,
    });
    expect((await nnc(["train", "seeded.nn", "-o", "seeded", "--resume", "--seed", "5"], { cwd })).code).toBe(0);
  });

  test("of another train is refused, and --override needs --resume", async () => {
    await nnc(["train", "bend.nn", "-o", "first", "--epochs", "1"], { cwd });
    const other = await nnc(["train", "bend.nn", "-o", "first", "--resume", "--label", "second"], { cwd });
    expect(other.stderr).toContain(
      "error[NN0725]: this run cannot be resumed: expected the train `first`, found `second`",
    );
    expect(await nnc(["train", "bend.nn", "--override"], { cwd })).toEqual({
      stdout: "",
      stderr: "error: --override: expected --resume beside it, found none\n",
      code: 2,
    });
  });
});
