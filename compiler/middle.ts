/**
 * The middle as one function: the graphs of an elaboration become a program for a machine.
 *
 *   graph ──passes──▶ graph ──lower──▶ computes ──fuse──▶ kernels ──schedule──▶ scheduled kernels ──plan──▶ program
 */
import type { Elaboration, EntryGraph, Variable } from "./elaborate/types.ts";
import { symbolsOf } from "./dimension/dimension.ts";
import type { Bounds } from "./dimension/interval.ts";
import { tooMuchMemory } from "./diagnostics/codes/limits.ts";
import { diagnose, InternalError, NncError } from "./diagnostics/diagnostic.ts";
import { functions } from "./loops/functions.ts";
import { verifyCompute } from "./loops/verify.ts";
import type { TensorType } from "./graph/types.ts";
import { largestBuffers } from "./program/largest.ts";
import type { FunctionDefinition, Program, ScheduledKernel, Statement } from "./program/types.ts";
import { share } from "./program/share.ts";
import { threadCosts } from "./program/thread-costs.ts";
import { verifyScheduledKernel } from "./program/verify-kernel.ts";
import { verifySharing } from "./program/verify-sharing.ts";
import { verifyProgram } from "./program/verify.ts";
import { runPasses } from "./passes/index.ts";
import { formOf } from "./kernel/form.ts";
import { fuse } from "./fuse/index.ts";
import type { LoweredOutput } from "./lower/lower.ts";
import { lower } from "./lower/lower.ts";
import type { Machine } from "./schedule/machine.ts";
import { inPlacePairs, plan } from "./plan/plan.ts";
import { verifyPlan } from "./plan/verify.ts";
import type { Plan, PlanCall, PlanEntry, PlanTensor } from "./plan/plan.ts";
import { printKernel } from "./kernel/print.ts";
import { costOf } from "./schedule/cost.ts";
import { parametersOf } from "./schedule/parameters.ts";
import { functionsUsed, schedule } from "./schedule/schedule.ts";
import type { SegmentedEntry } from "./fuse/segments.ts";
import { joinSegments } from "./fuse/segments.ts";
import type { Kernel } from "./kernel/types.ts";
import { verifyKernel } from "./kernel/verify.ts";

export interface Built {
  readonly program: Program;
  readonly plan: Plan;
  /** The kernels of each entry before they were scheduled, for printing. */
  readonly kernels: ReadonlyMap<string, readonly Kernel[]>;
}

export interface BuildOptions {
  /** Runs the verifier of every form, as tests do. */
  readonly verify: boolean;
  /** Leaves the kernels' bodies out: enough to know memory and cost, in half the time. */
  readonly outline?: boolean;
}

const allFunctions = new Map(functions.map((one) => [one.name, one]));

/** What WebAssembly addresses: 65,536 pages. */
const maximalBytes = 2 ** 32;

/** Builds the program of all entries. Throws NN0602 beyond 4 GiB, and InternalError where a form breaks its promises. */
export function buildProgram(
  elaboration: Elaboration,
  machine: Machine,
  { verify, outline = false }: BuildOptions,
): Built {
  const { bounds, variables } = elaboration;
  const taken = new Set(variables.map(({ name }) => name));
  const fused = elaboration.entries.map((entry) => fuseEntry(entry, bounds, taken, verify));
  const scheduler: Scheduler = outline ? outlineKernel : (kernel, typeOf) => schedule(kernel, typeOf, bounds, machine);
  const checked: Scheduler = (kernel, typeOf) => {
    const scheduled = scheduler(kernel, typeOf);
    check("schedule", verifyScheduledKernel(scheduled, allFunctions));
    return scheduled;
  };
  const known: Known = new Map();
  const entries = fused.map((entry) => planEntry(entry, bounds, verify ? checked : scheduler, known));
  const tensors = planTensors(variables, fused);
  const segments = fused.flatMap((entry) => entry.fused.segments);
  const planned = plan({ tensors, segments, entries, bounds });
  const { buffers, arenaBytes, kernels } = planned;
  if (arenaBytes > maximalBytes)
    throw new NncError(
      diagnose(tooMuchMemory, { bytes: arenaBytes, limit: maximalBytes }, [], largestBuffers(buffers)),
    );
  const program: Program = {
    version: 1,
    name: elaboration.name,
    dims: [...bounds].map(([name, bound]) => ({ name, bound })),
    buffers,
    arenaBytes,
    functions: functionsFor(kernels),
    kernels,
    entries: planned.entries,
    host: elaboration.host,
  };
  if (verify) {
    check("plan", [...verifyPlan(planned), ...verifyProgram(program)]);
    check("share", verifySharing(program, share(program, bounds, threadCosts)));
  }
  return { program, plan: planned, kernels: new Map(fused.map(({ name, fused: { kernels: own } }) => [name, own])) };
}

interface Fused {
  readonly name: string;
  readonly fused: SegmentedEntry;
  readonly outputs: readonly LoweredOutput[];
}

function fuseEntry({ name, graph }: EntryGraph, bounds: Bounds, taken: Set<string>, verify: boolean): Fused {
  const lowered = lower(runPasses(graph, { verify }), bounds);
  const fused = fuse(lowered, bounds, taken, verify);
  const segmented = joinSegments(fused, taken);
  if (verify) {
    const named = (problem: string): string => `${name}: ${problem}`;
    check("lower", lowered.nodes.flatMap(({ compute }) => verifyCompute(compute)).map(named));
    check("fuse", fused.kernels.flatMap(verifyKernel).map(named));
    check("segments", segmented.kernels.flatMap(verifyKernel).map(named));
  }
  return { name, fused: segmented, outputs: lowered.outputs };
}

function check(phase: string, [first]: readonly string[]): void {
  if (first !== undefined) throw new InternalError(phase, first);
}

type TypeOf = (tensor: string) => TensorType;
type Scheduler = (kernel: Kernel, typeOf: TypeOf) => ScheduledKernel;

/** A kernel that says what it reads, writes and costs, and no more. Its text keeps it apart from others. */
function outlineKernel(kernel: Kernel, typeOf: TypeOf): ScheduledKernel {
  const { name, origins } = kernel;
  const body: Statement[] = [{ kind: "comment", text: printKernel(kernel) }];
  return {
    name,
    parameters: parametersOf(kernel, typeOf),
    dims: [],
    arrays: [],
    body,
    origins,
    cost: costOf(kernel, typeOf),
  };
}

/** What was made of the first kernel of each form, and which of the form's tensors each parameter is. */
type Known = Map<string, Pick<PlanCall, "kernel" | "inPlace"> & { readonly places: readonly number[] }>;

function planEntry({ name, fused, outputs }: Fused, bounds: Bounds, scheduler: Scheduler, known: Known): PlanEntry {
  const { kernels, tensors } = fused;
  const typeOf: TypeOf = (tensor) => {
    const found = tensors.get(tensor);
    if (found === undefined) throw new InternalError("schedule", `${name} has no tensor ${tensor}`);
    return found.type;
  };
  const calls = kernels.map((kernel) => planCall(kernel, typeOf, scheduler, known));
  const inputs = [...tensors.values()].flatMap((tensor) => (tensor.role === "input" ? [tensor.name] : []));
  const results = outputs.flatMap((output) => (output.role === "result" ? [output.name] : []));
  return { name, inputs, results, dims: dimsOf(fused, calls, bounds), calls };
}

/** A kernel of a known form has the same body, over its own tensors. */
function planCall(kernel: Kernel, typeOf: TypeOf, scheduler: Scheduler, known: Known): PlanCall {
  const { key, tensors } = formOf(kernel, typeOf);
  let form = known.get(key);
  if (form === undefined) {
    const scheduled = scheduler(kernel, typeOf);
    const places = scheduled.parameters.map((parameter) => tensors.indexOf(parameter.name));
    form = { kernel: scheduled, inPlace: inPlacePairs(kernel, scheduled), places };
    known.set(key, form);
  }
  const { name, origins } = kernel;
  const { places, inPlace } = form;
  return { kernel: { ...form.kernel, name, origins }, tensors: places.map((place) => tensors[place]), inPlace };
}

/** The open dimensions of an entry's inputs and kernels, in the order of the program's. */
function dimsOf({ tensors }: SegmentedEntry, calls: readonly PlanCall[], bounds: Bounds): readonly string[] {
  const ofShapes = [...tensors.values()].flatMap(({ type }) => type.shape.flatMap((size) => [...symbolsOf(size)]));
  const used = new Set([...ofShapes, ...calls.flatMap(({ kernel }) => kernel.dims)]);
  return [...bounds.keys()].filter((name) => used.has(name));
}

/** Variables first; entries that name the same input mean the same. */
function planTensors(variables: readonly Variable[], entries: readonly Fused[]): ReadonlyMap<string, PlanTensor> {
  const tensors = new Map<string, PlanTensor>(variables.map(({ name, role, type }) => [name, { role, type }]));
  for (const { fused } of entries) {
    for (const { name, role, declared } of fused.tensors.values())
      if (!tensors.has(name)) tensors.set(name, { role, type: declared });
  }
  return tensors;
}

function functionsFor(kernels: readonly ScheduledKernel[]): readonly FunctionDefinition[] {
  const used = new Set(kernels.flatMap(({ body }) => [...functionsUsed(body)]));
  return functions.filter(({ name }) => used.has(name));
}
