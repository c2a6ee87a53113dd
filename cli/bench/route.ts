/** `nnc bench`: its flags, argument and help. */
import { buildCommand } from "@stricli/core";
import { entry } from "../action.ts";
import type { BenchFlags } from "../commands/bench.ts";
import type { Context } from "../context.ts";
import { parseCount, parseCounts, parseSeconds, parseShare } from "../flags.ts";
import { closing, count, file, force, json, label, out, relaxed, targets, text } from "../shared-flags.ts";

export const bench = buildCommand<BenchFlags, [string], Context>({
  loader: async () => entry((await import("../commands/bench.ts")).bench),
  parameters: {
    positional: file,
    flags: {
      label,
      target: {
        kind: "enum",
        values: targets,
        optional: true,
        variadic: true,
        brief: "Measures this target alone; may be repeated; by default all that run here",
      },
      relaxed: {
        ...relaxed,
        brief: "Measures a relaxed build for wasm, too: its results differ from machine to machine",
      },
      threads: count("On how many threads wasm runs at most; by default as many as are of use here"),
      ...closing,
      batches: {
        kind: "parsed",
        parse: parseCounts,
        optional: true,
        placeholder: "ROWS",
        brief: "Numbers of rows, as 1,8,32; by default all that there is room for, one, and one between",
      },
      rounds: {
        kind: "parsed",
        parse: parseCount,
        default: "5",
        placeholder: "NUMBER",
        brief: "In how many rounds targets take turns; figures are medians over them",
      },
      seconds: {
        kind: "parsed",
        parse: parseSeconds,
        default: "1",
        placeholder: "NUMBER",
        brief: "How long to measure each case, in all rounds together",
      },
      profile: {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief: "Tells where the time goes: by layer and by line of the source",
      },
      compare: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "FILE",
        brief: "What --json printed, or -o wrote, of an earlier run: changes beyond the noise are told",
      },
      "fail-above": {
        kind: "parsed",
        parse: parseShare,
        optional: true,
        placeholder: "SHARE",
        brief: "Exits with 1 where a figure is worse than in --compare by more than this, as 10%",
      },
      out: { ...out("A folder for the report: bench.html, bench.svg and bench.json"), optional: true },
      force,
      json,
    },
    aliases: { o: "out" },
  },
  docs: {
    brief: "Compares the targets on this machine: training step and inference",
    customUsage: [
      "digits.nn",
      "digits.nn --profile -o report",
      "digits.nn --compare report/bench.json --fail-above 10%",
    ],
  },
});
