/**
 * What the service bears, and what a million calls leave behind:
 *
 *   node load.mjs [--calls 1000000] [--seconds 5] [--connections 8] [--beside]
 *
 * It calls `predict` in this process and looks at the memory that is left after each tenth of the calls; then it starts the service in a process of its own and
 * asks one row after the other on several connections. `--beside` asks a service by ONNX Runtime, too. Exit code 1 where memory grows.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { predict } from "./digits.mjs";

const folder = path.dirname(fileURLToPath(import.meta.url));
/** What may be left over from start to end: of 10⁶ calls that leave a number each it would be 8 MB. */
const allowedMB = 1;

const { values } = parseArgs({
  options: {
    calls: { type: "string", default: "1000000" },
    seconds: { type: "string", default: "5" },
    connections: { type: "string", default: "8" },
    beside: { type: "boolean", default: false },
  },
});
const [calls, seconds, connections] = ["calls", "seconds", "connections"].map((flag) =>
  wholeNumber(flag, values[flag]),
);

const growth = memory(calls);
await serve("digits.mjs, exported by nnc", "digits.mjs");
if (values.beside) await serve("digits.onnx by onnxruntime-node, one thread", "onnx.mjs");
process.exitCode = growth <= allowedMB ? 0 : 1;

function wholeNumber(flag, text) {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  console.error(`--${flag}: expected a whole number from 1, found ${text}`);
  process.exit(2);
}

/** Megabytes between the first tenth of the calls and the last, garbage collected; told as they come. */
function memory(count) {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  const rows = Array.from({ length: 16 }, (_, row) => Array.from({ length: 64 }, (_, at) => (at * (row + 3)) % 17));
  const typed = rows.map((row) => Float32Array.from(row));
  const into = new Float32Array(10);
  const left = [];
  const begun = performance.now();
  for (let tenth = 0; tenth < 10; tenth++) {
    // Half of them by lists and objects, half by typed numbers.
    for (let call = 0; call < count / 10; call++)
      if (call % 2 === 0) predict(rows[(call / 2) % 16]);
      else predict(typed[((call - 1) / 2) % 16], into);
    collect();
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    left.push((heapUsed + external + arrayBuffers) / 1e6);
  }
  const perCall = ((performance.now() - begun) * 1000) / count;
  const grown = left.at(-1) - left[0];
  console.log(
    `${count} calls of predict, ${perCall.toFixed(1)} µs each; MB in use after each tenth: ${left.map((one) => one.toFixed(2)).join(" ")}`,
  );
  console.log(grown <= allowedMB ? "memory is flat" : `memory grew by ${grown.toFixed(2)} MB`);
  return grown;
}

/** Starts the service, asks it for a while, and stops it. */
async function serve(title, model) {
  const args = [path.join(folder, "server.mjs"), "--port", "0", "--model", path.join(folder, model)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const first = await Promise.race([once(child.stdout, "data"), ended.then(() => undefined)]);
  const port = /:(\d+)\s/.exec(String(first?.[0]))?.[1];
  if (port === undefined) return console.error(`${title}: the service did not start`);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  // The service compiles what it does often before it is timed.
  await asked(port, agent, Math.min(1, seconds / 2));
  const times = await asked(port, agent, seconds);
  agent.destroy();
  child.kill("SIGTERM");
  await ended;
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.floor((times.length - 1) * share)].toFixed(2);
  console.log(
    `${title}: ${Math.round(times.length / seconds)} requests a second of one row, ${connections} connections; half within ${at(0.5)} ms, 99 % within ${at(0.99)} ms`,
  );
}

/** The milliseconds of each request that was answered in so many seconds. */
async function asked(port, agent, duration) {
  const body = JSON.stringify({ rows: [Array.from({ length: 64 }, (_, at) => at % 17)] });
  const until = performance.now() + 1000 * duration;
  const times = [];
  const one = async () => {
    while (performance.now() < until) {
      const from = performance.now();
      await post(port, agent, body);
      times.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
  return times;
}

function post(port, agent, body) {
  return new Promise((resolve, reject) => {
    const headers = { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };
    const asking = request(
      { host: "127.0.0.1", port, path: "/predict", method: "POST", agent, headers },
      (response) => {
        response.resume();
        response.once("end", () =>
          response.statusCode === 200 ? resolve() : reject(new Error(`the service answered ${response.statusCode}`)),
        );
      },
    );
    asking.once("error", reject);
    asking.end(body);
  });
}
