/**
 * An entry's kernels as a picture: a group for each call with the operations that it does in one go, in the loops that run it. An operation that is
 * never stored stands in every kernel that computes it. Where they are too many to be seen at once, they stand in the groups of their layers.
 */
import type { Graph } from "../../compiler/graph/graph.ts";
import type { GraphNode, GraphOutput } from "../../compiler/graph/types.ts";
import type { Kernel } from "../../compiler/kernel/types.ts";
import { stringOf } from "../../compiler/graph/attributes.ts";
import { print } from "../../compiler/dimension/dimension.ts";
import type { Step } from "../../compiler/program/types.ts";
import type { Built } from "../../compiler/middle.ts";
import type { PictureBuilder } from "./builder.ts";
import { flatNodes } from "./flat.ts";
import type { Flat, FlatNode } from "./flat.ts";
import { boxSources, drawInput, drawOperation, passedOn, roleOf } from "./of-graph.ts";
import type { Source } from "./of-graph.ts";
import { stepParts } from "./parts.ts";
import { readable } from "./picture.ts";
import type { Picture } from "./picture.ts";
import { builderOf, partsOfStep } from "./pictures.ts";
import type { Drawn } from "./pictures.ts";
import { nameInside, nameOutside, variableName } from "./variables.ts";

/** A call of a kernel, in the group of its loop. */
interface Placed {
  readonly kernel: Kernel;
  readonly group: number;
  /** The nodes whose values it stores, and those of which it makes sums of chunks that another joins. */
  readonly makes: ReadonlySet<string>;
  readonly parts: ReadonlySet<string>;
}

export function kernelPicture(drawn: Drawn, { program, kernels }: Built): Picture {
  const { model, name, graph } = drawn;
  const builder = builderOf(drawn);
  const root = builder.group(null, "part", model, name);
  const all = kernels.get(name) ?? [];
  const steps = program.entries.find((entry) => entry.name === name)?.steps ?? [];
  const flat = flatNodes(graph);
  const homeOf = all.length > readable ? homes(builder, drawn, flat, root) : () => root;
  new KernelDrawing(builder, flat, placed(builder, root, steps, all, homeOf), root).draw(graph);
  return builder.finish(model, `${name} as ${all.length === 1 ? "1 kernel" : `${all.length} kernels`}`);
}

/** The group of a kernel outside of loops, by the nodes whose values it stores. */
type HomeOf = (makes: ReadonlySet<string>) => number;

/** The innermost layer that all of what it makes lies in, below the part of the step that this belongs to. */
function homes(builder: PictureBuilder, { model, graph }: Drawn, flat: Flat, root: number): HomeOf {
  const isStep = graph.nodes.some(({ backward }) => backward === true);
  const containers = isStep ? partsOfStep(builder, root, model) : undefined;
  const parts = stepParts(graph);
  return (makes) => {
    const nodes = [...makes].flatMap((key) => flat.nodes.get(key) ?? []);
    const [first] = nodes;
    if (first === undefined) return root;
    const part = parts.of(Number.parseInt(first.key.slice(1), 10));
    const container = containers?.get(part) ?? { group: root, base: [model] };
    return builder.layer(container, commonPath(nodes.map(({ node }) => node.path)));
  };
}

function commonPath(paths: readonly string[]): string {
  const [first = [], ...others] = paths.filter((path) => path !== "").map((path) => path.split("."));
  const end = first.findIndex((part, at) => others.some((other) => other[at] !== part));
  return first.slice(0, end < 0 ? first.length : end).join(".");
}

/** Loops lie no deeper in one another than the scans of the source. */
function placed(
  builder: PictureBuilder,
  root: number,
  steps: readonly Step[],
  kernels: readonly Kernel[],
  homeOf: HomeOf,
): readonly Placed[] {
  let at = 0;
  const calls: Placed[] = [];
  const add = (step: Step, loopGroup: number | undefined): void => {
    if (step.kind === "loop") {
      const group = loopGroup ?? root;
      const times = print(step.extent);
      const loop = builder.group(group, "loop", `loop, ${times} times`, step.index, [
        `runs its kernels ${times} times`,
      ]);
      for (const inner of step.steps) add(inner, loop);
      return;
    }
    const kernel = kernels[at++];
    if (kernel === undefined) return;
    const paths = [...new Set(kernel.origins.map(({ path }) => path))].filter((path) => path !== "");
    const keys = (kernel.values ?? []).map(keyOfTensor).filter(({ key }) => key !== "");
    const makes = new Set(keys.flatMap(({ key, isPart }) => (isPart ? [] : [key])));
    const parts = new Set(keys.flatMap(({ key, isPart }) => (isPart ? [key] : [])));
    const group = loopGroup ?? homeOf(makes.size > 0 ? makes : parts);
    const own = builder.group(group, "kernel", kernel.name, kernel.name, [`call ${at} of ${kernels.length}`, ...paths]);
    calls.push({ kernel, group: own, makes, parts });
  };
  for (const step of steps) add(step, undefined);
  return calls;
}

/** Of `%12`, `%12.1`, `%12/5`, `%5 in chunks`, `%5=result.loss`: the node that it is a value of. */
function keyOfTensor(tensor: string): { readonly key: string; readonly isPart: boolean } {
  const [whole = ""] = /^%\d+(\.\d+)?(\/\d+(\.\d+)?)*/.exec(tensor) ?? [];
  return { key: whole.replace(/\.\d+/g, ""), isPart: tensor.endsWith(" in chunks") };
}

class KernelDrawing {
  readonly #builder: PictureBuilder;
  readonly #flat: Flat;
  readonly #calls: readonly Placed[];
  readonly #root: number;
  /** By node: who stores it, and who makes sums of its chunks. */
  readonly #makers = new Map<string, number>();
  readonly #chunkers = new Map<string, number>();
  readonly #boxes = new Map<string, number>();

  constructor(builder: PictureBuilder, flat: Flat, calls: readonly Placed[], root: number) {
    this.#builder = builder;
    this.#flat = flat;
    this.#calls = calls;
    this.#root = root;
    for (const [at, { makes, parts }] of calls.entries()) {
      for (const key of makes) if (!this.#makers.has(key)) this.#makers.set(key, at);
      for (const key of parts) this.#chunkers.set(key, at);
    }
  }

  draw(graph: Graph): void {
    for (const at of this.#calls.keys()) this.#drawBoxes(at);
    for (const at of this.#calls.keys()) this.#drawEdges(at);
    for (const output of graph.outputs) this.#drawOutput(output);
  }

  /** Beside what makes it; the answers of the entry stand outside of kernels. */
  #drawOutput({ name, role, value }: GraphOutput): void {
    const [source] = this.#flat.resolve(`%${value.node}`, value.output);
    if (source === undefined) return;
    const maker = this.#calls[this.#makers.get(source.key) ?? -1]?.group;
    const group = role === "result" || maker === undefined ? this.#root : maker;
    const named = variableName(name);
    const short = role === "result" ? nameInside(named) : `new ${nameOutside(named)}`;
    const box = this.#builder.leaf(group, { kind: "output", name: short, path: name, about: [role] });
    const from = source.node.op === "input" ? this.#variable(source, group) : this.#boxOf(source.key, undefined);
    if (from !== undefined) this.#builder.edge(from, box, textOf(source.node, value.output));
  }

  /** What is given to the entry, once in each group that reads it; its rows stand outside of kernels. */
  #variable({ key, node }: FlatNode, group: number): number {
    const place = roleOf(node) === "input" ? this.#root : group;
    const name = `${place}: ${key}`;
    const known = this.#boxes.get(name);
    if (known !== undefined) return known;
    const named = variableName(stringOf(node.attributes, "name"));
    const made = drawInput(this.#builder, node, place, place === this.#root ? nameInside(named) : nameOutside(named));
    this.#boxes.set(name, made);
    return made;
  }

  #drawBoxes(at: number): void {
    const call = this.#calls[at];
    if (call === undefined) return;
    const { group, kernel } = call;
    const nodes = this.#within(call);
    for (const { key, node } of nodes) {
      const constants = this.#flat.inputsOf(key).flatMap((input) => this.#passed(input) ?? []);
      const box = drawOperation(this.#builder, node, constants, group);
      this.#boxes.set(`${at} ${key}`, box);
    }
    if (nodes.length > 0) return;
    const path = kernel.origins[0]?.path ?? "";
    this.#builder.leaf(group, { kind: "op", name: "move", path, about: ["copies a value to where it is wanted"] });
  }

  /** What the kernel stores, and what is never stored before it. */
  #within({ makes, parts }: Placed): readonly FlatNode[] {
    const found = new Set([...makes, ...parts]);
    for (const key of found) {
      // Sums of chunks are joined where they are made by another.
      if (this.#joins(key, makes, parts)) continue;
      for (const input of this.#flat.inputsOf(key)) {
        const { node } = input;
        if (node.op === "input" || node.op === "constant" || this.#makers.has(input.key)) continue;
        found.add(input.key);
      }
    }
    const flat = [...found].flatMap((key) => this.#flat.nodes.get(key) ?? []);
    return flat.filter((one) => this.#passed(one) === undefined).toSorted((one, other) => one.order - other.order);
  }

  #joins(key: string, makes: ReadonlySet<string>, parts: ReadonlySet<string>): boolean {
    return makes.has(key) && !parts.has(key) && this.#chunkers.has(key);
  }

  #drawEdges(at: number): void {
    const call = this.#calls[at];
    if (call === undefined) return;
    for (const { key } of this.#within(call)) {
      const box = this.#boxes.get(`${at} ${key}`);
      if (box === undefined) continue;
      const chunker = this.#joins(key, call.makes, call.parts) ? this.#chunkers.get(key) : undefined;
      const partial = chunker === undefined ? undefined : this.#boxes.get(`${chunker} ${key}`);
      if (partial !== undefined) this.#builder.edge(partial, box, "sums of chunks");
      else
        for (const source of this.#sourcesOf(key, at))
          if (source.kind === "box") this.#builder.edge(source.box, box, source.text);
    }
  }

  #sourcesOf(key: string, at: number): readonly Source[] {
    return this.#flat.inputsOf(key).flatMap((input): readonly Source[] => {
      const passed = this.#passed(input);
      if (passed !== undefined) return [passed];
      const group = this.#calls[at]?.group ?? this.#root;
      const box = input.node.op === "input" ? this.#variable(input, group) : this.#boxOf(input.key, at);
      return box === undefined ? [] : boxSources(box, input.node.outputs.slice(input.output, input.output + 1));
    });
  }

  /** The box of a value in a kernel that computes it, else in the one that stores it. */
  #boxOf(key: string, at: number | undefined): number | undefined {
    return this.#boxes.get(`${at} ${key}`) ?? this.#boxes.get(`${this.#makers.get(key)} ${key}`);
  }

  /** Numbers and sizes; broadcasts were passed by already. What only gives a number another shape or kind stands on few others. */
  #passed({ node, key }: Pick<FlatNode, "node" | "key">): Source | undefined {
    const isPassed = node.op === "reshape" || node.op === "cast";
    const inputs = isPassed ? this.#flat.inputsOf(key).map((input) => this.#passed(input) ?? box) : [];
    return passedOn(node, inputs);
  }
}

const box: Source = { kind: "box", box: 0, text: "" };

function textOf(node: GraphNode, output: number): string {
  const [source] = boxSources(0, node.outputs.slice(output, output + 1));
  return source?.text ?? "";
}
