/** `nnc graph`: its flags, argument and help. */
import { buildCommand } from "@stricli/core";
import { entry } from "../action.ts";
import type { GraphFlags } from "../commands/graph.ts";
import type { Context } from "../context.ts";
import { closing, count, file, force, json, label, out, text } from "../shared-flags.ts";

const shows = { kind: "boolean", default: false, withNegated: false } as const;

export const graph = buildCommand<GraphFlags, [string], Context>({
  loader: async () => entry((await import("../commands/graph.ts")).graph),
  parameters: {
    positional: file,
    flags: {
      out: {
        ...out(
          "The picture: x.svg, x.html, whose groups open and close, or x.dot for Graphviz; by default an outline as text",
        ),
        placeholder: "FILE",
        optional: true,
      },
      force,
      backward: { ...shows, brief: "The backward pass: what differentiation made" },
      step: { ...shows, brief: "The whole training step: forward, backward and update" },
      kernels: { ...shows, brief: "What was fused with what: operations in the kernels that compute them" },
      memory: { ...shows, brief: "The arena over the calls of the entry: each buffer by its addresses and its life" },
      depth: count("How many levels of groups are open; by default as many as can be read at once"),
      model: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "NAME",
        brief: "Which model; by default the trained one",
      },
      label,
      ...closing,
      json,
    },
    aliases: { o: "out" },
  },
  docs: {
    brief: "Pictures of what is computed: layers, gradients, kernels, memory",
    customUsage: [
      { input: "digits.nn -o digits.svg", brief: "the layers of the model, with shapes" },
      {
        input: "digits.nn --step -o digits.html",
        brief: "a page whose groups open, with the lines that boxes come from",
      },
      { input: "digits.nn --step --memory -o memory.svg", brief: "which buffers a training step has, and when" },
    ],
  },
});
