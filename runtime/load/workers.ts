/**
 * The threads of a shared program: workers of Node or of a page beside the thread that calls it, or for it where that is a
 * page's own, which may not wait. Each does nothing but run the module; they keep no process alive and end with the network.
 */
import type * as WorkerThreads from "node:worker_threads";
import { workerLost } from "../../compiler/diagnostics/codes/runtime.ts";
import type { ManifestThreads } from "../../compiler/program/artifact.ts";
import { codeOf } from "../save/file-problem.ts";
import { failure } from "./fail.ts";

export interface Workers {
  /** Looks for one that died while others wait for it, and stops them if so; to be called each second. */
  readonly look: () => void;
  /** Why they stopped. */
  readonly reason: () => string;
  /** Has the first of them call an entry, where no other thread does. Throws NN0727. */
  readonly ask: (entry: string, dims: readonly number[]) => Promise<void>;
  readonly close: () => void;
}

export interface Team {
  readonly program: WebAssembly.Module;
  readonly agreement: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly sharing: ManifestThreads;
  readonly threads: number;
  /** Whether one of the workers is the first thread, in the place of the one that asks. */
  readonly led: boolean;
}

/** A worker of either kind, as far as it is needed here. */
interface Thread {
  /** Calls back with each message, and with the reason when it ends, which may be that the place does not let it start. */
  readonly listen: (message: (text: unknown) => void, ended: (reason: string, refused?: boolean) => void) => void;
  readonly send: (message: unknown) => void;
  /** From here on it keeps no process alive. */
  readonly release: () => void;
  /** Unknown in a page. */
  readonly isDead?: () => boolean;
  readonly end: () => void;
}

/** A thread did not start, for the place allows no more; `threads` of them did, that of the caller included. */
export class NotStarted extends Error {
  readonly threads: number;

  constructor(threads: number, reason: string) {
    super(reason);
    this.threads = threads;
  }
}

/** Starts a thread. */
export type Start = (code: string, task: Task) => Thread;

/** How threads are started here, or what they would need and this place does not have. */
export async function findWorkers(): Promise<{ readonly start: Start } | { readonly lacking: string }> {
  if (typeof SharedArrayBuffer === "undefined") return { lacking: "SharedArrayBuffer" };
  if (typeof Worker === "function") return { start: pageThread };
  try {
    return { start: nodeThreads(await import(/* @vite-ignore */ nodeModule)) };
  } catch {
    return { lacking: "workers" };
  }
}

/** Starts all but the calling thread's and waits until they are there. Throws NN0727, and NotStarted where the place has no more. */
export async function startWorkers(start: Start, team: Team, stop: () => void): Promise<Workers> {
  const first = team.led ? 0 : 1;
  const threads = startAll(start, team, first);
  const idle = watch(team);
  let lost: string | undefined;
  let closed = false;
  let asked: Pending | undefined;
  const look = (): void => {
    if (threads.some((thread) => thread.isDead?.())) lose("it ended while others waited for it");
    else if (threads.some(({ isDead }) => isDead === undefined) && idle())
      lose("it did nothing while others waited for it");
  };
  const close = (): void => {
    closed = true;
    stop();
    for (const thread of threads) thread.end();
  };
  const lose = (reason: string): void => {
    if (!closed) lost ??= reason;
    stop();
    asked?.reject(failure(workerLost, { reason }));
  };
  let there = first;
  const ready = threads.map(
    (thread) =>
      new Promise<void>((resolve, reject) => {
        const ended = (reason: string, refused = false): void => {
          lose(reason);
          reject(refused ? new NotStarted(there, reason) : failure(workerLost, { reason }));
        };
        const arrived = (): void => {
          there++;
          resolve();
        };
        const heard = (text: unknown): void => {
          if (text === "ready") arrived();
          else if (text === "done") asked?.resolve();
          else if (text === "waiting") look();
          else ended(String(text));
        };
        thread.listen(heard, ended);
      }),
  );
  try {
    await Promise.all(ready);
  } catch (error) {
    close();
    throw error;
  }
  for (const thread of threads) thread.release();
  return {
    look,
    reason: () => lost ?? "it stopped",
    ask: (entry, dims) =>
      new Promise((resolve, reject) => {
        asked = { resolve, reject };
        if (lost === undefined) threads[0]?.send([entry, dims]);
        else reject(failure(workerLost, { reason: lost }));
      }),
    close,
  };
}

function startAll(start: Start, team: Team, first: number): readonly Thread[] {
  const threads: Thread[] = [];
  try {
    while (threads.length < team.threads - first) threads.push(start(source, taskOf(team, threads.length + first)));
    return threads;
  } catch (error) {
    for (const thread of threads) thread.end();
    throw new NotStarted(threads.length + first, error instanceof Error ? error.message : String(error));
  }
}

interface Pending {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** How often nothing may have moved before a thread of which nobody can say whether it lives counts as dead. */
const mostIdle = 10;

/** Says whether nothing moved in as many calls: the word by which threads agree, which every part that is taken or done changes. */
function watch({ memory, sharing }: Team): () => boolean {
  const word = new BigInt64Array(memory.buffer, sharing.control, 1);
  let last = -1n;
  let idle = 0;
  return () => {
    const now = Atomics.load(word, 0);
    idle = now === last ? idle + 1 : 0;
    last = now;
    return idle >= mostIdle;
  };
}

type Task = ReturnType<typeof taskOf>;

function taskOf({ program, agreement, memory, sharing, threads }: Team, index: number) {
  const own = sharing.own + index * sharing.ownBytes;
  return { program, agreement, memory, own, above: index % 2, threads, leads: index === 0 };
}

/**
 * What a worker runs, in Node as in a page. It says that it is there before it goes to work, from where it does not come back,
 * unless it leads: then it calls the entries that it is sent, and says now and then that it waits for others.
 */
const source = `
const run = ({ program, agreement, memory, own, above, threads, leads }, say) => {
  const stalled = () => {
    if (leads) say("waiting");
  };
  const agreed = new WebAssembly.Instance(agreement, { env: { memory, above, stalled } }).exports;
  const { exports } = new WebAssembly.Instance(program, { env: { memory, own, threads }, threads: agreed });
  const work = (entry, dims) => {
    try {
      exports[entry](...dims);
      if (leads) say(agreed.stopped() ? "it stopped" : "done");
    } catch (error) {
      say(String(error));
      agreed.stop();
    }
  };
  if (leads) onmessage = ({ data }) => work(...data);
  else setTimeout(work, 0, "worker", []);
  say("ready");
};
if (typeof require === "function") {
  const { parentPort, workerData } = require("node:worker_threads");
  run(workerData, (text) => parentPort.postMessage(text));
} else onmessage = ({ data }) => run(data, postMessage);
`;

/** In a variable, which bundlers for pages do not follow. */
const nodeModule = "node:worker_threads";

function nodeThreads({ Worker }: Pick<typeof WorkerThreads, "Worker">): Start {
  return (code, task) => {
    const worker = new Worker(code, { eval: true, workerData: task, execArgv: [] });
    return {
      listen: (message, ended) => {
        worker.on("message", message);
        worker.on("error", (error) => ended(error.message, codeOf(error).startsWith("ERR_WORKER_")));
        worker.on("exit", (code) => ended(`it ended with code ${code}`));
      },
      send: (message) => worker.postMessage(message),
      release: () => worker.unref(),
      // Known without waiting for events, which do not come while this thread waits: a loop that ended has no time.
      isDead: () => {
        const { active, idle } = worker.performance.eventLoopUtilization();
        return active <= 0 || idle < 0;
      },
      end: () => void worker.terminate(),
    };
  };
}

function pageThread(code: string, task: Task): Thread {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const worker = new Worker(url);
  worker.postMessage(task);
  return {
    listen: (message, ended) => {
      worker.onmessage = ({ data }) => {
        URL.revokeObjectURL(url);
        message(data);
      };
      // What has no message comes of no code: the page's rules let no worker start.
      worker.onerror = (event) => ended(event.message || "it did not start", !event.message);
    },
    send: (message) => worker.postMessage(message),
    release: () => undefined,
    end: () => worker.terminate(),
  };
}
