/**
 * The part of an exported module that runs its shaders by WebGPU, as `runtime/load/gpu-program.ts` does: the same dispatches, and so the same
 * bits on the same device. It stands behind the module's shaders, and is TypeScript without an import and without WebGPU's types.
 */
import { comment } from "./comment.ts";

/** What a caller may give, in the module and in its declarations. */
export const openTypes = `/** What the model runs on; without any of it, on what \`navigator.gpu\` has. WebGPU's own objects. */
export interface OpenOptions {
  /** What stands for \`navigator.gpu\`: what the package \`webgpu\` creates in Node. */
  readonly gpu?: { readonly requestAdapter: () => Promise<object | null> };
  readonly adapter?: { readonly requestDevice: () => Promise<object> };
  /** It stays open at \`close\`. */
  readonly device?: { readonly queue: object; readonly limits: object };
}
`;

export const openForms: readonly (readonly [doc: string, form: string])[] = [
  [
    comment([
      "Compiles the shaders and brings the weights to the GPU; the first call of another function does so, too. Throws a TypeError for what is",
      "no WebGPU, a RangeError where the device is too small for the model, and an Error where there is no GPU or the model is open already.",
    ]),
    "open(options?: OpenOptions): Promise<void>",
  ],
  [
    comment([
      "Gives back what the model has on the GPU, and the device that it asked for; a later call opens it again.",
    ]),
    "close(): void",
  ],
];

export const openDeclarations = [
  openTypes,
  ...openForms.map(([doc, form]) => `${doc}\nexport declare function ${form};\n`),
].join("\n");

const typesText = `/** What is used of WebGPU. */
interface GpuBuffer { readonly size: number; readonly mapAsync: (mode: number) => Promise<unknown>; readonly getMappedRange: () => ArrayBuffer; readonly destroy: () => void }
interface GpuPass { readonly setPipeline: (pipeline: object) => void; readonly setBindGroup: (at: number, group: object, starts: readonly number[]) => void; readonly dispatchWorkgroups: (x: number, y: number) => void; readonly end: () => void }
interface GpuEncoder { readonly beginComputePass: () => GpuPass; readonly copyBufferToBuffer: (from: GpuBuffer, start: number, to: GpuBuffer, at: number, bytes: number) => void; readonly finish: () => object }
interface GpuQueue { readonly writeBuffer: (to: GpuBuffer, at: number, data: ArrayBufferLike, from: number, bytes: number) => void; readonly submit: (commands: readonly object[]) => void }
interface GpuDevice {
  readonly queue: GpuQueue;
  readonly limits: { readonly [name: string]: number };
  readonly lost: Promise<{ readonly message: string }>;
  readonly createBuffer: (options: object) => GpuBuffer;
  readonly createBindGroup: (options: object) => object;
  readonly createBindGroupLayout: (options: object) => object;
  readonly createPipelineLayout: (options: object) => object;
  readonly createShaderModule: (options: object) => object;
  readonly createComputePipeline: (options: object) => object;
  readonly createCommandEncoder: () => GpuEncoder;
  readonly pushErrorScope: (filter: string) => void;
  readonly popErrorScope: () => Promise<{ readonly message: string } | null>;
  readonly destroy: () => void;
}
interface GpuAdapter { readonly limits: { readonly [name: string]: number }; readonly requestDevice: (options: object) => Promise<GpuDevice> }
`;

/** The flags are those of the standard, whose namespaces are no globals in Node. */
const runningText = `/** The model on a device. */
interface Instance {
  /** Writes what is given, runs an entry, and reads the first numbers of what is wanted, in one go: what is called meanwhile comes before or behind it. */
  readonly call: (entry: string, rows: number, length: number, given: readonly (readonly [name: string, values: View])[], wanted: readonly (readonly [name: string, numbers: number])[]) => Promise<View[]>;
  readonly close: () => void;
}

/** Where dispatches are told where their buffers begin, what they are, and the sizes for which there are no others. */
interface Table { readonly uniforms: GpuBuffer; readonly group: object; readonly list: readonly (readonly [point: number, groups: number, row: number])[]; readonly sizes: string }

const placeOf: ReadonlyMap<string, (typeof places)[number]> = new Map(places.map((place) => [place[0], place]));

/** So many dispatches are submitted at once; a run with more is several. */
const mostCommands = 16384;

/** What goes wrong while \`work\` asks the device is thrown, whoever else uses it. */
async function scoped<Made>(device: GpuDevice, work: () => Made): Promise<Made> {
  device.pushErrorScope("validation");
  device.pushErrorScope("out-of-memory");
  const working = (async () => work())();
  const [made, memory, invalid] = await Promise.allSettled([working, device.popErrorScope(), device.popErrorScope()]);
  if (memory.status === "fulfilled" && memory.value) throw new RangeError(\`the GPU has not enough memory for this model, which needs \${arenaBytes} bytes: \${memory.value.message}\`);
  if (invalid.status === "fulfilled" && invalid.value) throw new Error(\`the GPU refuses what this model asks of it: \${invalid.value.message}\`);
  if (made.status === "rejected") throw made.reason;
  return made.value;
}

async function instanceOn(device: GpuDevice, isOwn: boolean): Promise<Instance> {
  let problem: Error | undefined;
  void device.lost.then(({ message }) => (problem ??= new Error(\`the GPU was lost: \${message}; after close() the next call opens the model again\`)));
  const bytes = weightBytes();
  const { layout, pipelines, arena, sizes } = await scoped(device, () => {
    const made = createOn(device);
    upload(device.queue, made.arena, bytes);
    return made;
  });
  const tables = new Map<string, Table>();

  function tableOf(entry: string, size: number): Pick<Table, "uniforms" | "group"> {
    const known = tables.get(entry);
    if (known !== undefined && known.uniforms.size >= size) return known;
    known?.uniforms.destroy();
    const uniforms = device.createBuffer({ size, usage: 0x48 });
    const entries = [{ binding: 0, resource: { buffer: arena } }, { binding: 1, resource: { buffer: uniforms, size: rowBytes } }, { binding: 2, resource: { buffer: sizes } }];
    return { uniforms, group: device.createBindGroup({ layout, entries }) };
  }

  /** Equal places of buffers are one row. */
  function filled(entry: string, part: readonly Command[], told: string): Table {
    const rows = new Map<string, readonly number[]>(part.map(([, , starts]) => [starts.join(), starts]));
    const rowOf = new Map([...rows.keys()].map((key, row) => [key, row]));
    const data = new Int32Array((rowBytes / 4) * Math.max(1, rows.size));
    [...rows.values()].forEach((starts, row) => data.set(starts, (row * rowBytes) / 4));
    const { uniforms, group } = tableOf(entry, data.byteLength);
    device.queue.writeBuffer(uniforms, 0, data.buffer, 0, data.byteLength);
    const table = { uniforms, group, list: part.map(([point, groups, starts]) => [point, groups, rowOf.get(starts.join()) ?? 0] as const), sizes: told };
    tables.set(entry, table);
    return table;
  }

  function submit({ group, list }: Table): void {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const [point, groups, row] of list) {
      pass.setPipeline(pipelines[point] as object);
      pass.setBindGroup(0, group, [row * rowBytes]);
      pass.dispatchWorkgroups(Math.min(groups, 65535), Math.ceil(groups / 65535));
    }
    pass.end();
    device.queue.submit([encoder.finish()]);
  }

  function runEntry(entry: string, rows: number, length: number): void {
    const told = \`\${rows} \${length}\`;
    const known = tables.get(entry);
    if (known?.sizes === told) return submit(known);
    let part: Command[] = [];
    let isFirst = true;
    for (const command of commands.get(entry)?.(rows, length) ?? []) {
      // Without a thread that has work.
      if (!(command[1] > 0)) continue;
      if (part.length === mostCommands) {
        submit(filled(entry, part, ""));
        [part, isFirst] = [[], false];
      }
      part.push(command);
    }
    submit(filled(entry, part, isFirst ? told : ""));
  }

  function read(wanted: readonly (readonly [name: string, numbers: number])[]): GpuBuffer {
    const staging = device.createBuffer({ size: Math.max(4, 4 * wanted.reduce((sum, [, numbers]) => sum + numbers, 0)), usage: 0x9 });
    const encoder = device.createCommandEncoder();
    let at = 0;
    for (const [name, numbers] of wanted) {
      if (numbers > 0) encoder.copyBufferToBuffer(arena, placeOf.get(name)?.[2] ?? 0, staging, at, 4 * numbers);
      at += 4 * numbers;
    }
    device.queue.submit([encoder.finish()]);
    return staging;
  }

  return {
    call: async (entry, rows, length, given, wanted) => {
      if (problem !== undefined) throw problem;
      const working = scoped(device, () => {
        given.forEach(([name, values]) => put(device.queue, arena, name, values));
        const told = Int32Array.from([0, ...dimensions(rows, length)]);
        device.queue.writeBuffer(sizes, 0, told.buffer, 0, told.byteLength);
        runEntry(entry, rows, length);
        const staging = read(wanted);
        const mapped = staging.mapAsync(1);
        // It is awaited where nothing else went wrong.
        mapped.catch(() => undefined);
        return { staging, mapped };
      });
      try {
        const { staging, mapped } = await working;
        try {
          await mapped;
          const all = staging.getMappedRange().slice(0);
          let from = 0;
          return wanted.map(([name, numbers]) => {
            const view = placeOf.get(name)?.[1] === "f32" ? new Float32Array(all, from, numbers) : new Int32Array(all, from, numbers);
            from += 4 * numbers;
            return view;
          });
        } finally {
          staging.destroy();
        }
      } catch (error) {
        throw problem ?? error;
      }
    },
    close: () => {
      problem ??= new Error("the model was closed while it ran");
      for (const { uniforms } of tables.values()) uniforms.destroy();
      for (const buffer of [arena, sizes]) buffer.destroy();
      if (isOwn) device.destroy();
    },
  };
}

function createOn(device: GpuDevice): { readonly layout: object; readonly pipelines: readonly object[]; readonly arena: GpuBuffer; readonly sizes: GpuBuffer } {
  const bound = [{ type: "storage" }, { type: "uniform", hasDynamicOffset: true }, { type: "uniform" }];
  const layout = device.createBindGroupLayout({ entries: bound.map((buffer, binding) => ({ binding, visibility: 4, buffer })) });
  const pipelineLayout = device.createPipelineLayout({ bindGroupLayouts: [layout] });
  const modules = shaders.map((code) => device.createShaderModule({ code: shaderHead + code }));
  return {
    layout,
    pipelines: points.map(([shader, name]) => device.createComputePipeline({ layout: pipelineLayout, compute: { module: modules[shader], entryPoint: name } })),
    arena: device.createBuffer({ size: arenaBytes, usage: 0x8c }),
    sizes: device.createBuffer({ size: 4 + 4 * dimensions(0, 0).length, usage: 0x48 }),
  };
}

/** What no kernel reads has no place. */
function put(queue: GpuQueue, arena: GpuBuffer, name: string, values: View): void {
  const place = placeOf.get(name);
  if (place !== undefined && values.length > 0) queue.writeBuffer(arena, place[2], values.buffer, values.byteOffset, values.byteLength);
}

function upload(queue: GpuQueue, arena: GpuBuffer, bytes: Uint8Array): void {
  unpack(bytes, (part, offset) => queue.writeBuffer(arena, offset, part.buffer, part.byteOffset, part.byteLength));
}
`;

const openingText = `let network: Promise<Instance> | undefined;

${openForms[0]?.[0] ?? ""}
export async function open(options: OpenOptions = {}): Promise<void> {
  if (typeof options !== "object" || options === null) throw new TypeError(\`open: expected options as an object, found \${shown(options)}\`);
  const other = Object.keys(options).find((key) => key !== "gpu" && key !== "adapter" && key !== "device");
  if (other !== undefined) throw new TypeError(\`open: expected the options "gpu", "adapter" and "device", found \${shown(other)}\`);
  if (network !== undefined && Object.keys(options).length > 0) throw new Error("open: the model is open already; close() comes before");
  await (network ?? openWith(options));
}

${openForms[1]?.[0] ?? ""}
export function close(): void {
  const closed = network;
  network = undefined;
  closed?.then((instance) => instance.close(), () => undefined);
}

/** The model on its device, which is asked for once. */
const opened = (): Promise<Instance> => network ?? openWith({});

function openWith(options: OpenOptions): Promise<Instance> {
  const opening = deviceOf(options).then(async ([device, isOwn]) => {
    try {
      return await instanceOn(device, isOwn);
    } catch (error) {
      if (isOwn) device.destroy();
      throw error;
    }
  });
  network = opening;
  // A later call tries again.
  opening.catch(() => {
    if (network === opening) network = undefined;
  });
  return opening;
}

async function deviceOf({ gpu, adapter, device }: OpenOptions): Promise<readonly [device: GpuDevice, isOwn: boolean]> {
  if (device !== undefined) {
    const given = device as GpuDevice;
    if (typeof given?.createComputePipeline !== "function") throw new TypeError(\`open: expected a device of WebGPU, found \${shown(device)}\`);
    requireSpace(given.limits, "device");
    return [given, false];
  }
  const found = (adapter ?? (await adapterOf(gpu))) as unknown as GpuAdapter;
  if (typeof found?.requestDevice !== "function") throw new TypeError(\`open: expected an adapter of WebGPU, found \${shown(found)}\`);
  requireSpace(found.limits, "GPU");
  // A device has the limits that are promised of every one, unless it is asked for more.
  const requiredLimits = Object.fromEntries(rooms.filter(([, promised]) => arenaBytes > promised).map(([name]) => [name, arenaBytes]));
  return [await found.requestDevice({ requiredLimits }), true];
}

async function adapterOf(gpu: OpenOptions["gpu"]): Promise<object> {
  const { navigator } = globalThis as unknown as { readonly navigator?: { readonly gpu?: NonNullable<OpenOptions["gpu"]> } };
  const found = gpu ?? navigator?.gpu;
  if (found === undefined) throw new Error("this model runs by WebGPU, which this engine has not: expected navigator.gpu, or open({ gpu }), open({ adapter }) or open({ device }) before any other call");
  if (typeof found?.requestAdapter !== "function") throw new TypeError(\`open: expected a GPU of WebGPU, found \${shown(found)}\`);
  const adapter = await found.requestAdapter();
  if (!adapter) throw new Error("this model runs by WebGPU, which found no GPU here");
  return adapter;
}

/** What lies in one buffer needs of a device, and what every device has. */
const rooms = [["maxStorageBufferBindingSize", 134217728], ["maxBufferSize", 268435456]] as const;

function requireSpace(found: { readonly [name: string]: number }, what: string): void {
  for (const [name] of rooms) {
    const most = found[name] ?? 0;
    if (arenaBytes > most) throw new RangeError(\`the \${what} is too small for this model: expected a \${name} of at least \${arenaBytes}, found \${most}\`);
  }
}
`;

export const gpuText = [openTypes, typesText, runningText, openingText].join("\n");
