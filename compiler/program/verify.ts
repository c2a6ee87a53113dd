/**
 * What must hold of every program: buffers inside the arena and apart where both are needed, calls that fit their kernels,
 * values written before they are read, and sound kernels.
 */
import { evaluate, product } from "../dimension/dimension.ts";
import type { BufferRole, Entry, Program, ProgramBuffer } from "./types.ts";
import { verifyScheduledKernel } from "./verify-kernel.ts";

/** Sentences of what was expected and what was found; empty for a sound program. */
export function verifyProgram(program: Program): readonly string[] {
  const { kernels, functions, entries, buffers } = program;
  return [
    ...repeated("buffers", buffers),
    ...repeated("kernels", kernels),
    ...repeated("entries", entries),
    ...repeated("functions", functions),
    ...buffers.flatMap((buffer) => verifyBuffer(buffer, program)),
    ...verifyVariables(buffers),
    ...entries.flatMap((entry) => verifyEntry(entry, program)),
    ...kernels.flatMap((kernel) => verifyScheduledKernel(kernel, functions)),
  ];
}

function repeated(what: string, named: readonly { readonly name: string }[]): readonly string[] {
  const seen = new Set<string>();
  return named.flatMap(({ name }) => {
    if (seen.has(name)) return [`two ${what} are ${name}`];
    seen.add(name);
    return [];
  });
}

function verifyBuffer({ name, shape, offset, bytes }: ProgramBuffer, { dims, arenaBytes }: Program): readonly string[] {
  const size = evaluate(product(shape), new Map(dims.map((dim) => [dim.name, dim.bound])));
  return [
    ...(offset % 64 === 0 && offset >= 0 ? [] : [`${name}: expected an offset that 64 divides, found ${offset}`]),
    ...(offset + bytes <= arenaBytes
      ? []
      : [`${name}: expected to end within ${arenaBytes} bytes, found ${offset + bytes}`]),
    ...(size !== undefined && 4 * size === bytes
      ? []
      : [`${name}: expected ${4 * (size ?? NaN)} bytes, found ${bytes}`]),
  ];
}

const lasting: ReadonlySet<BufferRole> = new Set<BufferRole>(["parameter", "state", "optimizer", "counter", "metric"]);

/** Variables share no byte with any buffer but the run that they lie in. */
function verifyVariables(buffers: readonly ProgramBuffer[]): readonly string[] {
  return buffers.flatMap((variable, at) => {
    if (!lasting.has(variable.role)) return [];
    const others = buffers.filter(
      (other, position) => meet(variable, other) && (position > at || !lasting.has(other.role)),
    );
    return others
      .filter((other) => !contains(other, variable))
      .map((other) => `${variable.name} and ${other.name} share bytes`);
  });
}

function meet(a: ProgramBuffer, b: ProgramBuffer): boolean {
  return a !== b && a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
}

/** True where `run` is a segment that the other lies in. */
function contains(run: ProgramBuffer, { offset, bytes }: ProgramBuffer): boolean {
  return run.role === "segment" && run.offset <= offset && offset + bytes <= run.offset + run.bytes;
}

function verifyEntry(entry: Entry, program: Program): readonly string[] {
  const { buffers, dims } = program;
  const known = new Set(dims.map(({ name }) => name));
  const problems = [
    ...entry.dims
      .filter((name) => !known.has(name))
      .map((name) => `expected a dimension of the program, found ${name}`),
    ...[...entry.inputs, ...entry.results]
      .filter((name) => !buffers.some((one) => one.name === name))
      .map((name) => `expected a buffer, found ${name}`),
    ...verifySteps(entry, program),
  ];
  if (problems.length > 0) return problems.map((problem) => `${entry.name}: ${problem}`);
  return [...verifyWritten(entry, program), ...verifyLives(entry, program)].map(
    (problem) => `${entry.name}: ${problem}`,
  );
}

function verifySteps({ steps, dims }: Entry, { kernels, buffers }: Program): readonly string[] {
  return steps.flatMap((step, at) => {
    const kernel = kernels[step.kernel];
    if (kernel === undefined) return [`step ${at}: expected one of ${kernels.length} kernels, found ${step.kernel}`];
    const open = kernel.dims.filter((name) => !dims.includes(name));
    if (kernel.parameters.length !== step.buffers.length) {
      return [
        `step ${at}: expected ${kernel.parameters.length} buffers for ${kernel.name}, found ${step.buffers.length}`,
      ];
    }
    const unfit = kernel.parameters.flatMap(({ name, dtype }, position) => {
      const found = buffers[step.buffers[position]]?.dtype;
      return found === dtype
        ? []
        : [`step ${at}: expected ${dtype} for ${kernel.name}'s ${name}, found ${found ?? "no buffer"}`];
    });
    return [
      ...open.map((name) => `step ${at}: expected dimension ${name} for ${kernel.name} among the entry's`),
      ...unfit,
    ];
  });
}

/** Every value of this entry is written, at least in part, before it is read. */
function verifyWritten({ steps, inputs }: Entry, { kernels, buffers }: Program): readonly string[] {
  const written = buffers.filter(({ name, role }) => inputs.includes(name) || lasting.has(role));
  return steps.flatMap((step, at) => {
    const { parameters } = kernels[step.kernel];
    const bound = parameters.map(({ access }, position) => ({ access, buffer: buffers[step.buffers[position]] }));
    const unwritten = bound.filter(
      ({ access, buffer }) =>
        access !== "write" && !written.some((one) => one === buffer || contains(one, buffer) || contains(buffer, one)),
    );
    written.push(...bound.filter(({ access }) => access !== "read").map(({ buffer }) => buffer));
    return unwritten.map(
      ({ buffer }) => `step ${at}: expected ${buffer.name} to be written before, found no step that does`,
    );
  });
}

interface Live {
  readonly buffer: ProgramBuffer;
  readonly from: number;
  readonly to: number;
}

/** Buffers that are needed at one time are apart; one that begins where another ends may take its very place. */
function verifyLives(entry: Entry, { buffers }: Program): readonly string[] {
  const lives = livesOf(entry, buffers);
  return lives.flatMap((a, at) =>
    lives.slice(at + 1).flatMap((b) => {
      if (!meet(a.buffer, b.buffer) || contains(a.buffer, b.buffer) || contains(b.buffer, a.buffer)) return [];
      const inPlace = a.buffer.offset === b.buffer.offset && a.buffer.bytes === b.buffer.bytes;
      const apart = a.to < b.from || b.to < a.from || (inPlace && (a.to === b.from || b.to === a.from));
      return apart ? [] : [`${a.buffer.name} and ${b.buffer.name} share bytes while both are needed`];
    }),
  );
}

function livesOf({ steps, inputs, results }: Entry, buffers: readonly ProgramBuffer[]): readonly Live[] {
  return buffers.flatMap((buffer, position) => {
    if (lasting.has(buffer.role)) return [];
    const touched = steps.flatMap((step, at) => (step.buffers.includes(position) ? [at] : []));
    const from = inputs.includes(buffer.name) ? [0] : [];
    const to = [...from, ...(results.includes(buffer.name) ? [0] : [])].map(() => steps.length);
    if (touched.length + from.length === 0) return [];
    return [{ buffer, from: Math.min(...touched, ...from), to: Math.max(...touched, ...to) }];
  });
}
