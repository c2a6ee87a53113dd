/** `nnc graph FILE`: what a program computes as a picture, or as an outline on standard output. Needs no data but for sizes that are left to them. */
import path from "node:path";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import type { Elaboration } from "../../compiler/elaborate/types.ts";
import { buildProgram } from "../../compiler/middle.ts";
import type { Built } from "../../compiler/middle.ts";
import { runPasses } from "../../compiler/passes/index.ts";
import type { ProjectSource } from "../../compiler/project.ts";
import { simd } from "../../compiler/schedule/machine.ts";
import { elaborateWithData } from "../check/elaborate.ts";
import type { Context } from "../context.ts";
import { exitCodes, UsageError } from "../exit.ts";
import { SourceMistakes } from "../failure.ts";
import { inFolder } from "../files.ts";
import { formOf, requireTogether } from "../graph/ask.ts";
import type { GraphForm, ViewFlags } from "../graph/ask.ts";
import { graphDot } from "../graph/dot.ts";
import { graphPage, memoryPage } from "../graph/html.ts";
import { narrowEnough } from "../graph/layout.ts";
import { memoryOf } from "../graph/memory.ts";
import type { Memory } from "../graph/memory.ts";
import { memorySvg, memoryText } from "../graph/memory-text.ts";
import { kernelPicture } from "../graph/of-kernels.ts";
import { outlineText } from "../graph/outline.ts";
import { openAtFirst, operationsOf } from "../graph/picture.ts";
import type { Picture } from "../graph/picture.ts";
import { backwardPicture, forwardPicture, stepPicture } from "../graph/pictures.ts";
import type { Drawn } from "../graph/pictures.ts";
import { graphSvg } from "../graph/svg.ts";
import { readBy, requireOutput, writeOutput } from "../outputs.ts";
import { writeJson } from "../output/json.ts";
import { formatBytes, plural } from "../output/numbers.ts";
import { report } from "../output/report.ts";
import { shellWord } from "../output/shell.ts";
import { lines, lookOf } from "../output/style.ts";
import { chooseModel } from "../predict/model.ts";
import { named, openSource, optionsOf, trainLabels } from "../source.ts";
import type { ClosingFlags } from "../source.ts";

export type GraphFlags = ClosingFlags &
  ViewFlags & {
    readonly json: boolean;
  };

/** What is shown, before anybody knows how. */
type Shown =
  | { readonly kind: "graph"; readonly picture: Picture }
  | { readonly kind: "memory"; readonly memory: Memory };

export async function graph(context: Context, flags: GraphFlags, file: string): Promise<number> {
  const form = formOf(flags);
  requireTogether(flags);
  const source = openSource(context, file);
  const { elaboration, diagnostics, sources } = elaborated(context, source, flags);
  const show = (): Shown => shownOf({ elaboration, sources }, flags, source, file);
  const { stdout, env } = context.process;
  const { out } = flags;
  if (out === undefined || form === undefined) {
    const shown = show();
    if (flags.json) writeJson(stdout, { ok: true, ...shown, diagnostics });
    else stdout.write(textOf(shown, lookOf(stdout, env)));
    return exitCodes.success;
  }
  const permission = { force: flags.force, reads: readBy(source, elaboration.host.train) };
  const { shown, bytes } = await inFolder(context, path.dirname(out), () => {
    // Before there is anything to draw.
    requireOutput(context, out, permission);
    const picture = show();
    const content = Buffer.from(drawn(picture, form, flags.depth));
    writeOutput(context, out, content, permission);
    return { shown: picture, bytes: content.length };
  });
  if (flags.json) writeJson(stdout, { ok: true, file: out, bytes, diagnostics });
  else stdout.write(lines(`${out}: ${summaryOf(shown)}, ${formatBytes(bytes)}`, stdout, env));
  return exitCodes.success;
}

/** Reports warnings. Throws SourceMistakes. Kernels and memory need a value for every dimension. */
function elaborated(context: Context, source: ProjectSource, flags: GraphFlags) {
  const allowOpen = !flags.memory && !flags.kernels;
  const isBroken = source.diagnostics.some(({ severity }) => severity === "error");
  const { front, problems } = isBroken
    ? { front: { ...source, elaboration: undefined }, problems: [] }
    : elaborateWithData(source, { ...optionsOf(flags), allowOpen });
  // A picture needs no data.
  const found = [...front.diagnostics, ...problems.map((one): Diagnostic => ({ ...one, severity: "warning" }))];
  const [diagnostics, texts] = named(context, source, found, front.sources);
  if (front.elaboration === undefined) throw new SourceMistakes(diagnostics, texts);
  report(context, diagnostics, texts);
  return { elaboration: front.elaboration, diagnostics, sources: front.sources };
}

function shownOf(
  program: Pick<Drawn, "elaboration" | "sources">,
  flags: GraphFlags,
  source: ProjectSource,
  file: string,
): Shown {
  const { elaboration } = program;
  const { entry, model } = entryOf(elaboration, flags, source, file);
  if (flags.memory) {
    const built = buildProgram(elaboration, simd, { verify: false, outline: true });
    return { kind: "memory", memory: memoryOf(built, entry, model) };
  }
  const raw = elaboration.entries.find(({ name }) => name === entry)?.graph;
  if (raw === undefined) throw new UsageError(`expected a program with ${entry}`);
  // Convolutions are shown as they are written, unless it is asked what is run.
  const drawing: Drawn = {
    ...program,
    model,
    name: entry,
    graph: runPasses(raw, { verify: false, winograd: flags.kernels }),
  };
  return { kind: "graph", picture: pictureOf(drawing, flags) };
}

function pictureOf(drawing: Drawn, { kernels, backward, step }: GraphFlags): Picture {
  if (kernels) return kernelPicture(drawing, builtAlone(drawing));
  if (backward) return backwardPicture(drawing);
  return step ? stepPicture(drawing) : forwardPicture(drawing);
}

/** Kernels of an entry do not depend on other entries. */
function builtAlone({ elaboration, name }: Drawn): Built {
  const entries = elaboration.entries.filter((entry) => entry.name === name);
  return buildProgram({ ...elaboration, entries }, simd, { verify: false, outline: true });
}

function entryOf(
  { host }: Elaboration,
  flags: GraphFlags,
  source: ProjectSource,
  file: string,
): { readonly entry: string; readonly model: string } {
  if (!flags.step && !flags.backward) {
    const { entry, name } = chooseModel({ host }, flags.model, (name) => trainWith(source, flags, name));
    return { entry, model: name };
  }
  if (host.train === undefined) {
    const flag = flags.step ? "--step" : "--backward";
    throw new UsageError(`expected a file with a \`train\` for ${flag}, found none in ${file}`);
  }
  return { entry: "train_step", model: host.train.label };
}

/** Which of the file's other trains has a model that the chosen one has not. */
function trainWith(source: ProjectSource, flags: GraphFlags, model: string): string | undefined {
  const label = trainLabels(source).find((train) => {
    const { front } = elaborateWithData(source, { ...optionsOf(flags), train, allowOpen: true });
    return front.elaboration?.host.models.some(({ name }) => name === model);
  });
  return label === undefined ? undefined : `${model} is there with --label ${shellWord(label)}`;
}

function drawn(shown: Shown, form: GraphForm, depth: number | undefined): string {
  if (shown.kind === "memory") return form === "html" ? memoryPage(shown.memory) : memorySvg(shown.memory);
  const first = openAtFirst(shown.picture, depth);
  // Whoever asks for a depth gets it.
  const open = depth === undefined ? narrowEnough(shown.picture, first) : first;
  switch (form) {
    case "svg":
      return graphSvg(shown.picture, open);
    case "dot":
      return graphDot(shown.picture, open);
    case "html":
      return graphPage(shown.picture, open);
  }
}

function textOf(shown: Shown, look: ReturnType<typeof lookOf>): string {
  return shown.kind === "memory" ? memoryText(shown.memory, look) : outlineText(shown.picture, look);
}

function summaryOf(shown: Shown): string {
  if (shown.kind === "memory") return `${shown.memory.subtitle}, ${plural(shown.memory.buffers.length, "buffer")}`;
  return `${shown.picture.subtitle}, ${plural(operationsOf(shown.picture)[0] ?? 0, "operation")}`;
}
