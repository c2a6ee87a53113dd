/** A shared module on one thread, with the parts of its phases in any order. */
import type { Artifact } from "../../compiler/program/artifact.ts";
import { Random } from "../random/random.ts";
import type { Running } from "../random/start.ts";

/** One thread that pretends to be many: it takes the parts of a phase in an order of its own. */
export function inAnyOrder({ manifest, files }: Artifact): Running {
  const bytes = files[manifest.module];
  const { threads: sharing } = manifest;
  if (typeof bytes === "string" || sharing === undefined) throw new Error("expected a module to share");
  const random = new Random(5);
  const pages = Math.ceil((sharing.own + sharing.ownBytes) / 65_536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  let left: number[] = [];
  const next = (done: number, parts: number): number => {
    if (done < 0) left = [...random.shuffle(Array.from({ length: parts }, (_, part) => part))];
    return left.pop() ?? -1;
  };
  const nothing = (): number => 0;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes)), {
    env: { memory, threads: 2, own: sharing.own },
    threads: { put: nothing, begin: nothing, end: nothing, next, job: nothing, get: nothing, current: nothing },
  });
  // All exports but `worker` are entries, functions of i32.
  return { memory: memory.buffer, entries: exports as unknown as Running["entries"] };
}
