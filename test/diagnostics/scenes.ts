/** Plays examples of the catalogue: writes their files, types their lines, and answers with what was told, line by line. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { compile } from "../../compiler/compile.ts";
import type { Scene } from "../../compiler/diagnostics/examples/index.ts";
import * as runtime from "../../runtime/load/index.ts";
import * as training from "../../runtime/train/index.ts";
import { nnc } from "../cli/helpers.ts";
import { temporaryFolder } from "../folder.ts";

/** What is printed for each line, and the codes in it. */
export interface Told {
  readonly line: string;
  readonly text: string;
  readonly codes: readonly string[];
}

/**
 * Plays scenes, for the file that asks for it. Many are alike, and more begin so: what was typed once is not typed again, and its folder is
 * copied as it was left.
 */
export function scenePlayer(): (scene: Scene) => Promise<readonly Told[]> {
  const all = temporaryFolder("scenes");
  const played = new Map<string, { readonly folder: string; readonly told: readonly Told[] }>();
  let folders = 0;
  return async ({ files, lines }) => {
    let state = { folder: "", told: [] as readonly Told[] };
    for (const at of [0, ...lines.keys()].keys()) {
      const key = JSON.stringify([files, lines.slice(0, at)]);
      const known = played.get(key);
      if (known !== undefined) {
        state = known;
        continue;
      }
      const folder = path.join(all, String(folders++));
      if (at === 0) write(files, folder);
      else cpSync(state.folder, folder, { recursive: true });
      const line = at === 0 ? undefined : lines[at - 1];
      state = { folder, told: line === undefined ? [] : [...state.told, await typed(line, folder)] };
      played.set(key, state);
    }
    return state.told;
  };
}

function write(files: Scene["files"], folder: string): void {
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) {
    const place = path.join(folder, name);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, text);
  }
}

async function typed(line: string, cwd: string): Promise<Told> {
  const text = await printed(line, cwd);
  return { line, text, codes: [...new Set(text.match(/NN\d{4}/g))] };
}

async function printed(line: string, cwd: string): Promise<string> {
  const [word = "", ...words] = line.split(" ");
  if (word === "nnc") {
    const [written, input] = line.split(" < ");
    const args = written?.split(" ").slice(1) ?? [];
    const stdin = input === undefined ? "" : readFileSync(path.join(cwd, input));
    return (await nnc(args, { cwd, stdin })).stderr;
  }
  if (word === "node") return programmed(readFileSync(path.join(cwd, words.join(" ")), "utf8"), cwd);
  const { status, stderr } = spawnSync("sh", ["-c", line], { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${line}: ${stderr}`);
  return "";
}

const modules: Readonly<Record<string, unknown>> = {
  nnc: { compile },
  "nnc/runtime": runtime,
  "nnc/train": training,
};

/** Runs a program in this process, whose imports are the sources themselves: the package need not be built. */
async function programmed(program: string, cwd: string): Promise<string> {
  const lines: string[] = [];
  const print = (...values: readonly unknown[]): void => void lines.push(JSON.stringify(values));
  const filesystem = { writeFileSync: (name: string, bytes: Uint8Array) => writeFileSync(path.join(cwd, name), bytes) };
  const body = program.replaceAll(/^import (\{.*\}) from (".*");$/gm, "const $1 = modules[$2];");
  // oxlint-disable-next-line typescript/no-implied-eval -- The catalogue's own programs, run as a user would.
  const from = new Function("modules", "console", `return (async () => {\n${body}\n})()`);
  try {
    await from({ ...modules, "node:fs": filesystem }, { log: print });
  } catch (error) {
    if (!(error instanceof runtime.NncError)) throw error;
    lines.push(`error[${error.code}]: ${error.message}`);
  }
  return lines.join("\n");
}
