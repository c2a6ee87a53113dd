/**
 * PyTorch from Debian's python3-torch, in a process of its own (torch_worker.py) that is asked over standard input and measures itself.
 */
import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { channelsFirst } from "../layout.mjs";
import { elements, workloads } from "../workloads.mjs";

const python = "/usr/bin/python3";
const worker = fileURLToPath(new URL("torch_worker.py", import.meta.url));

/** OpenBLAS is to choose its kernels for this machine, and nobody uses more threads than were asked for. */
function environment(threads) {
  const { OPENBLAS_CORETYPE: _core, L2_SIZE: _cache, ...others } = process.env;
  return { ...others, OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads) };
}

/** The version and which vector instructions it uses; undefined where there is none. Looked up once. */
let found;
function installed() {
  const program =
    "import re, torch; print(torch.__version__, re.search('capability usage: (.*)', torch.__config__.show())[1])";
  found ??= spawnSync(python, ["-c", program], { encoding: "utf8", env: environment(1) });
  return found.status === 0 ? found.stdout.trim() : undefined;
}

export const torch = {
  name: "torch",
  version: async () => installed(),
  lacks: () => (installed() === undefined ? `${python} has no torch (Debian: python3-torch)` : undefined),
  create,
};

async function create({ name, phase, threads, ...job }) {
  const child = spawn(python, [worker], { stdio: ["pipe", "pipe", "inherit"], env: environment(threads) });
  const ask = asker(child);
  const { target, network } = workloads[name];
  const { batch } = job;
  const { shape, weights, batches } = channelsFirst(workloads[name], job);
  const rows = batches.map(({ x, target: classes }) => ({
    x: encode(x, [batch, ...shape]),
    target: encode(classes, [batch * elements(target.shape)]),
  }));
  const named = [...weights].map(([parameter, values]) => [parameter, encode(values.data, values.shape)]);
  const { form } = await ask({
    do: "create",
    phase,
    threads,
    network,
    weights: Object.fromEntries(named),
    batches: rows,
  });
  return {
    note: form,
    reset: () => ask({ do: "reset" }),
    async call(turn) {
      const { value, data } = await ask({ do: "call", turn });
      return value ?? new Float32Array(Uint8Array.from(Buffer.from(data, "base64")).buffer);
    },
    async turn({ from, milliseconds, group, reset, cold }) {
      const { times } = await ask({ do: "turn", from, group, reset, seconds: milliseconds / 1000, cold: cold / 1000 });
      return times.map((seconds) => seconds * 1000);
    },
    close: () => child.stdin.end(),
  };
}

/** Sends a request and answers the next line; rejects where the process ends. */
function asker(child) {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async (request) => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const { done, value } = await lines.next();
    if (done) throw new Error(`PyTorch's process ended (exit code ${child.exitCode})`);
    return JSON.parse(value);
  };
}

function encode(values, shape) {
  const data = Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
  return { shape, type: values instanceof Int32Array ? "i32" : "f32", data };
}
