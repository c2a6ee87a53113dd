/**
 * Runs a page of the manual in a folder of its own, block after block as a reader would, and answers the page with what was really printed.
 * A block of `text` is what the block before it prints; `…` in it stands for anything, a line of it alone for any lines.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { transform } from "esbuild";
import { elaborateSource } from "../../compiler/front.ts";
import { nncPrinting } from "../cli/helpers.ts";
import { blocksOf, fileOf, type Block } from "./blocks.ts";
import { withValues } from "./values.ts";

interface Printed {
  readonly text: string;
  readonly failed: boolean;
}

/** The page as it should be: its own text where all is as it says. Throws where a block does what it should not. */
export async function rerun(text: string, folder: string): Promise<string> {
  let page = "";
  let at = 0;
  let printed = "";
  for (const block of blocksOf(text)) {
    const result = block.language === "text" ? agreeing(block.body, printed) : await run(block, folder);
    page += text.slice(at, block.from) + result.body;
    printed = result.printed;
    at = block.to;
  }
  return page + text.slice(at);
}

interface Result {
  readonly body: string;
  readonly printed: string;
}

async function run(block: Block, folder: string): Promise<Result> {
  const { language, words, body } = block;
  if (words.includes("values")) return { body: await withValues(body), printed: "" };
  if (words.includes("data")) return { body, printed: checkedData(body) };
  const file = fileOf(block);
  if (file !== undefined || language === "nn") write(folder, file ?? "example.nn", body);
  if (language === "nn" && !words.includes("part"))
    return { body, printed: await checked(folder, file ?? "example.nn", words) };
  if (language === "sh") return { body, printed: await shell(body, folder, words) };
  if (language === "ts" && file !== undefined) return { body, printed: await typed(body, file, folder) };
  if (file === undefined && language === "js") throw new Error(`a program without a name, which nobody runs:\n${body}`);
  return { body, printed: "" };
}

export function write(folder: string, file: string, body: string): void {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), body);
}

/** What `nnc check` says of a program, without what it says of memory. It warns only where it is to, or of data that come later. */
async function checked(folder: string, file: string, words: readonly string[]): Promise<string> {
  const { code, printed } = await nncPrinting(["check", file], { cwd: folder });
  const what = `${file} in a block of nn`;
  expectEnd(what, words.includes("fails"), { text: printed, failed: code !== 0 });
  if (code === 0)
    expectEnd(what, words.includes("warns"), { text: printed, failed: /warning\[(?!NN0801)/.test(printed) });
  return printed.replace(/\nmemory [^\n]*\n$/, "");
}

/** Types are checked with the declarations; here it runs. */
async function typed(body: string, file: string, folder: string): Promise<string> {
  const { code } = await transform(body, { loader: "ts", format: "esm", target: "node20" });
  write(folder, file.replace(/\.ts$/, ".mjs"), code);
  return shell(`node ${file.replace(/\.ts$/, ".mjs")}`, folder, []);
}

/** Each line is the data of a train whose model has an input of two columns. */
function checkedData(body: string): string {
  for (const line of body.trimEnd().split("\n")) {
    const input = line.includes("flower:") ? "flower" : "x";
    const source = `model M(${input}: [N, 2]) -> [N, 1] = ${input} |> dense(1)
train M { ${line}  loss: mse  optimizer: sgd(lr: 0.1)  batch: 4  epochs: 1 }`;
    const { diagnostics } = elaborateSource({ name: "data.nn", source }, { allowOpen: true });
    const errors = diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
    expectEnd(line, false, { text: errors.join("\n"), failed: errors.length > 0 });
  }
  return "";
}

/** Runs the commands of a block one after the other; where they are to fail, all do. */
export async function shell(body: string, folder: string, words: readonly string[]): Promise<string> {
  let all = "";
  for (const line of body.replaceAll("\\\n", " ").trim().split("\n")) {
    const command = line.replace(/\s+#.*$/, "");
    if (command.trim() === "" || command.startsWith("#")) continue;
    const printed = words.includes("parsed") ? await parsed(command) : await commanded(command, folder);
    expectEnd(command, words.includes("fails"), printed);
    all += printed.text;
  }
  return all;
}

function expectEnd(what: string, fails: boolean, { text, failed }: Printed): void {
  if (failed !== fails) throw new Error(`${what}: ${fails ? "should fail" : "failed"}, and printed\n${text}`);
}

/** Whether the command is one that there is, with flags and values that it takes: then what it lacks is its file. */
async function parsed(command: string): Promise<Printed> {
  const { words } = parted(command.replace(/^(npx )?nnc /, ""));
  const { code, printed } = await nncPrinting(words.map((word) => (word.endsWith(".nn") ? "no-such-file.nn" : word)));
  return { text: printed, failed: code !== 1 || !printed.includes("there is no such file") };
}

/** Python is not needed to test nnc: a script has the flags that it is given, and writes parameters that are as if they had not moved. */
function inPython(command: string, folder: string): Printed {
  const { words } = parted(command);
  const [script = ""] = words.filter((word) => word.endsWith(".py"));
  const text = readFileSync(path.join(folder, script), "utf8");
  const unknown = words
    .slice(words.indexOf(script))
    .filter((word) => word.startsWith("--") && !text.includes(`"${word}"`));
  const out = path.join(folder, words[words.indexOf("--out") + 1] ?? "");
  mkdirSync(out, { recursive: true });
  copyFileSync(
    path.join(folder, path.dirname(script), "parameters.safetensors"),
    path.join(out, "parameters.safetensors"),
  );
  return { text: unknown.join(" "), failed: unknown.length > 0 };
}

/** Commands of nnc run in this process, with what is piped or redirected into them; all others in a shell. */
async function commanded(command: string, folder: string): Promise<Printed> {
  if (command.startsWith("npm ")) return installing(command, folder);
  if (/^(python|torchrun) /.test(command)) return inPython(command, folder);
  const [, before, rest = ""] = /^(?:(.*)\| *)?(?:npx )?nnc (.*)$/.exec(command) ?? [];
  if (rest === "") return inShell(command, folder);
  const { words, input, output } = parted(rest);
  const piped = before === undefined ? "" : spawnSync("sh", ["-c", before], { cwd: folder, encoding: "utf8" }).stdout;
  const stdin = input === undefined ? piped : readFileSync(path.join(folder, input));
  // With the same bits, and no tests beside them that threads would wait for.
  const threads = words[0] === "train" && !words.includes("--threads") ? ["--threads", "1"] : [];
  const { code, stdout, stderr, printed } = await nncPrinting([...words, ...threads], { cwd: folder, stdin });
  if (output !== undefined) writeFileSync(path.join(folder, output), stdout);
  return { text: output === undefined ? printed : stderr, failed: code !== 0 };
}

const root = path.resolve(import.meta.dirname, "../..");

/** Of the checkout, which is `../nnc` to a reader, npm's scripts need only be there; the rest needs no network. */
function installing(command: string, folder: string): Printed {
  const [, script] = /^npm --prefix \.\.\/nnc (?:run )?(\w+)$/.exec(command) ?? [];
  if (script === undefined) return inShell(`${command.replace("../nnc", root)} --offline --no-audit --no-fund`, folder);
  const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as Record<string, object>;
  return { text: "", failed: script !== "ci" && !(script in (scripts ?? {})) };
}

function inShell(command: string, folder: string): Printed {
  const { status, stdout, stderr } = spawnSync("sh", ["-c", `${command} 2>&1`], { cwd: folder, encoding: "utf8" });
  return { text: stdout + stderr, failed: status !== 0 };
}

/** Words, without their quotes, and the files of `< in` and `> out`. */
function parted(text: string) {
  const words = [...text.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replaceAll(/["']/g, ""));
  const redirected = (sign: string): string | undefined =>
    words.includes(sign) ? words.splice(words.indexOf(sign), 2)[1] : undefined;
  const input = redirected("<");
  const output = redirected(">");
  return { words, input, output };
}

/** The block itself where what was printed is as it says, else what was printed. */
function agreeing(body: string, printed: string): Result {
  const told = shownOf(printed);
  return { body: patternOf(body).test(told) ? body : told, printed };
}

/**
 * Without ends of lines that nobody sees, and without what differs from run to run, times, threads and progress between the first epoch and the
 * last, or from one state of nnc to the next: sizes in bytes.
 */
function shownOf(printed: string): string {
  const lines = printed
    .trimEnd()
    .replaceAll(/ on \d+ threads/g, "")
    .replaceAll(/^memory .*?( for .*?) \(.*$/gm, "memory …$1 …")
    .replaceAll(/\b\d[\d.]* (ms|s|min|k?B|MB)\b/g, "… $1")
    .split("\n")
    .map((line) => line.trimEnd());
  const isProgress = (line = ""): boolean => /^\S+: epoch \d+\//.test(line);
  const shown = lines.filter(
    (line, at) => !isProgress(line) || !isProgress(lines[at - 1]) || !isProgress(lines[at + 1]),
  );
  return `${shown.join("\n")}\n`;
}

function patternOf(body: string): RegExp {
  const lines = body.trimEnd().split("\n");
  const patterns = lines.map((line) =>
    line.trim() === "…" ? "(?:.*\\n)*?" : `${line.split("…").map(escaped).join(".*?")}\\n`,
  );
  return new RegExp(`^${patterns.join("")}$`);
}

/** Columns are as wide as their widest cell, which may be a time. */
const escaped = (text: string): string =>
  text
    .replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replaceAll(/ +/g, " +")
    .replaceAll(/─+/g, "─+");
