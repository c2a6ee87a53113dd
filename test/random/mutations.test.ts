/** Mutated programs: whatever is written, `compile` answers, soon, with diagnostics that point into the text. */
import { describe, expect, test } from "vitest";
import { compile, type Compiled, type Failed } from "../../compiler/compile.ts";
import { render } from "../../compiler/diagnostics/render.ts";
import type { TargetName } from "../../compiler/program/artifact.ts";
import { mutate } from "./mutate.ts";
import { Random } from "./random.ts";
import { record, settings, sized } from "./settings.ts";
import { examples, snippets, sources } from "./sources.ts";

const mutants = sized(180, 20_000);
/** Milliseconds of the processor that a compilation may take; on a machine that is busy, as many as ten of the digits example take then. */
const longest = 5000;
/** A network that is that large once every call is written out may take this long for each node of its graphs. */
const longestPerNode = 0.4;
/** Milliseconds before a test is given up, on a machine that has much else to do. */
const patience = 300_000;
const targets: readonly TargetName[] = ["wasm", "wasm", "wasm", "wgsl", "typescript"];
const bounds = { N: 16, T: 6 };

/** Codes of the phases from shape inference on; a text that ends with one of them got so far. */
const inferred = /^NN0[3456]/;

/** With the bounds of what models and inputs name: one of nothing is an error. */
function run(source: string, target: TargetName, verify = true): Compiled | Failed {
  const named = Object.entries(bounds).filter(([name]) =>
    new RegExp(`^ *(model|input)\\b.*\\b${name}\\b`, "m").test(source),
  );
  return compile({ name: "mutant.nn", source }, { target, bounds: Object.fromEntries(named), verify });
}

function wrongIn(source: string, { ok, diagnostics, sources: texts }: Compiled | Failed): readonly string[] {
  const internal = diagnostics.filter(({ code }) => code === "NN0002").map(({ message }) => message);
  const silent = !ok && !diagnostics.some(({ severity }) => severity === "error") ? ["failed without an error"] : [];
  const spans = diagnostics.flatMap(({ code, labels }) =>
    labels.flatMap(({ file, from, to }) => {
      const text = file === "mutant.nn" ? source : texts.get(file);
      return text !== undefined && 0 <= from && from <= to && to <= text.length
        ? []
        : [`${code} points at ${file} ${from}–${to}`];
    }),
  );
  const shown = render(diagnostics, texts, { colour: false });
  const words = /undefined|\bNaN\b|\[object|something else/.exec(shown);
  return [...internal, ...silent, ...spans, ...(words === null ? [] : [`says ${words[0]}`])];
}

function problems(
  source: string,
  target: TargetName,
): { readonly found: readonly string[]; readonly answer: Compiled | Failed | undefined } {
  const started = performance.now();
  try {
    const answer = run(source, target);
    const slow = performance.now() - started > longest && isSlow(source, target) ? ["takes too long"] : [];
    return { found: [...wrongIn(source, answer), ...slow], answer };
  } catch (error) {
    return { found: [`throws ${error instanceof Error ? error.message : String(error)}`], answer: undefined };
  }
}

/** Measured again, twice, as a user compiles: without verifiers. */
function isSlow(source: string, target: TargetName): boolean {
  return [1, 2].every(() => {
    const { milliseconds, nodes } = cost(source, target);
    return milliseconds > Math.max(longest, longestPerNode * nodes, 10 * cost(examples[0], target).milliseconds);
  });
}

function cost(source: string, target: TargetName): { readonly milliseconds: number; readonly nodes: number } {
  const before = process.cpuUsage();
  const answer = run(source, target, false);
  const { user, system } = process.cpuUsage(before);
  const entries = answer.ok ? answer.elaboration.entries : [];
  return {
    milliseconds: (user + system) / 1000,
    nodes: entries.reduce((sum, { graph }) => sum + graph.nodes.length, 0),
  };
}

describe("mutated programs", () => {
  test.each([...snippets, ...examples].map((source, at) => [at, source] as const))(
    "start from source %i, which compiles",
    (_, source) => {
      const answer = run(source, "wasm");
      expect(wrongIn(source, answer)).toEqual([]);
      expect(answer.ok).toBe(true);
    },
    patience,
  );

  test(
    `${mutants} of them from seed ${settings.seed}: no exception, no bug report, valid spans, in time`,
    () => {
      const random = new Random(settings.seed);
      const failures: string[] = [];
      let [reached, compiled] = [0, 0];
      for (let count = 0; count < mutants && failures.length < 10; count += 1) {
        const source = mutate(random.pick(sources), random, sources);
        const target = random.pick(targets);
        const { found, answer } = problems(source, target);
        if (found.length > 0) failures.push(`${target}: ${found.join("; ")}\n${source}`);
        if (answer?.ok === true) compiled += 1;
        if (answer?.ok === true || answer?.diagnostics.some(({ code }) => inferred.test(code)) === true) reached += 1;
      }
      record({ suite: "mutations", seed: settings.seed, mutants, reached, compiled, failures: failures.length });
      expect(failures.join("\n────\n")).toBe("");
      expect(reached / mutants).toBeGreaterThanOrEqual(0.3);
      expect(compiled / mutants).toBeGreaterThanOrEqual(0.1);
    },
    settings.deep ? 3_000_000 : patience,
  );
});
