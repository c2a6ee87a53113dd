/** The pictures of a program's graphs: a model's forward pass, a training step with its parts, and the backward pass alone. */
import type { Elaboration, EntryGraph } from "../../compiler/elaborate/types.ts";
import { PictureBuilder } from "./builder.ts";
import type { Container } from "./builder.ts";
import { cutTo } from "./cut.ts";
import { drawGraph } from "./of-graph.ts";
import { stepParts } from "./parts.ts";
import type { StepPart } from "./parts.ts";
import type { Picture } from "./picture.ts";

/** What is drawn: a graph, simplified, of an entry of the program. */
export interface Drawn extends EntryGraph {
  /** The model's name. */
  readonly model: string;
  readonly elaboration: Elaboration;
  readonly sources: ReadonlyMap<string, string>;
}

export function builderOf({ elaboration, sources }: Pick<Drawn, "elaboration" | "sources">): PictureBuilder {
  return new PictureBuilder(sources, elaboration.places ?? new Map());
}

export function forwardPicture(drawn: Drawn): Picture {
  const { model, name, graph } = drawn;
  const builder = builderOf(drawn);
  const root: Container = { group: builder.group(null, "part", model, model), base: [model] };
  drawGraph(builder, graph, { containerOf: () => root, containerOfOutput: () => root });
  return builder.finish(model, `forward, as ${name} computes it`);
}

const told: Readonly<Record<StepPart, string>> = {
  forward: "the loss, from the inputs",
  backward: "gradients, by differentiation from the loss on",
  update: "what moves parameters, optimizer state and counters",
};

export function stepPicture(drawn: Drawn): Picture {
  const { model, name, graph } = drawn;
  const { builder } = drawStep(drawn);
  return builder.finish(model, `a whole training step, ${name}: ${graph.nodes.length} nodes`);
}

/** With what it keeps of the forward pass, and what becomes of its gradients. */
export function backwardPicture(drawn: Drawn): Picture {
  const { model, name } = drawn;
  const { builder, root } = drawStep(drawn);
  const whole = builder.finish(model, `the backward pass of ${name}`);
  const group = whole.boxes.find(
    ({ kind, parent, name: part }) => kind === "part" && parent === root && part === "backward",
  );
  return group === undefined ? whole : cutTo(whole, group.id);
}

function drawStep(drawn: Drawn): { readonly builder: PictureBuilder; readonly root: number } {
  const { model, graph } = drawn;
  const builder = builderOf(drawn);
  const root = builder.group(null, "part", model, "train_step");
  const parts = stepParts(graph);
  const containers = partsOfStep(builder, root, model);
  const containerOf = (part: StepPart): Container => containers.get(part) ?? { group: root, base: [model] };
  drawGraph(builder, graph, {
    containerOf: ({ id }) => containerOf(parts.of(id)),
    containerOfOutput: (output) => containerOf(parts.ofOutput(output)),
  });
  return { builder, root };
}

/** A group for each part, where its layers go. */
export function partsOfStep(builder: PictureBuilder, root: number, model: string): ReadonlyMap<StepPart, Container> {
  return new Map(
    (["forward", "backward", "update"] as const).map((part) => {
      const group = builder.group(root, "part", part, part, [told[part]]);
      return [part, { group, base: [model] }] as const;
    }),
  );
}
