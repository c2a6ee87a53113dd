/** The means of probes over the steps of an epoch. */
import type { Probes, ProbeValues } from "../load/index.ts";
import { Mean } from "../load/mean.ts";

interface Means {
  readonly mean: Mean;
  readonly spread: Mean;
  readonly gradientNorm: Mean;
}

export class ProbeMeans {
  readonly #means = new Map<string, Means>();

  add(probes: Probes = {}): void {
    for (const [path, values] of Object.entries(probes)) {
      const means = this.#means.get(path) ?? { mean: new Mean(), spread: new Mean(), gradientNorm: new Mean() };
      this.#means.set(path, means);
      means.mean.add(values.mean, 1);
      means.spread.add(values.spread, 1);
      means.gradientNorm.add(values.gradientNorm, 1);
    }
  }

  /** Undefined where no step was probed. */
  get values(): Probes | undefined {
    if (this.#means.size === 0) return undefined;
    const values = ({ mean, spread, gradientNorm }: Means): ProbeValues => ({
      mean: mean.value,
      spread: spread.value,
      gradientNorm: gradientNorm.value,
    });
    return Object.fromEntries([...this.#means].map(([path, means]) => [path, values(means)]));
  }
}
