/**
 * What must hold of every program: buffers inside the arena and apart where both are needed, calls that fit their kernels,
 * values written before they are read, and sound kernels.
 */
import { evaluate, product } from "../dimension/dimension.ts";
import type { Bounds } from "../dimension/interval.ts";
import { boundsOf } from "./integer.ts";
import { withoutLoops } from "./steps.ts";
import { isLasting, Memory, verifyLives, verifyVariables } from "./verify-memory.ts";
import type { Entry, Program, ProgramBuffer } from "./types.ts";
import { verifyScheduledKernel } from "./verify-kernel.ts";

/** Sentences of what was expected and what was found; empty for a sound program. */
export function verifyProgram(program: Program): readonly string[] {
  const { kernels, functions, entries, buffers } = program;
  const names = new Set(buffers.map(({ name }) => name));
  const context = { program, names, dims: new Set(program.dims.map(({ name }) => name)), memory: new Memory(buffers) };
  const bounds = boundsOf(program);
  const defined = new Map(functions.map((one) => [one.name, one]));
  return [
    ...repeated("buffers", buffers),
    ...repeated("kernels", kernels),
    ...repeated("entries", entries),
    ...repeated("functions", functions),
    ...buffers.flatMap((buffer) => verifyBuffer(buffer, program, bounds)),
    ...verifyVariables(buffers),
    ...entries.flatMap((entry) => verifyEntry(entry, context)),
    ...kernels.flatMap((kernel) => verifyScheduledKernel(kernel, defined)),
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

function verifyBuffer(
  { name, shape, offset, bytes }: ProgramBuffer,
  { arenaBytes }: Program,
  bounds: Bounds,
): readonly string[] {
  const size = evaluate(product(shape), bounds);
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

/** What is known of all entries. */
interface Context {
  readonly program: Program;
  readonly dims: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
  readonly memory: Memory;
}

function verifyEntry(entry: Entry, context: Context): readonly string[] {
  const { program, dims, names, memory } = context;
  const problems = [
    ...entry.dims.filter((name) => !dims.has(name)).map((name) => `expected a dimension of the program, found ${name}`),
    ...[...entry.inputs, ...entry.results]
      .filter((name) => !names.has(name))
      .map((name) => `expected a buffer, found ${name}`),
    ...verifySteps(entry, program),
  ];
  const found = problems.length > 0 ? problems : [...verifyWritten(entry, context), ...verifyLives(entry, memory)];
  return found.map((problem) => `${entry.name}: ${problem}`);
}

function verifySteps({ steps, dims }: Entry, { kernels, buffers }: Program): readonly string[] {
  return withoutLoops(steps).flatMap((step, at) => {
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
function verifyWritten({ steps, inputs }: Entry, { program, memory }: Context): readonly string[] {
  const { kernels, buffers } = program;
  const given = new Set(inputs);
  const written = new Set<ProgramBuffer>();
  const write = (buffer: ProgramBuffer): void => {
    written.add(buffer);
    for (const other of memory.together(buffer)) written.add(other);
  };
  buffers.filter(({ name, role }) => given.has(name) || isLasting(role)).forEach(write);
  return withoutLoops(steps).flatMap((step, at) => {
    const bound = kernels[step.kernel].parameters.map(({ access }, position) => {
      return { access, buffer: buffers[step.buffers[position]] };
    });
    const unwritten = bound.filter(({ access, buffer }) => access !== "write" && !written.has(buffer));
    for (const { access, buffer } of bound) if (access !== "read") write(buffer);
    return unwritten.map(
      ({ buffer }) => `step ${at}: expected ${buffer.name} to be written before, found no step that does`,
    );
  });
}
