/** The package's declarations, as a project sees them that has neither the DOM's types nor WebGPU's nor Node's. */
import path from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { blocksOf, pageText } from "../docs/blocks.ts";
import { compilers } from "./compilers.ts";

const root = path.resolve(import.meta.dirname, "../..");
const entries = [
  "compiler/index.ts",
  "compiler/files.ts",
  "runtime/load/index.ts",
  "runtime/load/slim.ts",
  "runtime/train/index.ts",
];

/** The declarations that the build writes, by the path that they have in the package. */
function declarations(): ReadonlyMap<string, string> {
  const { config } = ts.readConfigFile(path.join(root, "tsconfig.build.json"), (file) => ts.sys.readFile(file)) as {
    readonly config: object;
  };
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: entries }, ts.sys, root);
  const program = ts.createProgram(
    entries.map((entry) => path.join(root, entry)),
    { ...options, outDir: "/nnc", declarationMap: false, noEmit: false },
  );
  const written = new Map<string, string>();
  program.emit(undefined, (name, text) => written.set(name, text));
  return written;
}

/** A program as the README shows it. */
const user = `
import { compile } from "/nnc/compiler/index.js";
import { compileFile } from "/nnc/compiler/files.js";
import { load, type Gpu } from "/nnc/runtime/load/index.js";
import { train } from "/nnc/runtime/train/index.js";

const result = compile({ name: "digits.nn", source: "" }, { target: "wasm", dims: { F: 34 }, bounds: { N: 128 } });
if (!result.ok) throw new Error(result.diagnostics[0]?.message);
const { artifact } = result;
const net = await load(artifact, { seed: 7, threads: 2 });
const image = new Float32Array(64);
const { loss } = await net.step({ image, target: Int32Array.of(3) });
const [logits] = await net.predict({ image });
const bytes: Uint8Array = net.save();
const first: number | undefined = logits?.data[0];
export async function events(gpu: Gpu): Promise<number> {
  let count = 0;
  for await (const event of train(artifact, { train: { rows: 0, tensors: new Map() }, holdout: null } as never, { gpu, signal: { aborted: false } }))
    if (event.event === "step") count += 1;
  return count;
}
export { bytes, compileFile, first, loss };
`;

/** The program that the manual shows. */
const manual = blocksOf(pageText("library.md"))
  .filter(({ language }) => language === "ts")
  .map(({ body }) => `declare const console: { log(...texts: readonly unknown[]): void };\n${body}`)
  .join("\n")
  .replaceAll('"nnc/runtime"', '"/nnc/runtime/load/index.js"')
  .replaceAll('"nnc"', '"/nnc/compiler/index.js"');

describe("the declarations", () => {
  const written = declarations();

  test.each(compilers)("pass TypeScript %s with nothing but ES2022", { timeout: 60_000 }, (_version, check) => {
    expect(written.size).toBeGreaterThan(50);
    const programs = new Map([
      ["/user.ts", user],
      ["/manual.ts", manual],
    ]);
    expect(check(new Map([...written, ...programs]), [...programs.keys()])).toEqual([]);
  });

  test.each(compilers)(
    "of TypeScript %s would be caught with a type of the DOM",
    { timeout: 60_000 },
    (_version, check) => {
      const text = `${written.get("/nnc/runtime/load/host-types.d.ts") ?? ""}\nexport declare const gpu: GPU;\n`;
      const found = check(new Map([...written, ["/nnc/runtime/load/host-types.d.ts", text], ["/user.ts", user]]), [
        "/user.ts",
      ]);
      expect(found).toEqual(["/nnc/runtime/load/host-types.d.ts: Cannot find name 'GPU'. Did you mean 'Gpu'?"]);
    },
  );
});
