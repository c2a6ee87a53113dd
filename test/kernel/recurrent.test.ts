/** The gated recurrent network of the examples from its graph to its kernels: what a time step still does, and what left the loop. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { fuse } from "../../compiler/fuse/index.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import type { Origin } from "../../compiler/graph/types.ts";
import { isLoop, kernelsOf, type KernelLoop } from "../../compiler/kernel/steps.ts";
import { printSteps } from "../../compiler/kernel/print.ts";
import { isContraction } from "../../compiler/loops/contraction.ts";
import { lower } from "../../compiler/lower/lower.ts";
import type { Level, Lowered } from "../../compiler/lower/lowered.ts";
import { printLevel } from "../../compiler/lower/print.ts";
import { runPasses } from "../../compiler/passes/index.ts";
import { UniqueNames } from "../../compiler/program/unique-names.ts";

const file = readFileSync(new URL("../../examples/text/recurrent.nn", import.meta.url), "utf8");
/** Its model, trained by as few kernels as there are: what the optimizer does is none of the scan's. */
const source = `${file.slice(0, file.indexOf("train Letters"))}
train Letters { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 32  epochs: 1 }
`;

interface Forms {
  readonly graph: Graph;
  readonly lowered: Lowered;
  readonly bounds: ReadonlyMap<string, number>;
}

function forms(entry: string): Forms {
  const compiled = compile({ name: "letters.nn", source }, { target: "typescript", dims: { T: 48 } });
  if (!compiled.ok) throw new Error(compiled.diagnostics.map(({ message }) => message).join("\n"));
  const { entries, bounds } = compiled.elaboration;
  const elaborated = entries.find(({ name }) => name === entry)?.graph;
  if (elaborated === undefined) throw new Error(`no entry ${entry}`);
  const graph = runPasses(elaborated, { verify: true });
  return { graph, lowered: lower(graph, bounds), bounds };
}

function steps(entry: string) {
  const { lowered, bounds } = forms(entry);
  return fuse(lowered, bounds, new UniqueNames(), { verify: true, nests: true }).steps;
}

const loopsIn = (entry: string): readonly KernelLoop[] => steps(entry).filter(isLoop);

test("a time step is two kernels forward and three backward", () => {
  expect(loopsIn("train_step").map((loop) => kernelsOf(loop.steps).length)).toEqual([2, 3]);
  expect(loopsIn("predict.Letters").map((loop) => kernelsOf(loop.steps).length)).toEqual([2]);
});

/** Of all that an entry computes what the recurrent layer has to do with. */
const isOwn = ({ path }: Pick<Origin, "path">): boolean => path.startsWith("Letters.gated");

function ownLevel({ nodes, loops }: Level): Level {
  const own = (some: Level["nodes"]): Level["nodes"] => some.filter(({ origin }) => isOwn(origin));
  return {
    nodes: own(nodes),
    loops: loops.map((loop) => ({ ...loop, after: own(nodes.slice(0, loop.after)).length })),
  };
}

test("a scan and its gradient, from the other end, are nodes with a region each, in which one product is left", async () => {
  const { graph } = forms("train_step");
  const scans = graph.nodes.flatMap(({ region }) => region ?? []);
  expect(scans.map(({ nodes }) => nodes.filter(({ op }) => op === "contract").length)).toEqual([1, 1]);
  const own = printGraph({ nodes: graph.nodes.filter(isOwn), outputs: [] });
  await expect(`${own}\n`).toMatchFileSnapshot("recurrent.graph.golden.txt");
});

test("of computes, all that reads no carry stands before the loops, all that leads to none behind, of all steps at once", async () => {
  const { lowered } = forms("train_step");
  const products = ({ nodes }: Level): number => nodes.filter(({ compute }) => isContraction(compute)).length;
  expect(lowered.loops.map(({ body }) => products(body))).toEqual([1, 1]);
  await expect(`${printLevel(ownLevel(lowered))}\n`).toMatchFileSnapshot("recurrent.computes.golden.txt");
});

test("in the loops is what lies between carries; inputs' products stand before them, parameters' gradients behind", async () => {
  await expect(`${printSteps(steps("train_step"))}\n`).toMatchFileSnapshot("recurrent.kernels.golden.txt");
});
