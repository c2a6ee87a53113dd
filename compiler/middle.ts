/**
 * The middle: the graphs of an elaboration become a program for a machine.
 *
 *   graphs ──passes──▶ graphs ──lower──▶ computes ──fuse──▶ kernels ──segments──▶ kernels ──schedule──▶ scheduled kernels ──plan──▶ program
 */
import { InternalError } from "./diagnostics/diagnostic.ts";
import { symbolsOf } from "./dimension/dimension.ts";
import type { Bounds } from "./dimension/interval.ts";
import type { Elaboration, Variable } from "./elaborate/types.ts";
import { fuse, type FusedEntry } from "./fuse/index.ts";
import { joinSegments, type SegmentedEntry } from "./fuse/segments.ts";
import type { Graph } from "./graph/graph.ts";
import { printGraph } from "./graph/print.ts";
import type { TensorType } from "./graph/types.ts";
import { formOf } from "./kernel/form.ts";
import { printKernel, printSteps } from "./kernel/print.ts";
import { isLoop, kernelsOf, type KernelStep } from "./kernel/steps.ts";
import type { Kernel } from "./kernel/types.ts";
import { KernelWork } from "./kernel/work.ts";
import { verifyKernel } from "./kernel/verify.ts";
import { functions } from "./loops/functions.ts";
import { verifyCompute } from "./loops/verify.ts";
import { lower } from "./lower/lower.ts";
import { nodesOf, type Lowered } from "./lower/lowered.ts";
import { printLevel } from "./lower/print.ts";
import { WrittenOut } from "./lower/written-out.ts";
import { runPasses, type PassOptions } from "./passes/index.ts";
import { hasTiles } from "./passes/winograd.ts";
import { begin, type Phase, type Watch } from "./phase.ts";
import { inPlacePairs } from "./plan/alias.ts";
import { plan, type Plan } from "./plan/plan.ts";
import { planReport } from "./plan/report.ts";
import type { PlanCall, PlanEntry, PlanInput, PlanLoop, PlanTensor } from "./plan/types.ts";
import { verifyPlan } from "./plan/verify.ts";
import { requireMemory } from "./program/largest.ts";
import { printKernel as printScheduled, printProgram } from "./program/print.ts";
import { share } from "./program/share.ts";
import { threadCosts } from "./program/thread-costs.ts";
import type { FunctionDefinition, Program, ScheduledKernel, Statement } from "./program/types.ts";
import { UniqueNames } from "./program/unique-names.ts";
import { verifyScheduledKernel } from "./program/verify-kernel.ts";
import { verifySharing } from "./program/verify-sharing.ts";
import { verifyProgram } from "./program/verify.ts";
import { costOf, functionsUsed, originsOf, parametersOf, schedule } from "./schedule/schedule.ts";
import type { Machine } from "./schedule/machine.ts";

export interface Built {
  readonly elaboration: Elaboration;
  readonly program: Program;
  readonly plan: Plan;
  /** The kernels of each entry before they were scheduled, for printing. */
  readonly kernels: ReadonlyMap<string, readonly Kernel[]>;
  /** What NN0603 counts: the elaboration's operations, and those that kernels which differ stand for. */
  readonly operations: number;
}

export interface BuildOptions extends Watch {
  /** Whether convolutions may become Winograd's; default: true. */
  readonly winograd?: boolean;
  /** Leaves the kernels' bodies out: enough to know memory and cost, in half the time. */
  readonly outline?: boolean;
  /** Also what any order of the kernels would need (`Plan.leastOfAnyOrder`), which takes a while for thousands of them. */
  readonly compared?: boolean;
}

export interface MiddleContext extends Pick<BuildOptions, "outline" | "compared"> {
  readonly machine: Machine;
}

/** A form of every entry, and the elaboration that they came from. */
interface Entries<Form> {
  readonly elaboration: Elaboration;
  readonly entries: readonly { readonly name: string; readonly form: Form }[];
}

const allFunctions = new Map(functions.map((one) => [one.name, one]));

const optimisation: Phase<Elaboration, Entries<Graph>, PassOptions> = {
  name: "passes",
  run: (elaboration, options) => ({
    elaboration: withWinograd(elaboration, options),
    entries: elaboration.entries.map(({ name, graph }) => ({ name, form: runPasses(graph, options) })),
  }),
  // Each pass was verified on its own.
  verify: () => [],
  print: (made) => printEach(made, printGraph),
};

/** Says in the host's options whether Winograd's algorithm was allowed, where it matters: parameters keep it. */
function withWinograd(elaboration: Elaboration, { winograd = true }: PassOptions): Elaboration {
  const { host, entries } = elaboration;
  if (host.options === undefined || !entries.some(({ graph }) => hasTiles(graph))) return elaboration;
  return { ...elaboration, host: { ...host, options: { ...host.options, winograd } } };
}

const lowering: Phase<Entries<Graph>, Entries<Lowered>, unknown> = {
  name: "lower",
  run: (graphs) => {
    const writtenOut = new WrittenOut();
    return each(graphs, (graph) => lower(graph, graphs.elaboration.bounds, writtenOut));
  },
  verify: (made) =>
    problemsOfEach(made, (lowered) => nodesOf(lowered).flatMap(({ compute }) => verifyCompute(compute))),
  print: (made) => printEach(made, printLevel),
};

const fusion: Phase<Entries<Lowered>, Entries<FusedEntry>, Watch & MiddleContext> = {
  name: "fuse",
  run: (lowered, { verify, machine }) => {
    const { bounds, variables } = lowered.elaboration;
    const taken = new UniqueNames(variables.map(({ name }) => name));
    return each(lowered, (entry) => fuse(entry, bounds, taken, { verify, nests: machine.panels }));
  },
  verify: (made) => problemsOfEach(made, ({ steps }) => kernelsOf(steps).flatMap(verifyKernel)),
  print: (made) => printEach(made, ({ steps }) => printSteps(steps)),
};

const segmentation: Phase<Entries<FusedEntry>, Entries<SegmentedEntry>, unknown> = {
  name: "segments",
  run: (fused) => {
    const tensors = fused.entries.flatMap(({ form }) => [...form.tensors.keys()]);
    const taken = new UniqueNames([...tensors, ...fused.elaboration.variables.map(({ name }) => name)]);
    return each(fused, (entry) => joinSegments(entry, taken));
  },
  verify: (made) => problemsOfEach(made, ({ steps }) => kernelsOf(steps).flatMap(verifyKernel)),
  print: (made) => printEach(made, ({ steps }) => printSteps(steps)),
};

/** Every call of every entry on a scheduled kernel, and what the plan must place. */
interface Scheduled extends PlanInput {
  readonly elaboration: Elaboration;
  /** The kernels of each entry before they were scheduled. */
  readonly kernels: Built["kernels"];
  readonly operations: number;
}

const scheduling: Phase<Entries<SegmentedEntry>, Scheduled, MiddleContext> = {
  name: "schedule",
  run: ({ elaboration, entries }, { machine, outline }) => {
    const { bounds, variables } = elaboration;
    const scheduler: Scheduler = outline
      ? outlineKernel
      : (kernel, typeOf) => schedule(kernel, typeOf, bounds, machine);
    const known: Known = { forms: new Map(), work: new KernelWork(elaboration) };
    const planned = entries.map(({ name, form }) => planEntry(name, form, bounds, scheduler, known));
    return {
      elaboration,
      operations: known.work.operations,
      bounds,
      tensors: planTensors(variables, entries),
      segments: entries.flatMap(({ form }) => form.segments),
      entries: planned,
      kernels: new Map(entries.map(({ name, form }) => [name, kernelsOf(form.steps)])),
    };
  },
  verify: (made) => distinctKernels(made).flatMap((kernel) => verifyScheduledKernel(kernel, allFunctions)),
  print: (made) => distinctKernels(made).map(printScheduled).join("\n\n"),
};

/** Calls of one form share a body. */
function distinctKernels({ entries }: Scheduled): readonly ScheduledKernel[] {
  const kernels = entries.flatMap(({ calls }) => calls.map(({ kernel }) => kernel));
  return [...new Map(kernels.map((kernel) => [kernel.body, kernel])).values()];
}

const planning: Phase<Scheduled, Built, Pick<MiddleContext, "compared">> = {
  name: "plan",
  run: (scheduled, { compared }) => {
    const { elaboration, operations } = scheduled;
    const { name, bounds, host } = elaboration;
    const planned = plan(scheduled, compared);
    const { buffers, arenaBytes, kernels, entries } = planned;
    requireMemory(arenaBytes, buffers);
    const dims = [...bounds].map(([dim, bound]) => ({ name: dim, bound }));
    const program: Program = {
      version: 1,
      name,
      dims,
      buffers,
      arenaBytes,
      functions: functionsFor(kernels),
      kernels,
      entries,
      host,
    };
    return { elaboration, program, plan: planned, kernels: scheduled.kernels, operations };
  },
  verify: ({ program, plan: planned }, { bounds }) => [
    ...verifyPlan(planned),
    ...verifyProgram(program),
    ...verifySharing(program, share(program, bounds, threadCosts)),
  ],
  print: ({ program, plan: planned }) => `${printProgram(program)}\n${planReport(planned)}`,
};

export const middle = begin(optimisation).to(lowering).to(fusion).to(segmentation).to(scheduling).to(planning);

/** Builds the program of all entries. Throws NN0602 beyond 4 GiB, and InternalError where a form breaks its promises. */
export function buildProgram(elaboration: Elaboration, machine: Machine, options: BuildOptions): Built {
  return middle.run(elaboration, { machine, ...options });
}

function each<From, To>({ elaboration, entries }: Entries<From>, make: (form: From) => To): Entries<To> {
  return { elaboration, entries: entries.map(({ name, form }) => ({ name, form: make(form) })) };
}

function problemsOfEach<Form>(
  { entries }: Entries<Form>,
  problemsOf: (form: Form) => readonly string[],
): readonly string[] {
  return entries.flatMap(({ name, form }) => problemsOf(form).map((problem) => `${name}: ${problem}`));
}

function printEach<Form>({ entries }: Entries<Form>, print: (form: Form) => string): string {
  return entries.map(({ name, form }) => `${name}\n${print(form)}`).join("\n\n");
}

type TypeOf = (tensor: string) => TensorType;
type Scheduler = (kernel: Kernel, typeOf: TypeOf) => ScheduledKernel;

/** A kernel that says what it reads, writes and costs, and no more. Its text keeps it apart from others. */
function outlineKernel(kernel: Kernel, typeOf: TypeOf): ScheduledKernel {
  const { name } = kernel;
  const body: Statement[] = [{ kind: "comment", text: printKernel(kernel) }];
  return {
    name,
    parameters: parametersOf(kernel, typeOf),
    dims: [],
    arrays: [],
    body,
    origins: originsOf(kernel),
    cost: costOf(kernel, typeOf),
  };
}

/** What was made of the first kernel of each form, and which of the form's tensors each parameter is; what all that counts as. */
interface Known {
  readonly forms: Map<string, Pick<PlanCall, "kernel" | "inPlace"> & { readonly places: readonly number[] }>;
  readonly work: KernelWork;
}

function planEntry(name: string, entry: SegmentedEntry, bounds: Bounds, scheduler: Scheduler, known: Known): PlanEntry {
  const { steps, tensors, results } = entry;
  const typeOf: TypeOf = (tensor) => {
    const found = tensors.get(tensor);
    if (found === undefined) throw new InternalError("schedule", `${name} has no tensor ${tensor}`);
    return found.type;
  };
  const calls: PlanCall[] = [];
  const loops: PlanLoop[] = [];
  const add = (step: KernelStep): void => {
    if (!isLoop(step)) return void calls.push(planCall(step, typeOf, scheduler, known));
    const from = calls.length;
    for (const inner of step.steps) add(inner);
    loops.push({ index: step.index, extent: step.extent, from, to: calls.length });
  };
  for (const step of steps) add(step);
  const inputs = [...tensors.values()].flatMap((tensor) => (tensor.role === "input" ? [tensor.name] : []));
  return { name, inputs, results, dims: dimsOf(entry, calls, loops, bounds), calls, loops };
}

/** A kernel of a known form has the same body, over its own tensors. */
function planCall(kernel: Kernel, typeOf: TypeOf, scheduler: Scheduler, known: Known): PlanCall {
  const { key, tensors } = formOf(kernel, typeOf);
  let form = known.forms.get(key);
  known.work.count(kernel, key, form === undefined);
  if (form === undefined) {
    const scheduled = scheduler(kernel, typeOf);
    const places = scheduled.parameters.map((parameter) => tensors.indexOf(parameter.name));
    form = { kernel: scheduled, inPlace: inPlacePairs(kernel, scheduled), places };
    known.forms.set(key, form);
  }
  const { name } = kernel;
  const origins = originsOf(kernel);
  const { places, inPlace } = form;
  return { kernel: { ...form.kernel, name, origins }, tensors: places.map((place) => tensors[place]), inPlace };
}

/** The open dimensions of an entry's inputs and kernels, in the order of the program's. */
function dimsOf(
  { tensors }: SegmentedEntry,
  calls: readonly PlanCall[],
  loops: readonly PlanLoop[],
  bounds: Bounds,
): readonly string[] {
  const ofLoops = loops.flatMap(({ extent }) => [...symbolsOf(extent)]);
  const ofShapes = [...tensors.values()].flatMap(({ type }) => type.shape.flatMap((size) => [...symbolsOf(size)]));
  const used = new Set([...ofShapes, ...ofLoops, ...calls.flatMap(({ kernel }) => kernel.dims)]);
  return [...bounds.keys()].filter((name) => used.has(name));
}

/** Variables first; entries that name the same input mean the same. */
function planTensors(
  variables: readonly Variable[],
  entries: Entries<SegmentedEntry>["entries"],
): ReadonlyMap<string, PlanTensor> {
  const tensors = new Map<string, PlanTensor>(variables.map(({ name, role, type }) => [name, { role, type }]));
  for (const { form } of entries) {
    for (const { name, role, declared, slot } of form.tensors.values())
      if (!tensors.has(name)) tensors.set(name, { role, type: declared, ...(slot === undefined ? {} : { slot }) });
  }
  return tensors;
}

function functionsFor(kernels: readonly ScheduledKernel[]): readonly FunctionDefinition[] {
  const used = new Set(kernels.flatMap(({ body }) => [...functionsUsed(body)]));
  return functions.filter(({ name }) => used.has(name));
}
