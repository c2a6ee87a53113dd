/**
 * One run of the command: arguments and a context in, an exit code out. What the frame says about wrong arguments becomes a document, too,
 * where `--json` asks for one.
 */
import { run } from "@stricli/core";
import { application } from "./application.ts";
import type { Context, Output } from "./context.ts";
import { exitCodeOf, UsageError } from "./exit.ts";
import { reportFailure, writeFailure } from "./failure.ts";
import { guarded } from "./output/terminal.ts";

export async function runCommand(args: readonly string[], context: Context): Promise<number> {
  const { env } = context.process;
  const [stdout, stderr] = [guarded(context.process.stdout), guarded(context.process.stderr)];
  const said: string[] = [];
  const json = wantsJson(args);
  const recording: Output = Object.create(stderr, {
    write: {
      value: (text: string | Uint8Array) => {
        said.push(String(text));
        return stderr.write(text);
      },
    },
  });
  const inside: Context = { ...context, process: { stdout, stderr: json ? recording : stderr, env } };
  try {
    await run(application, args, inside);
  } catch (error) {
    return reportFailure(inside, error);
  }
  const { exitCode } = inside.process;
  // Actions answer with codes from 0, and tell their own failures.
  if (Number(exitCode ?? 0) < 0 && json) {
    const sentence = (said[0] ?? "").split("\n")[0] ?? "";
    writeFailure(context, new UsageError(sentence.replace(/^error: /, "")), args[0] === "train" ? "event" : "document");
  }
  return exitCodeOf(exitCode);
}

/** What follows `--` is no flag. */
function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end === -1 ? args.length : end).includes("--json");
}
