/**
 * `nnc check FILE`: what is wrong with a file, and what its models are made of. Needs no data: where a size is left to a file that is not
 * there, shapes show the dimension's name, and a warning says why.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { internalFailure } from "../../compiler/diagnostics/codes/internal.ts";
import { unreadableData } from "../../compiler/diagnostics/codes/data.ts";
import { diagnose, InternalError, NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { printShape } from "../../compiler/dimension/dimension.ts";
import type { Elaboration } from "../../compiler/elaborate/types.ts";
import { elaborateSource } from "../../compiler/front.ts";
import { javascript } from "../../compiler/kernel/machine.ts";
import { buildProgram } from "../../compiler/kernel/program.ts";
import { dataFiles, factsOf } from "../../compiler/project.ts";
import type { ProjectSource } from "../../compiler/project.ts";
import type { HostInput, HostModel } from "../../compiler/program/host.ts";
import type { Program } from "../../compiler/program/types.ts";
import { costsOf } from "../check/cost.ts";
import { layersOf } from "../check/layers.ts";
import type { Layer } from "../check/layers.ts";
import type { Context } from "../context.ts";
import { writeJson } from "../output/json.ts";
import { formatBytes, formatCount, formatWhole } from "../output/numbers.ts";
import { exitCodeFor, report } from "../output/report.ts";
import type { Sources } from "../output/report.ts";
import { painter } from "../output/style.ts";
import type { Paint } from "../output/style.ts";
import { table } from "../output/table.ts";
import { named, openSource, optionsOf } from "../source.ts";
import type { ClosingFlags, SourceOptions } from "../source.ts";

export type CheckFlags = ClosingFlags & { readonly verify: boolean; readonly json: boolean };

interface Checked {
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: Sources;
  readonly elaboration?: Elaboration;
  /** Missing where a dimension has no value. */
  readonly program?: Program;
}

export function check(context: Context, flags: CheckFlags, file: string): number {
  const source = openSource(context, file);
  const { diagnostics: found, sources: texts, elaboration, program } = inspect(source, optionsOf(flags), flags.verify);
  const [diagnostics, sources] = named(context, source, found, texts);
  const exitCode = exitCodeFor(diagnostics);
  report(context, diagnostics, sources);
  const { stdout, env } = context.process;
  const models = elaboration?.host.models ?? [];
  if (flags.json)
    writeJson(stdout, {
      ok: exitCode === 0,
      models: models.map((model) => jsonOf(model, elaboration, program, sources)),
      diagnostics,
    });
  else if (elaboration !== undefined) stdout.write(textOf(elaboration, program, sources, painter(stdout, env)));
  return exitCode;
}

function inspect(source: ProjectSource, options: SourceOptions, verify: boolean): Checked {
  if (source.diagnostics.some(({ severity }) => severity === "error")) return source;
  try {
    const first = elaborateSource(source.main, { ...options, allowOpen: true });
    const facts = first.elaboration === undefined ? { warnings: [] } : lookAtData(first.elaboration, source);
    const front =
      "facts" in facts ? elaborateSource(source.main, { ...options, allowOpen: true, dataFacts: facts.facts }) : first;
    const diagnostics = [...front.diagnostics, ...facts.warnings];
    const { elaboration, sources } = front;
    if (elaboration === undefined) return { diagnostics, sources };
    const known = { diagnostics, sources, elaboration };
    return isClosed(elaboration)
      ? { ...known, program: buildProgram(elaboration, javascript, { verify, outline: !verify }).program }
      : known;
  } catch (error) {
    if (!(error instanceof InternalError)) throw error;
    return {
      diagnostics: [diagnose(internalFailure, { phase: error.phase, what: error.message }, [])],
      sources: source.sources,
    };
  }
}

/** Whether every dimension has a size or a bound, and nothing that must be known is open. */
function isClosed({ entries, variables, bounds }: Elaboration): boolean {
  const fixed = variables.every(({ type }) =>
    type.shape.every((size) => /^\d+$/.test(printShape([size]).slice(1, -1))),
  );
  const names = entries.flatMap(({ graph }) =>
    graph.nodes.flatMap(({ outputs }) =>
      outputs.flatMap(({ shape }) => printShape(shape).match(/[A-Za-z_]\w*/g) ?? []),
    ),
  );
  return fixed && names.every((name) => bounds.has(name));
}

/** The sizes that the data give, where any is open; a file that is not there or cannot be read is a warning. */
function lookAtData(elaboration: Elaboration, source: ProjectSource) {
  const { train } = elaboration.host;
  if (train === undefined) return { warnings: [] };
  const missing = dataFiles(train.data).filter((file) => !existsSync(path.resolve(source.folder, file)));
  const warnings = missing.map((file) =>
    warning(diagnose(unreadableData, { file, problem: "there is no such file or folder" }, [])),
  );
  if (missing.length > 0 || isClosed(elaboration)) return { warnings };
  try {
    const facts = factsOf(train, source);
    return facts === undefined ? { warnings } : { warnings, facts };
  } catch (error) {
    if (!(error instanceof NncError)) throw error;
    return { warnings: [warning(error.diagnostic)] };
  }
}

function warning(diagnostic: Diagnostic): Diagnostic {
  return { ...diagnostic, severity: "warning" };
}

function jsonOf(
  model: HostModel,
  elaboration: Elaboration | undefined,
  program: Program | undefined,
  sources: Sources,
): object {
  const layers = elaboration === undefined ? [] : layersOf(model, elaboration, sources);
  const flops =
    program === undefined
      ? {}
      : { flops: costsOf(program, oneRow(model)).find(({ entry }) => entry === model.entry)?.flops };
  const tensors = (list: readonly Pick<HostInput, "name" | "dtype" | "shape">[]) =>
    list.map(({ name, dtype, shape }) => ({ name, dtype, shape: sizesOf(shape) }));
  return {
    name: model.name,
    parameters: model.parameters,
    inputs: tensors(model.inputs),
    outputs: tensors(model.results),
    peakBytes: program?.arenaBytes ?? null,
    ...flops,
    layers,
  };
}

/** Numbers where they are known, else the dimension as text. */
function sizesOf(shape: HostInput["shape"]): readonly (number | string)[] {
  return shape.map((size) => {
    const text = printShape([size]).slice(1, -1);
    return /^\d+$/.test(text) ? Number(text) : text;
  });
}

/** The leading dimension of a model's inputs as 1, so that its cost is that of one row. */
function oneRow({ inputs }: HostModel): ReadonlyMap<string, number> {
  const names = inputs.flatMap(({ shape: [first] }) =>
    first === undefined
      ? []
      : (printShape([first])
          .match(/^\[([A-Za-z_]\w*)\]$/)
          ?.slice(1) ?? []),
  );
  return new Map(names.map((name) => [name, 1]));
}

function textOf(elaboration: Elaboration, program: Program | undefined, sources: Sources, paint: Paint): string {
  const { models } = elaboration.host;
  return [
    ...models.map((model) => modelText(model, elaboration, program, sources, paint)),
    totals(elaboration, program),
  ].join("\n");
}

function modelText(
  model: HostModel,
  elaboration: Elaboration,
  program: Program | undefined,
  sources: Sources,
  paint: Paint,
): string {
  const signature = `(${model.inputs.map(typed).join(", ")}) -> ${model.results.map((result) => printShape(result.shape)).join(", ")}`;
  const layers = layersOf(model, elaboration, sources);
  const flops =
    program === undefined
      ? undefined
      : costsOf(program, oneRow(model)).find(({ entry }) => entry === model.entry)?.flops;
  const cost = flops === undefined ? "" : `, ${formatCount(flops)} operations for one row`;
  return `${paint("strong", model.name)}${signature}\n${layerTable(layers, paint)}  ${plural(model.parameters, "parameter")}${cost}\n`;
}

function layerTable(layers: readonly Layer[], paint: Paint): string {
  const columns = [
    { head: "layer", align: "left" },
    { head: "block", align: "left" },
    { head: "output", align: "left" },
    { head: "parameters", align: "right" },
  ] as const;
  return table(
    columns,
    layers.map(({ path: name, block, output, parameters }) => [
      name,
      block,
      output,
      parameters === 0 ? "" : formatWhole(parameters),
    ]),
    paint,
  );
}

function totals({ host, bounds }: Elaboration, program: Program | undefined): string {
  if (program === undefined) return "memory and cost are known once every dimension has a value\n";
  const sizes = [...bounds].map(([name, bound]) => `${name} ≤ ${bound}`).join(", ");
  const step = costsOf(program, new Map()).find(({ entry }) => entry === "train_step");
  const memory = `memory ${formatBytes(program.arenaBytes)}${sizes === "" ? "" : ` for ${sizes}`}`;
  if (step === undefined || host.train === undefined) return `${memory}\n`;
  return `${memory}; a training step of ${host.train.label}: ${formatCount(step.flops)} operations, ${formatBytes(step.bytes)} moved\n`;
}

function typed({ name, dtype, shape }: HostInput): string {
  return `${name}: ${dtype === "f32" ? "" : dtype}${printShape(shape)}`;
}

function plural(count: number, noun: string): string {
  return `${formatWhole(count)} ${noun}${count === 1 ? "" : "s"}`;
}
