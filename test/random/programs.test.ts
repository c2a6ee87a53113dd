/** Random programs: whatever a graph says, every form of it and both targets compute the float32 interpreter's bits. */
import { describe, expect, test } from "vitest";
import { operations } from "../../compiler/ops/index.ts";
import { fusionRules } from "./count.ts";
import { examineBatch, newTally, report } from "./examine.ts";
import { featuresOf, geometryFeatures } from "./features.ts";
import { generate } from "./generate.ts";
import { record, settings, sized } from "./settings.ts";

const programs = sized(36, 2400, 36);
/** How many programs share an artifact. */
const batchSize = settings.quick ? 20 : 30;
/** At how many problems it stops looking. */
const enough = 3;
/** In a deep run, how often everything must have occurred; in a shorter one than usual, as much less. */
const least = Math.min(20, sized(20, 20));

const tally = newTally();

describe("random programs", () => {
  test(
    `${programs} from seed ${settings.seed} give the same bits everywhere, values near float64's, and gradients that are slopes`,
    async () => {
      for (let first = 0; first < programs && tally.problems.length < enough; first += batchSize) {
        const count = Math.min(batchSize, programs - first);
        const seeds = Array.from({ length: count }, (_, at) => settings.seed + first + at);
        await examineBatch(
          seeds.map((seed) => generate(seed, `p${seed}`)),
          tally,
        );
      }
      const reports: string[] = [];
      for (const problem of tally.problems.slice(0, enough))
        reports.push(settings.quick ? problem.detail : await report(problem));
      expect(reports.join("\n\n")).toBe("");
    },
    settings.deep ? 3_000_000 : 300_000,
  );

  test("are not trivial", () => {
    const { counts, slopes, differentiable, compared, skipped } = tally;
    record({
      suite: "programs",
      seed: settings.seed,
      programs: counts.nodes.length,
      problems: tally.problems.length,
      medianNodes: counts.medianNodes,
      primitives: Object.fromEntries(counts.primitives),
      rules: Object.fromEntries(counts.rules),
      features: Object.fromEntries(counts.features),
      differentiable,
      slopes,
      compared,
      skipped,
    });
    expect(counts.medianNodes).toBeGreaterThanOrEqual(8);
    expect(slopes).toBeGreaterThan(differentiable * 0.6);
    expect(skipped).toBeLessThan(compared);
  });

  test("draw every geometry of convolutions, windows and running sums, and every kind of scan often", () => {
    const drawn = Array.from({ length: 1000 }, (_, at) => generate(settings.seed + at, `p${at}`).graph.nodes);
    const found = drawn.flat().flatMap(featuresOf);
    expect(geometryFeatures.filter((feature) => found.filter((one) => one === feature).length < least)).toEqual([]);
  });

  test.runIf(settings.deep)("show every primitive, every rule of fusion and every geometry often", () => {
    const rare = (names: readonly string[], found: ReadonlyMap<string, number>): readonly string[] =>
      names.filter((name) => (found.get(name) ?? 0) < least);
    expect(
      rare(
        operations.map(({ name }) => name),
        tally.counts.primitives,
      ),
    ).toEqual([]);
    expect(rare(fusionRules, tally.counts.rules)).toEqual([]);
    expect(rare(geometryFeatures, tally.counts.features)).toEqual([]);
  });
});
