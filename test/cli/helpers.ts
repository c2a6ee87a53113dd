/** Runs the command in this process: arguments and a folder in, both streams and the exit code out. */
import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runCommand } from "../../cli/command.ts";
import type { Context, Interrupt } from "../../cli/context.ts";
import { temporaryFolder } from "../folder.ts";

export interface RunOptions {
  readonly cwd?: string;
  /** Text, or the bytes of a binary file. */
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** Aborts like Ctrl-C. */
  readonly interrupt?: AbortSignal;
  readonly terminal?: boolean;
  /** How wide the terminal is. */
  readonly columns?: number;
}

export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

export async function nnc(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { printed: _, ...result } = await nncPrinting(args, options);
  return result;
}

/** Also what both streams print, as it comes one after the other. */
export async function nncPrinting(
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult & { readonly printed: string }> {
  const {
    cwd = tmpdir(),
    stdin = "",
    env = {},
    interrupt = new AbortController().signal,
    terminal = false,
    columns = 80,
  } = options;
  const out: string[] = [];
  const err: string[] = [];
  const all: string[] = [];
  const textOf = (content: string | Uint8Array): string =>
    typeof content === "string" ? content : Buffer.from(content).toString("latin1");
  const stream = (lines: string[]) => ({
    write: (content: string | Uint8Array) => {
      lines.push(textOf(content));
      all.push(textOf(content));
    },
    isTTY: terminal,
    columns,
  });
  const context: Context = {
    process: { stdout: stream(out), stderr: stream(err), env },
    stdin: input(stdin),
    cwd,
    now: () => performance.now(),
    catchInterrupt: (): Interrupt => ({ signal: interrupt, release: () => undefined }),
  };
  const code = await runCommand(args, context);
  return { stdout: out.join(""), stderr: err.join(""), printed: all.join(""), code };
}

async function* input(content: string | Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  if (content.length > 0) yield Buffer.from(content);
}

/** A temporary folder with these files, for the test that asks for it or, asked for outside of tests, for all of their file. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): { readonly folder: string } {
  const folder = temporaryFolder("cli");
  for (const [name, content] of Object.entries(files)) {
    const place = path.join(folder, name);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, content);
  }
  return { folder };
}
