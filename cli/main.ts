/** The `nnc` command: the process as a context, and an exit code at the end. */
import { messageStream, runApart, wantsApart } from "./apart.ts";
import { runCommand } from "./command.ts";
import type { Context, Interrupt } from "./context.ts";
import { exitCodes } from "./exit.ts";

/** A reader such as `head` that has seen enough closes the pipe; that is no error, and nothing is left to say. */
function endOnClosedPipe(stream: NodeJS.WriteStream): void {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(process.exitCode ?? exitCodes.success);
    process.exit(exitCodes.mistake);
  });
}

/** Milliseconds: the terminal's signal, and the same one handed on by the process that started this one. */
const atOnce = 200;

function catchInterrupt(): Interrupt {
  const controller = new AbortController();
  let heard = 0;
  const stop = (): void => {
    const isAgain = controller.signal.aborted && performance.now() - heard > atOnce;
    if (isAgain) process.exit(exitCodes.interrupted);
    heard = performance.now();
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  const release = (): void => {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  };
  return { signal: controller.signal, release };
}

function contextHere(): Context {
  return {
    process: { stdout: process.stdout, stderr: messageStream(), env: process.env },
    stdin: process.stdin,
    cwd: process.cwd(),
    now: () => performance.now(),
    catchInterrupt,
  };
}

async function main(args: readonly string[]): Promise<void> {
  process.exitCode = wantsApart(args) ? await runApart(args) : await runCommand(args, contextHere());
}

endOnClosedPipe(process.stdout);
endOnClosedPipe(process.stderr);
void main(process.argv.slice(2));
