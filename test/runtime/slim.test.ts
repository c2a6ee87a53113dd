/** `nnc/slim`: a network as that of nnc/runtime, by less code, of which what reads saved files is loaded when there is one. */
import path from "node:path";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import { load as loadWhole } from "../../runtime/load/index.ts";
import { load, type SlimNetwork } from "../../runtime/load/slim.ts";
import { errorOf } from "./support.ts";

const root = path.resolve(import.meta.dirname, "../..");
const source = `model M(x: [N, 3]) -> [N, 1] = x |> dense(4) |> tanh |> dense(1)
train M { data: given  loss: mse  optimizer: adam(lr: 0.1)  batch: 8  epochs: 4  seed: 3  metrics: [mean_absolute_error] }`;
const batch = {
  x: Float32Array.from({ length: 24 }, (_, at) => Math.sin(at)),
  target: Float32Array.from({ length: 8 }, (_, at) => Math.cos(at)),
};

function built(compact: boolean): Artifact {
  const result = compile({ name: "m.nn", source }, { target: "wasm", compact });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result.artifact;
}

/** What three steps tell, what comes of them, and the saved file. */
async function run(net: SlimNetwork): Promise<readonly unknown[]> {
  const losses = [0, 1, 2].map(() => net.stepSync(batch).loss);
  const told = [losses, net.evaluateSync(batch), await net.predict({ x: batch.x }), net.counters, net.warnings];
  const bytes = net.save();
  net.close();
  return [...told, bytes];
}

describe("a network of nnc/slim", () => {
  const artifact = built(true);

  it("trains, evaluates, predicts and saves with the bits of nnc/runtime and a whole program", async () =>
    expect(await run(await load(artifact))).toEqual(await run(await loadWhole(built(false)))));

  it("goes on from the file of either", async () => {
    const whole = await loadWhole(artifact);
    whole.stepSync(batch);
    const bytes = whole.save();
    expect(await run(await load(artifact, { parameters: bytes }))).toEqual(await run(whole));
  });

  it("draws from the seed that is asked for with parameters", async () => {
    const parameters = (await load(artifact)).save();
    expect((await load(artifact, { parameters, seed: 11 })).counters.seed).toBe(11);
  });

  it("refuses files as nnc/runtime does", async () => {
    const parameters = new Uint8Array(4);
    const refused = await errorOf(() => load(artifact, { parameters }));
    expect(refused).toEqual(await errorOf(() => loadWhole(artifact, { parameters })));
    expect(refused).toContain("NN0901");
  });

  it("has no way to read a file at once", async () => {
    const net = await load(artifact);
    expect(["restore", "peek", "readOn"].filter((name) => name in net)).toEqual([]);
  });
});

describe("what a page loads at once", () => {
  const modules = new Set<string>();

  beforeAll(async () => {
    const { metafile } = await build({
      entryPoints: { slim: path.join(root, "runtime/load/slim.ts") },
      absWorkingDir: root,
      outdir: "page",
      bundle: true,
      splitting: true,
      format: "esm",
      external: ["node:*"],
      write: false,
      metafile: true,
    });
    const needed = new Set(["page/slim.js"]);
    for (const name of needed) {
      const { imports, inputs } = metafile.outputs[name] ?? { imports: [], inputs: {} };
      for (const { path: file, kind } of imports) if (kind === "import-statement") needed.add(file);
      for (const file of Object.keys(inputs)) modules.add(file);
    }
  });

  it.each([
    "runtime/save/safetensors.ts",
    "runtime/save/header.ts",
    "runtime/save/read-checkpoint.ts",
    "runtime/save/parse-fitted.ts",
    "runtime/load/restored.ts",
    "compiler/diagnostics/codes/checkpoint.ts",
    "runtime/load/instructions.ts",
    "runtime/load/wasm-team.ts",
    "runtime/load/workers.ts",
    "runtime/predict/predictor.ts",
  ])("leaves %s for later, or out", (module) => expect(modules).not.toContain(module));

  it("has what writes them", () =>
    expect([...modules]).toEqual(expect.arrayContaining(["runtime/save/encode.ts", "runtime/save/integrity.ts"])));
});
