/** `nnc compare`: its flags, arguments and help. */
import { buildCommand } from "@stricli/core";
import { entry } from "../action.ts";
import type { CompareFlags } from "../commands/compare.ts";
import type { Context } from "../context.ts";
import { force, json, out, text } from "../shared-flags.ts";

export const compare = buildCommand<CompareFlags, string[], Context>({
  loader: async () => entry((await import("../commands/compare.ts")).compare),
  parameters: {
    positional: {
      kind: "array",
      parameter: { brief: "The folders of two runs or more", placeholder: "RUN", parse: text },
    },
    flags: {
      out: {
        ...out("A page (x.html) or a picture of the curves (x.svg) to write, too"),
        placeholder: "FILE",
        optional: true,
      },
      force,
      json,
    },
    aliases: { o: "out" },
  },
  docs: {
    brief: "Runs side by side: curves, figures, what differs in source, settings and data",
    customUsage: [{ input: "runs/slow runs/fast -o runs.html", brief: "folders that `train -o` wrote" }],
  },
});
