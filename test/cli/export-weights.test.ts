/** Exported modules with their weights apart, in fewer bits, and with relaxed instructions beside the plain ones. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { compilers } from "../declarations/compilers.ts";
import { pointsCsv, pointsProject } from "./fixture.ts";
import { folderWith, nnc } from "./helpers.ts";

// Each exports, and runs what was exported in a process of its own.
vi.setConfig({ testTimeout: 120_000 });

const { folder: cwd } = folderWith({
  ...pointsProject,
  "levels.nn": pointsProject["points.nn"].replaceAll("metrics: [accuracy]", "").replaceAll("dense(4)", "dense(64)"),
  "given.nn": `model Side(point: [N, 2]) -> [N, 2] = point |> dense(4) |> relu |> dense(2)
train Side { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 8 }
`,
  "letters.nn": `model Letters(text: i32[N, T]) -> [N, T, 6] = text |> embedding(6, 4) |> rnn(4) |> dense(6)
train Letters { data: text("letters.txt", window: 8, vocabulary: 6)  loss: cross_entropy  optimizer: sgd(lr: 1)  batch: 8  epochs: 1  seed: 3 }
`,
  "letters.txt": "abacabadabacabae".repeat(20),
});
const params = (run: string): readonly string[] => ["--params", `${run}/parameters.safetensors`];
const textOf = (...names: readonly string[]): string => readFileSync(path.join(cwd, ...names), "utf8");

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(...args: readonly string[]): Promise<Ran> {
  return nnc(args, { cwd });
}

/** A command that has to succeed; what it said. */
async function succeeding(...args: readonly string[]): Promise<Ran> {
  const ran = await run(...args);
  if (ran.code !== 0) throw new Error(ran.stderr);
  return ran;
}

const exported = (...args: readonly string[]): Promise<Ran> => succeeding("export", ...args);

/** A module in a process of its own: exit code, and what it said. */
function selftest(file: string, ...more: readonly string[]): readonly [status: number | null, said: string] {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(cwd, file), "--selftest", ...more], {
    cwd: "/",
    encoding: "utf8",
  });
  return [status, stdout + stderr];
}

interface Module {
  readonly load: (bytes: unknown) => void;
  readonly predict: (rows: unknown) => readonly { readonly side: string }[];
  readonly generate: (prompt: string, options: object) => Iterable<string>;
}

/** As new: an engine takes a file in once. */
let imports = 0;
async function moduleAt(file: string): Promise<Module> {
  imports += 1;
  return (await import(`${pathToFileURL(path.join(cwd, file)).href}?${imports}`)) as Module;
}

beforeAll(async () => {
  for (const [file, folder] of [
    ["points.nn", "run"],
    ["levels.nn", "levels"],
    ["letters.nn", "letters"],
  ] as const)
    await succeeding("train", file, "-o", folder);
  for (const format of ["js", "ts", "wasm"]) {
    await exported("points.nn", ...params("run"), "--format", format, "-o", `${format}-in`);
    await exported("points.nn", ...params("run"), "--format", format, "-o", `${format}-apart`, "--weights", "own.bin");
  }
}, 300_000);

describe.each(["js", "wasm"])("weights apart from a module as %s", (format) => {
  const file = `${format}-apart/model.mjs`;
  const weights = (): Uint8Array => new Uint8Array(readFileSync(path.join(cwd, `${format}-apart/own.bin`)));
  const rows = [
    [1, 2],
    [-1, 0.5],
    [0.1, 0.2],
  ];

  test("are in a file beside it, which it takes as a buffer or as a view into one; then it answers as with them inside", async () => {
    const expected = (await moduleAt(`${format}-in/model.mjs`)).predict(rows);
    const bytes = weights();
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    for (const given of [bytes, bytes.buffer, shifted.subarray(3), new DataView(bytes.buffer), Buffer.from(bytes)]) {
      const module = await moduleAt(file);
      module.load(given);
      expect(module.predict(rows)).toEqual(expected);
      module.load(given);
      expect(module.predict(rows)).toEqual(expected);
    }
  });

  test("are not in the module", () => {
    expect(textOf(file)).not.toContain("const weights =");
    expect(textOf(file)).not.toMatch(/^\s*import\s[^(]|\brequire\(/m);
    expect(statSync(path.join(cwd, `${format}-apart/own.bin`)).size).toBe(16 + 4 * (2 * 4 + 4 + 4 * 2 + 2));
  });

  test("are asked for before anything else", async () => {
    const { predict } = await moduleAt(file);
    const sentence = "the weights are not loaded: expected load(bytes) with those of own.bin before any other call";
    expect(() => predict(rows)).toThrow(new Error(sentence));
  });

  test("are looked at, their number and every bit, and what does not fit changes nothing", async () => {
    const module = await moduleAt(file);
    const bytes = weights();
    const problems: readonly (readonly [given: unknown, message: string | RegExp])[] = [
      [undefined, "TypeError: load: expected the bytes of own.bin, an ArrayBuffer or a Uint8Array, found undefined"],
      [null, /^TypeError: .* found null$/],
      ["own.bin", /^TypeError: .* found "own\.bin"$/],
      [[...bytes], /^TypeError: .* found a list$/],
      [fetch, /^TypeError: .* found a function$/],
      [Promise.resolve(bytes), /^TypeError: .* found an object$/],
      [new ArrayBuffer(0), `RangeError: load: expected the ${bytes.length} bytes of own.bin, found 0`],
      [bytes.subarray(1), `RangeError: load: expected the ${bytes.length} bytes of own.bin, found ${bytes.length - 1}`],
      [Buffer.concat([bytes, bytes]), /^RangeError: .* found 208$/],
      ...[0, 16, 40, bytes.length - 1].flatMap((at) =>
        [1, 128].map((bit) => {
          const changed = bytes.map((byte, place) => (place === at ? byte ^ bit : byte));
          const message =
            /^Error: load: expected own\.bin as it was exported with this module, with the checksum [0-9a-f]{8}, found [0-9a-f]{8}$/;
          return [changed, message] as const;
        }),
      ),
    ];
    const said = (given: unknown): string => {
      try {
        module.load(given);
        return "taken";
      } catch (error) {
        return String(error);
      }
    };
    for (const [given, message] of problems) expect(said(given)).toEqual(expect.stringMatching(message));
    expect(() => module.predict(rows)).toThrow("the weights are not loaded");
    module.load(bytes);
    const expected = module.predict(rows);
    for (const [given] of problems) said(given);
    expect(module.predict(rows)).toEqual(expected);
  });

  test("are found by the self-test, beside the module or where it is told; damaged ones fail it", () => {
    const right = [0, "4 examples as expected (largest difference 0)\n"];
    expect(selftest(file)).toEqual(right);
    mkdirSync(path.join(cwd, "far"), { recursive: true });
    cpSync(path.join(cwd, file), path.join(cwd, "far/model.mjs"));
    expect(selftest("far/model.mjs")).toEqual([
      1,
      expect.stringMatching(/^selftest failed: ENOENT: .*far.own\.bin'\n$/),
    ]);
    expect(selftest("far/model.mjs", path.join(cwd, `${format}-apart/own.bin`))).toEqual(right);
    writeFileSync(path.join(cwd, "far/own.bin"), weights().fill(7, 30, 34));
    expect(selftest("far/model.mjs")).toEqual([
      1,
      expect.stringMatching(/^selftest failed: load: expected own\.bin as /),
    ]);
    rmSync(path.join(cwd, "far"), { recursive: true });
  });
});

describe("weights apart", () => {
  test.each(compilers)(
    "TypeScript %s finds no mistake in the module, nor in a program that uses its declarations",
    (_version, check) => {
      expect(check(new Map([["/model.ts", textOf("ts-apart/model.ts")]]), ["/model.ts"])).toEqual([]);
      const use = `import { load, predict, type Prediction } from "./model.mjs";
      load(new Uint8Array(3)); load(new ArrayBuffer(3));
      export const found: readonly Prediction[] = predict([[1, 2]]);`;
      const files = new Map([
        ["/model.d.mts", textOf("js-apart/model.d.mts")],
        ["/use.mts", use],
      ]);
      expect(check(files, ["/use.mts"])).toEqual([]);
    },
  );

  test("of a model of text", async () => {
    await exported("letters.nn", ...params("letters"), "-o", "text-in");
    await exported("letters.nn", ...params("letters"), "-o", "text-apart", "--weights", "model.weights");
    const module = await moduleAt("text-apart/model.mjs");
    module.load(readFileSync(path.join(cwd, "text-apart/model.weights")));
    const written = (from: Module): string => [...from.generate("ab", { length: 30, seed: 2 })].join("");
    expect(written(module)).toBe(written(await moduleAt("text-in/model.mjs")));
    expect(selftest("text-apart/model.mjs")[0]).toBe(0);
  });

  test("are told with their size, and replaced without a question; a file of somebody else is not", async () => {
    const args = ["points.nn", ...params("run"), "-o", "again", "--weights", "w.txt", "--json"];
    for (const _ of ["at first", "in its own place"]) {
      const { files } = JSON.parse((await exported(...args)).stdout) as { files: unknown };
      expect(files).toEqual([
        { file: "model.d.mts", bytes: expect.any(Number) },
        { file: "model.mjs", bytes: expect.any(Number) },
        { file: "w.txt", bytes: 104 },
      ]);
    }
    writeFileSync(path.join(cwd, "again/w.txt"), "somebody's own");
    expect((await run("export", ...args)).code).toBe(1);
    expect(textOf("again/w.txt")).toBe("somebody's own");
  });
});

describe("flags that would have no effect", () => {
  const beside = "which is put beside the module";
  test.each([
    [["--weights", "a/b.bin"], `--weights: expected a file name such as model.weights, ${beside}, found "a/b.bin"`],
    [["--weights", ".."], `--weights: expected a file name such as model.weights, ${beside}, found ".."`],
    [["--weights", "model.mjs"], `--weights: expected another name than the module's, found "model.mjs"`],
    [["--weights", "model.d.mts"], `--weights: expected another name than the module's, found "model.d.mts"`],
    [
      ["--max-change", "2%"],
      "--max-change: expected --dtype f16 or --dtype int8 beside it, found f32, which changes nothing",
    ],
    [
      ["--dtype", "int8", "--max-change", "-1"],
      '--max-change: expected a number from 0, such as 0.02 or 2%, found "-1"',
    ],
    [["--relaxed"], "--relaxed: expected --format wasm or html, found js"],
    [["--dtype", "int4"], /dtype.*int4/],
  ])("%j are refused", async (flags, message) => {
    const { code, stderr } = await run("export", "points.nn", ...params("run"), "-o", "refused", ...flags);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(typeof message === "string" ? literally(message) : message),
    ]);
  });

  function literally(text: string): RegExp {
    return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  }
});

describe("weights in fewer bits", () => {
  const sizes: Record<string, number> = {};

  test.each(["f32", "f16", "int8"])(
    "as %s the module tests itself, and as WebAssembly and TypeScript it says the same to the bit",
    async (dtype) => {
      const said: string[] = [];
      for (const format of ["js", "wasm"]) {
        const args = [
          "--format",
          format,
          "--dtype",
          dtype,
          "-o",
          `${format}-${dtype}`,
          "--weights",
          "w",
          "--max-change",
          "50%",
        ];
        await exported("levels.nn", ...params("levels"), ...(dtype === "f32" ? args.slice(0, -2) : args));
        expect(selftest(`${format}-${dtype}/model.mjs`)).toEqual([
          0,
          "4 examples as expected (largest difference 0)\n",
        ]);
        const module = await moduleAt(`${format}-${dtype}/model.mjs`);
        module.load(readFileSync(path.join(cwd, `${format}-${dtype}/w`)));
        said.push(JSON.stringify(module.predict([[0.3, -0.4]])));
      }
      expect(new Set(said).size).toBe(1);
      sizes[dtype] = statSync(path.join(cwd, `js-${dtype}/w`)).size;
    },
  );

  test("takes the bytes that were promised", () => {
    const [matrices, vectors, channels] = [2 * 64 + 64 * 2, 64 + 2, 64 + 2];
    expect(sizes).toEqual({
      f32: 16 + 4 * (matrices + vectors),
      f16: 16 + 2 * matrices + 4 * vectors,
      int8: 16 + matrices + 4 * channels + 4 * vectors,
    });
  });

  test("what changes on the hold-out is told, in JSON and in words", async () => {
    const args = ["points.nn", ...params("run"), "-o", "told", "--dtype", "int8"];
    const { stderr, stdout } = await exported(...args);
    expect(stderr).toMatch(/^int8: hold-out loss (0\.\d+) → (0\.\d+), accuracy 1 → 1$/m);
    expect(stdout).toMatch(/model\.mjs/);
    const told = JSON.parse((await exported(...args, "--json")).stdout) as { dtype: string; change: object };
    expect(told).toMatchObject({
      dtype: "int8",
      change: { set: "hold-out", before: { accuracy: 1 }, after: { accuracy: 1 } },
    });
    const evaluated = JSON.parse((await run("eval", "points.nn", ...params("run"), "--json")).stdout) as {
      scores: object;
    };
    expect(told.change).toMatchObject({ before: evaluated.scores });
  });

  test("a change beyond the bound is refused, and nothing is written", async () => {
    const args = ["levels.nn", ...params("levels"), "-o", "much", "--dtype", "int8", "--max-change", "0"];
    const { code, stderr } = await run("export", ...args);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^error\[NN0934\]: with weights in int8 the hold-out loss goes from [\d.]+ to [\d.]+; expected a change for the worse of at most 0 % of it\n {3}= help: --dtype f16 changes less; --max-change allows more$/m,
      ),
    ]);
    expect(() => statSync(path.join(cwd, "much"))).toThrow("ENOENT");
  });

  test("where there are no rows to measure on, that is a warning", async () => {
    const { compile } = await import("../../compiler/compile.ts");
    const { load } = await import("../../runtime/load/index.ts");
    const result = compile({ name: "given.nn", source: textOf("given.nn") }, { target: "wasm" });
    if (!result.ok) throw new Error("it compiles");
    writeFileSync(path.join(cwd, "given.safetensors"), (await load(result.artifact)).save());
    const { stderr } = await exported("given.nn", "--params", "given.safetensors", "-o", "given", "--dtype", "f16");
    expect(stderr).toContain("warning[NN0935]: what weights in f16 change is not measured: ");
    expect(selftest("given/model.mjs")[0]).toBe(0);
    writeFileSync(path.join(cwd, "points.csv"), "x,y\n");
    const missing = await exported("points.nn", ...params("run"), "-o", "missing", "--dtype", "int8", "--json");
    expect(JSON.parse(missing.stdout)).toMatchObject({ diagnostics: [{ code: "NN0935" }] });
    writeFileSync(path.join(cwd, "points.csv"), pointsCsv);
  });
});

describe("a relaxed module beside the plain one", () => {
  const flags = process.versions.node.startsWith("20.") ? ["--experimental-wasm-relaxed-simd"] : [];
  const use = (extra: string): string => `
    const used = []; const { Module, validate } = WebAssembly; ${extra}
    WebAssembly.Module = class { constructor(bytes) { used.push(bytes.length); return new Module(bytes); } };
    const { predict } = await import("./model.mjs");
    console.log(JSON.stringify([predict([[0.3, -0.4]])[0].scores, used]));`;
  const answer = (extra = ""): readonly [scores: Readonly<Record<string, number>>, used: readonly number[]] => {
    writeFileSync(path.join(cwd, "relaxed", "use.mjs"), use(extra));
    return JSON.parse(
      execFileSync(process.execPath, [...flags, path.join(cwd, "relaxed/use.mjs")], { encoding: "utf8" }),
    );
  };

  test("is taken where the engine has such instructions, by what the engine says of it; else the plain one is", async () => {
    await exported("levels.nn", ...params("levels"), "--format", "wasm", "--relaxed", "-o", "relaxed");
    const [relaxed, [taken = 0]] = answer();
    const [plain, [other = 0]] = answer(
      "let asked = 0; WebAssembly.validate = (bytes) => asked++ > 0 && validate(bytes);",
    );
    expect(taken).not.toBe(other);
    const exact = await moduleAt("js-f32/model.mjs");
    exact.load(readFileSync(path.join(cwd, "js-f32/w")));
    const [{ scores }] = exact.predict([[0.3, -0.4]]) as unknown as [{ scores: Readonly<Record<string, number>> }];
    expect(plain).toEqual(scores);
    for (const [name, score] of Object.entries(scores)) expect(relaxed[name]).toBeCloseTo(score, 4);
  });

  test("its self-test says within which tolerance it holds", () => {
    expect(selftest("relaxed/model.mjs")[0]).toBe(0);
    expect(textOf("relaxed/model.mjs")).toContain("const tolerance = 0.0001;");
    expect(textOf("wasm-in/model.mjs")).toContain("const tolerance = 0.000001;");
  });

  test("of a model of text, too", async () => {
    await exported("letters.nn", ...params("letters"), "--format", "wasm", "--relaxed", "-o", "text-relaxed");
    expect(selftest("text-relaxed/model.mjs")[0]).toBe(0);
  });

  test("an engine that takes neither is answered by a sentence", async () => {
    expect(() => answer("WebAssembly.validate = () => false;")).toThrow(
      "this model runs as WebAssembly with vector instructions (SIMD), which this engine has not",
    );
  });
});
