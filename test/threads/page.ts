/** What page.test.ts runs in a browser: trains a few steps, in the page and in a worker of it, and tells the server how it went. */
import { load, NncError, type Artifact } from "../../runtime/load/index.ts";

export interface Report {
  readonly threads: number;
  readonly warnings: readonly string[];
  /** The bytes of what was trained. */
  readonly saved: readonly number[];
  /** What a synchronous step says, where it is refused. */
  readonly sync: string;
}

/** Files are lists of numbers. */
interface Sent {
  readonly manifest: Artifact["manifest"];
  readonly files: Readonly<Record<string, readonly number[]>>;
}

const steps = 4;

async function train(threads: number): Promise<Report> {
  const { manifest, files } = (await (await fetch("/artifact.json")).json()) as Sent;
  const bytes = Object.entries(files).map(([name, content]) => [name, Uint8Array.from(content)]);
  const net = await load({ manifest, files: Object.fromEntries(bytes) }, { threads });
  const batch = { x: new Float32Array(256).fill(0.5), target: new Float32Array(128).fill(1) };
  for (let step = 0; step < steps; step += 1) await net.step(batch);
  await net.synchronize();
  const saved = [...net.save()];
  let sync = "";
  try {
    net.stepSync(batch);
  } catch (error) {
    sync = error instanceof NncError ? error.diagnostic.code : String(error);
  }
  net.close();
  return { threads: net.threads, warnings: net.warnings.map(({ code }) => code), saved, sync };
}

const tell = (report: unknown): Promise<Response> => fetch("/report", { method: "POST", body: JSON.stringify(report) });

if ("document" in globalThis) {
  const page = await train(3).catch(String);
  const worker = new Worker(import.meta.url, { type: "module" });
  worker.onmessage = ({ data }) => void tell({ page, worker: data });
  worker.onerror = ({ message }) => void tell({ page, worker: message });
} else postMessage(await train(3).catch(String));
