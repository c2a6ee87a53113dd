/**
 * The buffers of a running program by name. Where the program's memory can be seen (typescript, wasm) views are live; where it cannot
 * (a GPU) there is a copy of what lasts, brought up to date by `synchronize`.
 */
import { notSynchronized } from "../../compiler/diagnostics/codes/runtime.ts";
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Manifest } from "../../compiler/program/artifact.ts";
import { elements } from "./dimensions.ts";
import type { Executable, View } from "./executable.ts";
import { failure } from "./fail.ts";

type Buffer = Manifest["buffers"][number];

/** Runs something after all calls that were made before. */
export type InTurn = (act: () => void) => void;

export class Store {
  readonly #executable: Executable;
  readonly #inTurn: InTurn;
  readonly #buffers: ReadonlyMap<string, Buffer>;
  readonly #views = new Map<string, View>();
  #stale = false;
  /** Calls that were made, not yet run, and will change what lasts. */
  #coming = 0;

  constructor(executable: Executable, manifest: Manifest, inTurn: InTurn) {
    this.#executable = executable;
    this.#inTurn = inTurn;
    this.#buffers = new Map(manifest.buffers.map((buffer) => [buffer.name, buffer]));
  }

  /** Buffers of the metrics' own state. */
  get metrics(): readonly string[] {
    return [...this.#buffers.values()].filter(({ role }) => role === "metric").map(({ name }) => name);
  }

  has(name: string): boolean {
    return this.#buffers.has(name);
  }

  shape(name: string): Buffer["shape"] {
    return this.#find(name).shape;
  }

  /** The whole buffer as it is here. */
  view(name: string): View {
    const known = this.#views.get(name);
    if (known !== undefined) return known;
    const view = this.#makeView(name);
    this.#views.set(name, view);
    return view;
  }

  /** Writes the first elements of a buffer now, which is for a call whose turn it is. */
  write(name: string, data: View): void {
    const executable = this.#executable;
    if (executable.kind === "sync") this.view(name).set(data);
    else executable.write(name, data);
  }

  /** Gives a buffer new values, as of now and after the calls that were made before; `data` may be reused when it returns. */
  set(name: string, data: View): void {
    const executable = this.#executable;
    this.view(name).set(data);
    if (executable.kind === "sync") return;
    const copy = data.slice();
    this.#inTurn(() => executable.write(name, copy));
  }

  fill(name: string, value: number): void {
    const view = this.view(name).fill(value);
    if (this.#executable.kind === "async") this.#executable.write(name, view);
  }

  /** Notes that the program may have changed what lasts. */
  touch(): void {
    this.#stale = this.#executable.kind === "async";
  }

  /** Notes that a call was made which will change what lasts, or (−1) that it has run. */
  expect(calls: 1 | -1): void {
    this.#coming += calls;
  }

  /** Throws NN0721 where views show what was before the last run. */
  requireFresh(call: string): void {
    if (this.#stale || this.#coming > 0) throw failure(notSynchronized, { call });
  }

  async synchronize(names: readonly string[]): Promise<void> {
    const executable = this.#executable;
    if (executable.kind === "sync" || !this.#stale) return;
    const copies = await Promise.all(names.map((name) => executable.read(name)));
    for (const [at, name] of names.entries()) {
      const view = this.view(name);
      view.set(copies[at]?.subarray(0, view.length) ?? []);
    }
    this.#stale = false;
  }

  #makeView(name: string): View {
    const { dtype, offset, bytes, shape } = this.#find(name);
    const executable = this.#executable;
    const memory = executable.kind === "sync" ? executable.memory : new ArrayBuffer(bytes);
    const start = executable.kind === "sync" ? offset : 0;
    const exact = elements(shape, new Map());
    const count = Number.isNaN(exact) ? bytes / 4 : exact;
    return dtype === "f32" ? new Float32Array(memory, start, count) : new Int32Array(memory, start, count);
  }

  #find(name: string): Buffer {
    const buffer = this.#buffers.get(name);
    if (buffer === undefined) throw new InternalError("runtime", `the manifest has no buffer ${name}`);
    return buffer;
  }
}
