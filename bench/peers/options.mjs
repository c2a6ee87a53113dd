/** The command's flags, checked: `{ workloads, phases, threads, systems, settings, out, extras }`, or an Error that says what was expected. */
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { workloads } from "./workloads.mjs";

const phases = ["train", "inference"];
const results = (name) => fileURLToPath(new URL(`../results/${name}.json`, import.meta.url));

/** `inferring`: the systems that are measured with `--phase infer`, where none are named. */
export function optionsOf(args, systemNames, inferring) {
  const { values } = parseArgs({
    args,
    options: {
      workloads: { type: "string", default: Object.keys(workloads).join(",") },
      phase: { type: "string", default: "all" },
      threads: { type: "string", default: "1" },
      systems: { type: "string" },
      rounds: { type: "string", default: "15" },
      calm: { type: "string", default: "0.9" },
      patience: { type: "string", default: "120" },
      limit: { type: "string", default: "15" },
      turn: { type: "string", default: "30" },
      out: { type: "string" },
      "rows-only": { type: "boolean", default: false },
    },
  });
  const exported = values.phase === "infer";
  const out = values.out ?? results(exported ? "infer" : "peers");
  if (!out.endsWith(".json")) throw new Error(`--out: expected a file that ends in .json, found ${out}`);
  return {
    workloads: listOf("workloads", values.workloads, Object.keys(workloads)),
    phases: phasesOf(values.phase),
    threads: values.threads.split(",").map((text) => numberOf("threads", text, 1, 64, true)),
    systems: listOf("systems", values.systems ?? (exported ? inferring : systemNames).join(","), systemNames),
    settings: {
      rounds: numberOf("rounds", values.rounds, 1, 1000, true),
      calm: numberOf("calm", values.calm, 0, 1),
      patienceMs: 1000 * numberOf("patience", values.patience, 1, 86_400),
      limitMs: 1000 * numberOf("limit", values.limit, 1, 86_400),
      turnMs: numberOf("turn", values.turn, 1, 60_000),
    },
    out: path.resolve(out),
    // Building and products alone are of training.
    extras: !values["rows-only"] && !exported,
  };
}

function phasesOf(text) {
  if (text === "all") return phases;
  return text === "infer" ? ["inference"] : listOf("phase", text, phases);
}

function listOf(flag, text, known) {
  const names = [...new Set(text.split(","))];
  const stranger = names.find((name) => !known.includes(name));
  if (stranger !== undefined)
    throw new Error(`--${flag}: expected some of ${known.join(", ")}, found ${JSON.stringify(stranger)}`);
  return names;
}

function numberOf(flag, text, least, most, whole = false) {
  const value = Number(text);
  if (text !== "" && value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
  throw new Error(
    `--${flag}: expected ${whole ? "a whole number" : "a number"} from ${least} to ${most}, found ${JSON.stringify(text)}`,
  );
}
