/**
 * A program on a GPU device: its pipelines, its arena in one storage buffer, and a submission for each run of an entry, or for each of
 * some thousands of dispatches of a long one.
 */
import { brokenModule, notEnoughMemory } from "../../compiler/diagnostics/codes/runtime.ts";
import { gpuLost } from "../../compiler/diagnostics/codes/targets.ts";
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Manifest } from "../../compiler/program/artifact.ts";
import type { DispatchList } from "../../compiler/program/dispatch.ts";
import { workgroupsInRow } from "../../compiler/program/dispatch.ts";
import type { View } from "./executable.ts";
import { failure, named } from "./fail.ts";
import { batchesOf } from "./gpu-commands.ts";
import type { Batch } from "./gpu-commands.ts";

// Flags of the WebGPU standard: its namespaces are no globals in Node.
const usage = { mapRead: 0x1, copySource: 0x4, copyTarget: 0x8, uniform: 0x40, storage: 0x80 } as const;
const computeStage = 0x4;
const mapForReading = 0x1;

/** The table that tells dispatches of an entry where their buffers begin, and what is in it. */
interface Table {
  readonly uniforms: GPUBuffer;
  readonly group: GPUBindGroup;
  /** The sizes for which it has all that a run needs. */
  readonly sizes?: string;
  readonly batch: Batch;
}

/** A read that was asked for and not yet submitted. */
interface Wanted {
  readonly buffer: Manifest["buffers"][number];
  readonly resolve: (view: View) => void;
  readonly reject: (error: unknown) => void;
}

/** An executable whose arena is a storage buffer. */
export class GpuProgram {
  readonly kind = "async";
  readonly #device: GPUDevice;
  readonly #manifest: Manifest;
  readonly #list: DispatchList;
  readonly #arena: GPUBuffer;
  readonly #dims: GPUBuffer;
  readonly #layout: GPUBindGroupLayout;
  readonly #pipelines: readonly GPUComputePipeline[];
  /** Bytes of a row of a table. */
  readonly #slot: number;
  readonly #tables = new Map<string, Table>();
  #wanted: Wanted[] = [];
  #problem: Error | undefined;

  /** Compiles the shaders and makes the buffers, all zero. Throws NN0702, NN0704. */
  static async make(manifest: Manifest, list: DispatchList, shader: string, device: GPUDevice): Promise<GpuProgram> {
    device.pushErrorScope("validation");
    device.pushErrorScope("out-of-memory");
    const layout = device.createBindGroupLayout({
      entries: [
        { binding: 0, visibility: computeStage, buffer: { type: "storage" } },
        { binding: 1, visibility: computeStage, buffer: { type: "uniform", hasDynamicOffset: true } },
        { binding: 2, visibility: computeStage, buffer: { type: "uniform" } },
      ],
    });
    const pipelines = compilePipelines(list, shader, layout, device);
    const program = new GpuProgram(manifest, list, layout, pipelines, device);
    const [memory, invalid] = [await device.popErrorScope(), await device.popErrorScope()];
    if (memory !== null) throw failure(notEnoughMemory, { bytes: manifest.arenaBytes });
    if (invalid !== null) throw refusal(manifest, list.shader, invalid.message);
    return program;
  }

  private constructor(
    manifest: Manifest,
    list: DispatchList,
    layout: GPUBindGroupLayout,
    pipelines: readonly GPUComputePipeline[],
    device: GPUDevice,
  ) {
    this.#device = device;
    this.#manifest = manifest;
    this.#list = list;
    this.#pipelines = pipelines;
    this.#layout = layout;
    this.#slot = slotOf(list, device.limits.minUniformBufferOffsetAlignment);
    this.#arena = device.createBuffer({
      size: Math.max(4, manifest.arenaBytes),
      usage: usage.storage | usage.copySource | usage.copyTarget,
    });
    this.#dims = device.createBuffer({
      size: 4 + 4 * list.dims.length,
      usage: usage.uniform | usage.copyTarget,
    });
    void device.lost.then(({ message }) => this.#fail(failure(gpuLost, { reason: message })));
    device.addEventListener("uncapturederror", ({ error }) => this.#fail(new InternalError("wgsl", error.message)));
  }

  readonly write = (buffer: string, data: View): void => {
    this.#device.queue.writeBuffer(
      this.#arena,
      this.#buffer(buffer).offset,
      data.buffer,
      data.byteOffset,
      data.byteLength,
    );
  };

  /** Reads that are asked for together travel together. */
  readonly read = (buffer: string): Promise<View> => {
    const found = this.#buffer(buffer);
    return new Promise((resolve, reject) => {
      this.#wanted.push({ buffer: found, resolve, reject });
      if (this.#wanted.length === 1) queueMicrotask(() => void this.#readWanted());
    });
  };

  /** Submits all dispatches of the entry; the promise does not wait for the GPU, `read` does. */
  readonly run = async (entry: string, dims: readonly number[]): Promise<void> => {
    if (this.#problem !== undefined) throw this.#problem;
    const sizes = this.#sizesOf(entry, dims);
    this.#device.queue.writeBuffer(
      this.#dims,
      0,
      Int32Array.of(0, ...this.#list.dims.map((name) => sizes.get(name) ?? 0)),
    );
    const own = this.#list.entries.find(({ name }) => name === entry);
    if (own === undefined) return;
    const told = dims.join();
    const known = this.#tables.get(entry);
    if (known?.sizes === told) return this.#submit(known);
    // A later write waits for the submission before it.
    const batches = batchesOf(own, this.#list.points, sizes);
    for (let next = batches.next(), first = true; next.done !== true; first = false) {
      const batch = next.value;
      next = batches.next();
      this.#submit(this.#fill(entry, batch, first && next.done === true ? told : undefined));
    }
  };

  readonly close = (): void => {
    this.#fail(failure(gpuLost, { reason: "it was closed" }));
    this.#device.destroy();
  };

  /** The entry's table with these rows in it; `sizes` where there are no others. */
  #fill(entry: string, batch: Batch, sizes: string | undefined): Table {
    const ints = this.#slot / 4;
    const data = new Int32Array(ints * Math.max(1, batch.rows.length));
    for (const [row, starts] of batch.rows.entries()) data.set(starts, row * ints);
    const known = this.#tables.get(entry);
    const place =
      known !== undefined && known.uniforms.size >= data.byteLength ? known : this.#makeTable(data.byteLength);
    if (place !== known) known?.uniforms.destroy();
    this.#device.queue.writeBuffer(place.uniforms, 0, data);
    const { uniforms, group } = place;
    const table = sizes === undefined ? { uniforms, group, batch } : { uniforms, group, batch, sizes };
    this.#tables.set(entry, table);
    return table;
  }

  #makeTable(size: number): Pick<Table, "uniforms" | "group"> {
    const uniforms = this.#device.createBuffer({ size, usage: usage.uniform | usage.copyTarget });
    const group = this.#device.createBindGroup({
      layout: this.#layout,
      entries: [
        { binding: 0, resource: { buffer: this.#arena } },
        { binding: 1, resource: { buffer: uniforms, size: this.#slot } },
        { binding: 2, resource: { buffer: this.#dims } },
      ],
    });
    return { uniforms, group };
  }

  #submit({ group, batch }: Table): void {
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const { point, row, groups } of batch.commands) {
      pass.setPipeline(this.#pipelines[point]);
      pass.setBindGroup(0, group, [row * this.#slot]);
      pass.dispatchWorkgroups(Math.min(groups, workgroupsInRow), Math.ceil(groups / workgroupsInRow));
    }
    pass.end();
    this.#device.queue.submit([encoder.finish()]);
  }

  #buffer(name: string): Manifest["buffers"][number] {
    const buffer = this.#manifest.buffers.find((one) => one.name === name);
    if (buffer === undefined) throw new InternalError("wgsl", `the manifest has no buffer ${name}`);
    return buffer;
  }

  #sizesOf(entry: string, dims: readonly number[]): ReadonlyMap<string, number> {
    const names = this.#manifest.entries.find(({ name }) => name === entry)?.dims ?? [];
    return new Map(names.map((name, at) => [name, dims[at] ?? 0]));
  }

  #fail(problem: Error): void {
    this.#problem ??= problem;
  }

  async #readWanted(): Promise<void> {
    const wanted = this.#wanted;
    this.#wanted = [];
    try {
      const copies = await this.#copy(wanted.map(({ buffer }) => buffer));
      if (this.#problem !== undefined) throw this.#problem;
      for (const [at, { resolve }] of wanted.entries()) resolve(copies[at]);
    } catch (error) {
      const problem = this.#problem ?? error;
      for (const { reject } of wanted) reject(problem);
    }
  }

  async #copy(buffers: readonly Manifest["buffers"][number][]): Promise<readonly View[]> {
    const bytes = buffers.reduce((sum, buffer) => sum + buffer.bytes, 0);
    const staging = this.#device.createBuffer({ size: Math.max(4, bytes), usage: usage.mapRead | usage.copyTarget });
    const encoder = this.#device.createCommandEncoder();
    const starts: number[] = [];
    let end = 0;
    for (const { offset, bytes: size } of buffers) {
      starts.push(end);
      encoder.copyBufferToBuffer(this.#arena, offset, staging, end, size);
      end += size;
    }
    this.#device.queue.submit([encoder.finish()]);
    try {
      await staging.mapAsync(mapForReading);
      const all = staging.getMappedRange().slice(0);
      return buffers.map(({ dtype, bytes: size }, at) =>
        (dtype === "f32"
          ? new Float32Array(all, starts[at], size / 4)
          : new Int32Array(all, starts[at], size / 4)
        ).slice(),
      );
    } finally {
      staging.destroy();
    }
  }
}

/** A shader that is as it was built, by its checksum, is the compiler's mistake; without one it may have been changed on purpose. */
function refusal({ checksums = {} }: Manifest, shader: string, problem: string): Error {
  return Object.hasOwn(checksums, shader)
    ? new InternalError("wgsl", `the shader ${shader} is refused: ${problem}`)
    : failure(brokenModule, { file: named(shader), problem });
}

/** Bytes in which the places of any dispatch have room. */
function slotOf({ entries }: DispatchList, alignment: number): number {
  const longest = entries
    .flatMap(({ dispatches }) => dispatches)
    .reduce((most, one) => Math.max(most, one.buffers.length), 1);
  return Math.ceil((4 * longest) / alignment) * alignment;
}

function compilePipelines(
  { points, head }: DispatchList,
  shader: string,
  layout: GPUBindGroupLayout,
  device: GPUDevice,
): readonly GPUComputePipeline[] {
  const pipelineLayout = device.createPipelineLayout({ bindGroupLayouts: [layout] });
  const modules = new Map<number, GPUShaderModule>();
  return points.map(({ name, part }) => {
    const code = shader.slice(head.from, head.to) + shader.slice(part.from, part.to);
    const module = modules.get(part.from) ?? device.createShaderModule({ code, label: name });
    modules.set(part.from, module);
    return device.createComputePipeline({ label: name, layout: pipelineLayout, compute: { module, entryPoint: name } });
  });
}
