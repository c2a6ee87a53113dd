/**
 * The WGSL target: a program as one shader module that a person can read, with the names and lines of the `.nn` file, and
 * the list of dispatches of each entry. All buffers lie in one storage buffer; a kernel is told by a uniform where its own
 * begin, and by another how large the open dimensions are.
 */
import { NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import type { DispatchList, EntryPoint } from "../../compiler/program/dispatch.ts";
import { boundsOf } from "../../compiler/program/integer.ts";
import type { Facts } from "../../compiler/program/integer.ts";
import { manifestOf } from "../../compiler/program/manifest.ts";
import { Names, fileName, oneLine } from "../../compiler/program/names.ts";
import type { SourceLines, Sources } from "../../compiler/program/origins.ts";
import { describeOrigins, linesOf, noSources } from "../../compiler/program/origins.ts";
import { phasesOf, threadsOf } from "../../compiler/program/threads.ts";
import type { Phase } from "../../compiler/program/threads.ts";
import type { FunctionDefinition, Program, ScheduledKernel } from "../../compiler/program/types.ts";
import { checkWgsl } from "./check.ts";
import { indented, printFunction } from "../c-like/statements.ts";
import { functionName } from "../c-like/syntax.ts";
import type { ShaderModule } from "./context.ts";
import { identifiers } from "./context.ts";
import { entryDispatches } from "./entries.ts";
import { helperNames, helperTexts } from "./helpers.ts";
import { memberNames, printPhase, workgroup } from "./phase.ts";
import { syntax } from "./syntax.ts";

/**
 * Prints the program as `<name>.wgsl` and `<name>.dispatch.json`. `sources`, the texts of the `.nn` files by the names that
 * spans carry, add lines and doc comments to the kernels. The same program gives the same bytes. Throws NN0650.
 */
export function emitWgsl(program: Program, sources: Sources = noSources): Artifact {
  const [problem] = checkWgsl(program);
  if (problem !== undefined) throw new NncError(problem);
  const base = fileName(program.name);
  const kernels = plan(program);
  const { head, parts } = moduleTexts(program, kernels, sources);
  const list = dispatchList(program, kernels, `${base}.wgsl`, head.length, parts);
  return {
    manifest: manifestOf(program, "wgsl", `${base}.dispatch.json`),
    files: { [`${base}.wgsl`]: head + parts.join(""), [`${base}.dispatch.json`]: `${JSON.stringify(list)}\n` },
  };
}

/** A kernel with the names that it has in the module. */
interface PlannedKernel {
  readonly kernel: ScheduledKernel;
  readonly structure: string;
  readonly uniform: string;
  readonly phases: readonly { readonly phase: Phase; readonly printed: string }[];
}

function plan(program: Program): readonly PlannedKernel[] {
  const names = new Names(identifiers, [...helperNames, ...functionNames(program).values()]);
  const bounds = boundsOf(program);
  return program.kernels.map((kernel) => ({
    kernel,
    phases: phasesOf(kernel, bounds).map((phase) => ({ phase, printed: names.give(kernel.name) })),
    structure: names.give(`${kernel.name} layout`),
    uniform: names.give(`${kernel.name} buffers`),
  }));
}

function functionNames({ functions }: Program): ReadonlyMap<string, string> {
  const names = new Names(identifiers, helperNames);
  return new Map(functions.map(({ name }) => [name, names.give(name)]));
}

function dispatchList(
  program: Program,
  kernels: readonly PlannedKernel[],
  shader: string,
  head: number,
  parts: readonly string[],
): DispatchList {
  const points: EntryPoint[] = [];
  const firsts: number[] = [];
  let from = head;
  for (const [at, { phases }] of kernels.entries()) {
    firsts.push(points.length);
    const part = { from, to: from + parts[at].length };
    for (const { phase, printed } of phases) {
      const threads = threadsOf(phase);
      points.push({ name: printed, part, workgroup: threads.key === "1" ? 1 : workgroup, threads });
    }
    from = part.to;
  }
  const phases = kernels.map((kernel) => kernel.phases.length);
  const entries = program.entries.map((entry) =>
    entryDispatches(entry, program, (kernel) => Array.from({ length: phases[kernel] }, (_, at) => firsts[kernel] + at)),
  );
  const moves = entries.some(
    (one) => one.loops !== undefined || one.dispatches.some((each) => each.moves !== undefined),
  );
  return {
    version: moves ? 2 : 1,
    shader,
    head: { from: 0, to: head },
    dims: program.dims.map(({ name }) => name),
    points,
    entries,
  };
}

interface ModuleTexts {
  readonly head: string;
  /** In the order of the kernels. */
  readonly parts: readonly string[];
}

function moduleTexts(program: Program, kernels: readonly PlannedKernel[], sources: Sources): ModuleTexts {
  const functions = functionNames(program);
  const [zero, ...members] = memberNames(["zero", ...program.dims.map(({ name }) => name)]);
  const module: ShaderModule = {
    syntax,
    functions,
    dims: new Map(program.dims.map(({ name }, at) => [name, members[at]])),
    helpers: new Set(),
    taken: new Set([...helperNames, ...functions.values(), ...kernels.map(({ uniform }) => uniform)]),
  };
  const facts: Facts = { ranges: new Map(), bounds: boundsOf(program) };
  const lines = linesOf(sources);
  const printed = kernels.map((kernel) => kernelText(kernel, facts, module, lines));
  const texts = program.functions.map((definition) => functionText(definition, module));
  const head = [
    `// ${oneLine(program.name)}, compiled by nnc. Buffers are runs of one arena, which holds the patterns of their elements.`,
    "@group(0) @binding(0) var<storage, read_write> arena: array<i32>;",
    "",
    structureText("Dims", [zero, ...members]),
    "@group(0) @binding(2) var<uniform> dims: Dims;",
  ].join("\n");
  return {
    head: `${[head, ...helperTexts(module.helpers), ...texts].join("\n\n")}\n`,
    parts: printed.map((text) => `\n${text}\n`),
  };
}

function functionText(definition: FunctionDefinition, module: ShaderModule): string {
  const { parameters, lines } = printFunction(definition, module);
  const own = parameters.map(({ name, dtype }) => `${name}: ${dtype}`).join(", ");
  return [
    `/// ${oneLine(definition.summary)}`,
    `fn ${functionName(definition.name, module)}(${own}) -> ${definition.dtype} {`,
    ...indented(lines),
    "}",
  ].join("\n");
}

function kernelText(
  { kernel, structure, uniform, phases }: PlannedKernel,
  facts: Facts,
  module: ShaderModule,
  sources: SourceLines,
): string {
  const members = memberNames(kernel.parameters.map(({ name }) => name));
  const comment = describeOrigins(kernel.origins, sources).map((line) => `/// ${line}`);
  const points = phases.map(({ phase, printed }) =>
    printPhase(kernel, phase, printed, uniform, facts, module).join("\n"),
  );
  return [
    structureText(structure, members),
    `@group(0) @binding(1) var<uniform> ${uniform}: ${structure};`,
    "",
    [...comment, points.join("\n\n")].join("\n"),
  ].join("\n");
}

/** A structure of whole numbers. */
function structureText(name: string, members: readonly string[]): string {
  return [`struct ${name} {`, ...members.map((member) => `  ${member}: i32,`), "}"].join("\n");
}
