/** examples/standalone in a folder of its own, with the module that its README exports. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync } from "node:fs";
import path from "node:path";
import { folderWith, nnc } from "../cli/helpers.ts";

const examples = path.resolve(import.meta.dirname, "../../examples");
export const data = path.join(examples, "digits/data/digits.csv");

/** Of fewer epochs than the README's: enough to tell digits apart. */
const epochs = "6";

export async function standalone(): Promise<string> {
  const { folder } = folderWith({ "package.json": "{}" });
  const source = path.join(examples, "digits/digits.nn");
  cpSync(path.join(examples, "standalone"), folder, {
    recursive: true,
    filter: (file) => !/digits\.(mjs|onnx|d\.mts)$/.test(file),
  });
  const run = path.join(folder, "run");
  const params = ["--params", path.join(run, "parameters.safetensors")];
  for (const args of [
    ["train", source, "--epochs", epochs, "-o", run],
    ["export", source, ...params, "--format", "wasm", "-o", path.join(folder, "digits.mjs")],
  ]) {
    const { code, stderr } = await nnc(args, { cwd: folder });
    if (code !== 0) throw new Error(stderr);
  }
  return folder;
}

export interface Service {
  readonly child: ChildProcess;
  readonly origin: string;
  /** All that it printed. */
  readonly said: () => string;
}

/** The example's service, which listens. */
export async function startService(folder: string): Promise<Service> {
  const args = ["server.mjs", "--port", "0"];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (text: Buffer) => (said += String(text)));
  await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
  const [origin] = /(?<=^listening on )http:\S+/.exec(said) ?? [];
  if (origin === undefined) throw new Error(`the service did not start: ${said}`);
  return { child, origin, said: () => said };
}

/** The rows of the data, and what each is. */
export function rowsOf(text: string): readonly { readonly pixels: readonly number[]; readonly digit: string }[] {
  return text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","))
    .map((cells) => ({ pixels: cells.slice(0, -1).map(Number), digit: cells.at(-1) ?? "" }));
}
