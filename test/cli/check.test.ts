/** check, build, fmt and explain as a user calls them. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { pointsProject, pointsSource } from "./fixture.ts";
import { folderWith, nnc } from "./helpers.ts";

const root = path.resolve(import.meta.dirname, "../..");

async function inFolder(files: Readonly<Record<string, string>>, args: readonly string[]) {
  const { folder } = folderWith(files);
  return await nnc(args, { cwd: folder });
}

describe("check", () => {
  test("layers, shapes and parameters", async () => {
    const { stdout, stderr, code } = await nnc(["check", "examples/digits/digits.nn"], { cwd: root });
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    expect(stdout.slice(0, stdout.indexOf("  4,874"))).toBe(`Digits(image: [N, 64]) -> [N, 10]
  layer              block       output   parameters
  ─────────────────  ──────────  ───────  ──────────
  Digits.dense       dense       [N, 64]       4,096
  Digits.batch_norm  batch_norm  [N, 64]         128
  Digits.relu        relu        [N, 64]
  Digits.dense_2     dense       [N, 10]         650
`);
    expect(stdout.slice(stdout.lastIndexOf("\nmemory"))).toBe(
      "\nmemory 122 kB for N ≤ 32 (1.19 times what any order of its steps needs); a training step of Digits: 866 k operations, 356 kB moved\n",
    );
  });

  test("every train of the file is checked, and every model shown", async () => {
    const more = `model Same(point: [N, 2]) -> [N, 2] = point |> dense(2)
train Same { data: points  loss: cross_entropy  optimizer: sgd(lr: 0.1)  average: 0.9  batch: 4  epochs: 1 }
`;
    const { stdout, code } = await inFolder({ ...pointsProject, "points.nn": pointsSource + more }, [
      "check",
      "points.nn",
    ]);
    expect(code).toBe(0);
    expect(stdout.match(/^\S.*(?= ->)|^  \w+\.\w+ .*|step of \w+/gm)).toEqual([
      "Side(point: [N, 2])",
      expect.stringMatching(/Side\.dense .* 12$/),
      expect.stringContaining("Side.relu"),
      expect.stringMatching(/Side\.dense_2 .* 10$/),
      "Same(point: [N, 2])",
      expect.stringMatching(/Same\.dense .* 6$/),
      "step of plain",
      "step of quick",
      "step of Same",
    ]);
    const wrong = pointsSource.replace("adam(lr: 0.01)", "adam(lrr: 0.01)");
    expect(await inFolder({ ...pointsProject, "points.nn": wrong }, ["check", "points.nn"])).toMatchObject({
      stderr: expect.stringMatching(/^error\[NN0401\]: `adam` has no input or setting `lrr`[^]*did you mean `lr`\?/),
      code: 1,
    });
  });

  test("--json is one document", async () => {
    const { stdout } = await inFolder(pointsProject, ["check", "points.nn", "--json"]);
    const { ok, models, diagnostics } = JSON.parse(stdout) as {
      ok: boolean;
      models: readonly object[];
      diagnostics: readonly object[];
    };
    expect({ ok, diagnostics }).toEqual({ ok: true, diagnostics: [] });
    expect(models).toEqual([
      {
        name: "Side",
        parameters: 22,
        inputs: [{ name: "point", dtype: "f32", shape: ["N", 2] }],
        outputs: [{ name: "output", dtype: "f32", shape: ["N", 2] }],
        peakBytes: expect.any(Number),
        leastBytes: expect.any(Number),
        flops: expect.any(Number),
        layers: [
          { path: "Side.dense", block: "dense", output: ["N", 4], parameters: 12 },
          { path: "Side.relu", block: "relu", output: ["N", 4], parameters: 0 },
          { path: "Side.dense_2", block: "dense", output: ["N", 2], parameters: 10 },
        ],
      },
    ]);
  });

  test("data that are not there are a warning", async () => {
    const { stderr, code } = await inFolder({ "points.nn": pointsSource }, ["check", "points.nn"]);
    expect({ stderr, code }).toEqual({
      stderr: "warning[NN0801]: cannot read the data file points.csv: there is no such file or folder\n\n1 warning\n",
      code: 0,
    });
  });

  const open = pointsSource.replace("[N, 2]) ->", "[N, F]) ->");
  test("a dimension that only the data tell comes from the header, else stays a name", async () => {
    expect((await inFolder({ ...pointsProject, "points.nn": open }, ["check", "points.nn"])).stdout).toContain(
      "Side(point: [N, 2]) -> [N, 2]",
    );
    const unknown = (await inFolder({ "points.nn": open }, ["check", "points.nn"])).stdout;
    expect(unknown).toContain("Side(point: [N, F]) -> [N, 2]");
    expect(unknown).toMatch(/Side\.dense +dense +\[N, 4\] +4 ?\* ?F \+ 4\n/);
    expect((await inFolder({ "points.nn": open }, ["check", "points.nn", "--dim", "F=2"])).stdout).toContain(
      "Side(point: [N, 2]) -> [N, 2]",
    );
  });

  test("a size that is given is held against the header", async () => {
    const given = async (dim: string) =>
      inFolder({ ...pointsProject, "points.nn": open }, ["check", "points.nn", "--dim", dim]);
    expect((await given("F=2")).code).toBe(0);
    const { stderr, code } = await given("F=3");
    expect({ stderr, code }).toEqual({
      stderr: "error[NN0814]: `point` takes 3 numbers a row ([3]), found 2 in the columns of points.csv\n\n1 error\n",
      code: 1,
    });
  });

  test("a mistake is shown with its place, under the name that the user's folder gives the file", async () => {
    const wrong = "model M(x: [N, 2]) -> [N, 2] = x |> dens(2)\n";
    const { folder } = folderWith({ "package.json": "{}", "nets/m.nn": wrong });
    const { stderr, stdout, code } = await nnc(["check", "m.nn"], { cwd: path.join(folder, "nets") });
    expect({ stdout, code }).toEqual({ stdout: "", code: 1 });
    expect(stderr).toContain(" --> m.nn:1:37");
    expect(stderr).toContain("did you mean `dense`?");
    expect(stderr.trimEnd().endsWith("1 error")).toBe(true);
  });

  test.each([
    [
      "a word behind a byte order mark",
      "\ufeffm",
      "error[NN0112]: expected a declaration, found `m`\n  --> m.nn:1:1\n   |\n 1 | m\n   | ^\n\n1 error\n",
    ],
    [
      "an empty file",
      "",
      "error[NN0127]: no network declared: expected a `model`, found none\n  --> m.nn: expected a `model`\n\n1 error\n",
    ],
  ])("%s is an error of the file", async (_name, text, message) => {
    const { folder } = folderWith({ "m.nn": text });
    const { stderr, code } = await nnc(["check", "m.nn"], { cwd: folder });
    expect([stderr, code]).toEqual([message, 1]);
  });

  describe("what training a scan needs", () => {
    const flow = (kept: string): string => `const steps = 100
const every = 10
model Flow(x: [N, 4]) -> [N, 4] {
  let end = scan t in range(steps) with h = x ${kept} { next h = h + 0.01 * (h |> dense(16) |> tanh |> dense(4)) }
  return end
}
train Flow { data: given  loss: mse  optimizer: sgd(lr: 0.01)  batch: 8  epochs: 1 }
`;
    const { folder } = folderWith({ "whole.nn": flow(""), "kept.nn": flow("checkpoint every") });
    const peakOf = async (file: string, steps: number): Promise<number> => {
      const sizes = [`steps=${steps}`, `every=${Math.sqrt(steps)}`].flatMap((size) => ["--const", size]);
      const { stdout, code } = await nnc(["check", file, ...sizes, "--json"], { cwd: folder });
      expect(code).toBe(0);
      return (JSON.parse(stdout) as { models: readonly { peakBytes: number }[] }).models[0].peakBytes;
    };

    test.each([
      ["of T steps grows as T", "whole.nn", 4],
      ["of T steps with checkpoint √T grows as √T", "kept.nn", 2],
    ])("memory %s", async (_, file, times) => {
      const peaks: number[] = [];
      for (const steps of [2500, 10_000, 40_000]) peaks.push(await peakOf(file, steps));
      // What parameters and a single step need does not grow.
      for (const [at, peak] of peaks.slice(1).entries()) {
        expect(peak / peaks[at]).toBeLessThanOrEqual(times);
        expect(peak / peaks[at]).toBeGreaterThan(0.95 * times);
      }
    });

    test("ten thousand steps with checkpoint 100 take a fiftieth of the memory, and check says so", async () => {
      expect(await peakOf("kept.nn", 10_000)).toBeLessThan((await peakOf("whole.nn", 10_000)) / 50);
      const sizes = ["--const", "steps=10000", "--const", "every=100"];
      const memoryOf = async (file: string) =>
        (await nnc(["check", file, ...sizes], { cwd: folder })).stdout.match(/^memory .*? for N ≤ 8/m)?.[0];
      expect(await memoryOf("whole.nn")).toBe("memory 12.8 MB for N ≤ 8");
      expect(await memoryOf("kept.nn")).toBe("memory 144 kB for N ≤ 8");
    });
  });

  test("memory is that of the target that trains by default", async () => {
    const source = `model M(x: [N, 37, 31, 3]) -> [N, 2] =
  x |> conv2d(16, 3, padding: "same") |> relu |> max_pool2d(2) |> conv2d(16, 3, padding: "same") |> relu |> flatten |> dense(2)
train M { data: given  loss: mse  optimizer: sgd(lr: 0.01)  batch: 8 }
`;
    const { stdout } = await inFolder({ "m.nn": source }, ["check", "m.nn", "--json"]);
    const peaks = new Map(
      (["wasm", "typescript"] as const).map((target) => {
        const result = compile({ name: "m.nn", source }, { target });
        return [target, result.ok ? result.artifact.manifest.arenaBytes : undefined];
      }),
    );
    expect((JSON.parse(stdout) as { models: readonly { peakBytes: number }[] }).models[0].peakBytes).toBe(
      peaks.get("wasm"),
    );
    expect(peaks.get("wasm")).toBeLessThan(peaks.get("typescript") ?? 0);
  });

  test("colours only where they are wanted", async () => {
    const forced = await nnc(["check", "examples/digits/digits.nn"], { cwd: root, env: { FORCE_COLOR: "1" } });
    expect(forced.stdout).toContain("\u001b[1mDigits\u001b[0m");
    const plain = await nnc(["check", "examples/digits/digits.nn"], {
      cwd: root,
      env: { FORCE_COLOR: "1", NO_COLOR: "1" },
    });
    expect(plain.stdout).not.toContain("\u001b");
  });
});

test("build writes the artifact with its sizes, the manifest among them", async () => {
  const { folder } = folderWith(pointsProject);
  const { stdout, code } = await nnc(["build", "points.nn", "-o", "out", "--target", "wasm", "--json"], {
    cwd: folder,
  });
  const listed = (JSON.parse(stdout) as { files: readonly { file: string; bytes: number }[] }).files;
  const found = readdirSync(path.join(folder, "out"));
  const manifest = JSON.parse(readFileSync(path.join(folder, "out/manifest.json"), "utf8")) as {
    format: string;
    module: string;
  };
  expect(code).toBe(0);
  expect(listed.map(({ file }) => file).toSorted()).toEqual(found.toSorted());
  expect(manifest.format).toBe("nnc-artifact");
  expect(found).toContain(manifest.module);
});

describe("fmt", () => {
  const ugly = "model   M( x:[N,2] )->[N,2]=x|>dense(2)\n";
  test("writes the file once, then has nothing to do", async () => {
    const { folder } = folderWith({ "m.nn": ugly });
    expect(await nnc(["fmt", "--check", "m.nn"], { cwd: folder })).toEqual({
      stdout: "m.nn is not formatted\n",
      stderr: "",
      code: 1,
    });
    expect(await nnc(["fmt", "m.nn"], { cwd: folder })).toEqual({ stdout: "m.nn formatted\n", stderr: "", code: 0 });
    expect(readFileSync(path.join(folder, "m.nn"), "utf8")).toBe("model M(x: [N, 2]) -> [N, 2] = x |> dense(2)\n");
    expect(await nnc(["fmt", "--check", "m.nn"], { cwd: folder })).toEqual({ stdout: "", stderr: "", code: 0 });
  });

  test("a file with a mistake stays as it is; the others are formatted all the same", async () => {
    const { folder } = folderWith({ "bad.nn": "model (", "m.nn": ugly });
    const { stdout, code } = await nnc(["fmt", "bad.nn", "m.nn"], { cwd: folder });
    expect({ stdout, code }).toEqual({ stdout: "m.nn formatted\n", code: 1 });
    expect(readFileSync(path.join(folder, "bad.nn"), "utf8")).toBe("model (");
  });
});

describe("explain", () => {
  test("a code with its example, and what the compiler says about it", async () => {
    expect((await nnc(["explain", "nn0110"])).stdout).toBe(`NN0110 (error)

The grammar asks for something else at this place. What stands right before it
often is what is wrong.

This has it:

    const a =

    error[NN0110]: expected an expression, found the end of the file
      --> example.nn:1:10
       |
     1 | const a =
       |          ^

This has not:

    const a = 1
`);
  });

  test("--json", async () => {
    expect(JSON.parse((await nnc(["explain", "0801", "--json"])).stdout)).toMatchObject({
      code: "NN0801",
      severity: "error",
      explanation: expect.any(String),
    });
  });
});
