/**
 * Commands that may use a GPU run in a process of their own, whose standard error is closed to the libraries behind it: Dawn and its drivers
 * write lines there that are nobody's business. The command's own messages go through descriptor 3, which is this terminal or pipe.
 */
import { spawn } from "node:child_process";
import { writeSync } from "node:fs";
import { constants } from "node:os";
import tty from "node:tty";
import type { Output } from "./context.ts";
import { exitCodes } from "./exit.ts";

const messages = 3;
/** Set in the process apart. */
const mark = "NNC_APART";

/** Whether these arguments may bring in the GPU's libraries, and this process is not apart already. */
export function wantsApart(args: readonly string[]): boolean {
  return process.env[mark] === undefined && (args[0] === "bench" || args.some((arg) => /(^|=)wgsl$/.test(arg)));
}

/** The command in a process apart; answers its exit code. that process decides what Ctrl-C means. */
export async function runApart(args: readonly string[]): Promise<number> {
  const script = process.argv[1] ?? "";
  const child = spawn(process.execPath, [...process.execArgv, script, ...args], {
    stdio: ["inherit", "inherit", "ignore", 2],
    env: { ...process.env, [mark]: "1" },
  });
  // Of Ctrl-C on a terminal both hear, of `kill` this process alone; who hears it twice at once takes it for one.
  let stopped: NodeJS.Signals | undefined;
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      stopped = signal;
      child.kill(signal);
    });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      if (signal !== null && signal !== stopped)
        process.stderr.write(`error: the process that uses the GPU was ended by ${signal}\n`);
      resolve(code ?? (signal === null ? exitCodes.bug : 128 + constants.signals[signal]));
    });
  });
}

/** Where the command's messages go: standard error, or what it was for who started the process apart. */
export function messageStream(): NodeJS.WriteStream | Output {
  if (process.env[mark] === undefined) return process.stderr;
  return tty.isatty(messages) ? new tty.WriteStream(messages) : { write: writeWhole, isTTY: false };
}

/** A pipe that is full for the moment is tried again. */
function writeWhole(content: string | Uint8Array): void {
  const bytes = Buffer.from(content);
  for (let from = 0; from < bytes.length;) {
    try {
      from += writeSync(messages, bytes, from);
    } catch (error) {
      // What calls of the system throw.
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EPIPE") process.exit(process.exitCode ?? exitCodes.success);
      if (code !== "EAGAIN") throw error;
    }
  }
}
