/**
 * What must hold of every program: buffers inside the arena and apart where both are needed, calls that fit their kernels,
 * values written before they are read, sound loops and slices, and sound kernels.
 */
import { constant, evaluate, product, subtract } from "../dimension/dimension.ts";
import type { Bounds } from "../dimension/interval.ts";
import { isNonNegative } from "../dimension/interval.ts";
import { boundsOf } from "./integer.ts";
import { chainOf, slicesOf } from "./slices.ts";
import { callsOf } from "./steps.ts";
import { isLasting, Memory, verifyLives, verifyVariables } from "./verify-memory.ts";
import type { Entry, Program, ProgramBuffer, Step } from "./types.ts";
import { verifyScheduledKernel } from "./verify-kernel.ts";
import { verifyLoops, verifySlice, verifySlices } from "./verify-loops.ts";

/** Sentences of what was expected and what was found; empty for a sound program. */
export function verifyProgram(program: Program): readonly string[] {
  const { kernels, functions, entries, buffers } = program;
  const names = new Set(buffers.flatMap(({ name, slice }) => (slice === undefined ? [name] : [])));
  const bounds = boundsOf(program);
  const dims = new Set(program.dims.map(({ name }) => name));
  const slices = buffers.flatMap((buffer) => verifySlice(buffer, program));
  const context = { program, names, bounds, dims, memory: new Memory(buffers) };
  const defined = new Map(functions.map((one) => [one.name, one]));
  return [
    ...repeated("buffers", buffers),
    ...repeated("kernels", kernels),
    ...repeated("entries", entries),
    ...repeated("functions", functions),
    ...buffers.flatMap((buffer) => verifyBuffer(buffer, program, bounds)),
    ...verifyVariables(buffers),
    ...slices,
    ...(slices.length > 0 ? [] : entries.flatMap((entry) => verifyEntry(entry, context))),
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
  { name, shape, offset, bytes, slice }: ProgramBuffer,
  { arenaBytes }: Program,
  bounds: Bounds,
): readonly string[] {
  // A slice lies where the buffer does that it is a part of.
  if (slice !== undefined) return [];
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
  readonly bounds: Bounds;
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
    ...verifyLoops(entry, program),
    ...verifyCalls(entry, program),
  ];
  const found =
    problems.length > 0
      ? problems
      : [...verifySlices(entry, program), ...verifyWritten(entry, context), ...verifyLives(entry, memory)];
  return found.map((problem) => `${entry.name}: ${problem}`);
}

function verifyCalls({ steps, dims }: Entry, { kernels, buffers }: Program): readonly string[] {
  return callsOf(steps).flatMap(({ call, at }) => {
    const kernel = kernels[call.kernel];
    if (kernel === undefined) return [`step ${at}: expected one of ${kernels.length} kernels, found ${call.kernel}`];
    const open = kernel.dims.filter((name) => !dims.includes(name));
    if (kernel.parameters.length !== call.buffers.length) {
      return [
        `step ${at}: expected ${kernel.parameters.length} buffers for ${kernel.name}, found ${call.buffers.length}`,
      ];
    }
    const unfit = kernel.parameters.flatMap(({ name, dtype }, position) => {
      const found = buffers[call.buffers[position]]?.dtype;
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

/**
 * Every value of this entry is written, at least in part, before it is read: of what slices are parts of, one slot before any. What
 * a loop writes that may run no time counts within it alone, but for the slots that its steps write.
 */
function verifyWritten({ steps, inputs }: Entry, { program, bounds, memory }: Context): readonly string[] {
  const { kernels, buffers } = program;
  const given = new Set(inputs);
  const written = new Set<ProgramBuffer>();
  const lasting = new Set<ProgramBuffer>();
  const order: ProgramBuffer[] = [];
  const write = (buffer: ProgramBuffer): void => {
    for (const one of [buffer, ...memory.together(buffer)]) {
      if (!written.has(one)) order.push(one);
      written.add(one);
    }
  };
  buffers.filter(({ name, role }) => given.has(name) || isLasting(role)).forEach(write);
  const visit = (step: Step, at: string): readonly string[] => {
    if (step.kind === "loop") {
      const before = order.length;
      const problems = step.steps.flatMap((one, n) => visit(one, `${at}.${n}`));
      if (!isNonNegative(subtract(step.extent, constant(1)), bounds))
        for (const one of order.slice(before)) if (!lasting.has(one)) written.delete(one);
      return problems;
    }
    const bound = kernels[step.kernel].parameters.map(({ access }, position) => {
      const chain = chainOf(buffers[step.buffers[position]], buffers);
      const [buffer] = chain.slice(-1);
      return { access, buffer, isMoved: slicesOf(chain).some(({ loop }) => loop !== undefined) };
    });
    const unwritten = bound.filter(({ access, buffer }) => access !== "write" && !written.has(buffer));
    for (const { access, buffer, isMoved } of bound) {
      if (access === "read") continue;
      write(buffer);
      if (isMoved) lasting.add(buffer);
    }
    return unwritten.map(
      ({ buffer }) => `step ${at}: expected ${buffer.name} to be written before, found no step that does`,
    );
  };
  return steps.flatMap((step, at) => visit(step, String(at)));
}
