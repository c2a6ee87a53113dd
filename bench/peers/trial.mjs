/**
 * First calls of a system that may take minutes for one, in a process of its own, which can be ended: what blocks its thread cannot be told
 * to stop.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { systems } from "./systems/index.mjs";

const file = fileURLToPath(import.meta.url);
const role = "trial";
/** Who compiles in the first call is given so many limits for it. */
const compiling = 2;

/**
 * `{ atLeastMs }` where a call does not end within the limit, `{ lacks }` where the one that compiles does not, else undefined: also where
 * it fails, which whoever calls it next will meet.
 */
export async function trialOf({ name, compiles = false }, job, limitMs) {
  const child = fork(file, [role], { serialization: "advanced", stdio: ["ignore", "ignore", "ignore", "ipc"] });
  const ended = once(child, "exit");
  const ask = async (message, milliseconds) => {
    const timer = new AbortController();
    const answer = once(child, "message");
    const late = pause(milliseconds, "late", { signal: timer.signal }).catch(() => "ended");
    if (child.connected) child.send(message);
    const first = await Promise.race([answer, ended, late]);
    timer.abort();
    return first !== "late";
  };
  try {
    const firstMs = compiles ? compiling * limitMs : limitMs;
    // Making it takes compiling and copying, which are no part of a call.
    if (!(await ask({ name, job }, 2 * limitMs + firstMs))) return { lacks: "could not be made ready in time" };
    if (!(await ask({ turn: 0 }, firstMs)))
      return compiles
        ? { lacks: `its first call, which compiles, did not end within ${firstMs / 1000} s` }
        : { atLeastMs: limitMs };
    if (compiles && !(await ask({ turn: 1 }, limitMs))) return { atLeastMs: limitMs };
    return undefined;
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
}

async function ready({ activate, reset }) {
  await activate?.();
  await reset();
}

/** The process's side: makes the subject, then calls it, each when it is asked. Ends where something fails. */
async function serve() {
  const [{ name, job }] = await once(process, "message");
  const subject = await systems.find((system) => system.name === name).create(job);
  await ready(subject);
  process.on("message", ({ turn }) => void Promise.resolve(subject.call(turn)).then(() => process.send("done")));
  process.send("done");
}

if (process.argv[2] === role) await serve();
