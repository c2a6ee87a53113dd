/** The `nnc` command: the process as a context, and an exit code at the end. */
import { run } from "@stricli/core";
import { application } from "./application.ts";
import type { Context, Interrupt } from "./context.ts";
import { exitCodeOf, exitCodes, reportFailure } from "./exit.ts";

/** A reader such as `head` that has seen enough closes the pipe; that is no error, and nothing is left to say. */
function endOnClosedPipe(stream: NodeJS.WriteStream): void {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(process.exitCode ?? exitCodes.success);
    process.exit(exitCodes.mistake);
  });
}

function catchInterrupt(): Interrupt {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
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

const context: Context = {
  process,
  stdin: process.stdin,
  cwd: process.cwd(),
  now: () => performance.now(),
  catchInterrupt,
};

endOnClosedPipe(process.stdout);
endOnClosedPipe(process.stderr);
try {
  await run(application, process.argv.slice(2), context);
  process.exitCode = exitCodeOf(process.exitCode);
} catch (error) {
  process.exitCode = reportFailure(context, error);
}
