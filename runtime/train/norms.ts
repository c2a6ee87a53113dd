/** Norms of gradients over the steps of an epoch: for each step of the `train` the mean, the largest, and what they are clipped to. */
import type { HostNorm } from "../../compiler/program/host.ts";
import type { StepResult } from "../load/index.ts";
import { Mean } from "../load/mean.ts";

export interface NormValues {
  readonly mean: number;
  readonly largest: number;
  /** The `clip_norm` of the step, where it has one. */
  readonly limit?: number;
}

/** By the names of the steps, as losses are. */
export type Norms = Readonly<Record<string, NormValues>>;

interface Kept {
  readonly mean: Mean;
  largest: number;
}

export class EpochNorms {
  readonly #limits: ReadonlyMap<string, number | undefined>;
  readonly #kept = new Map<string, Kept>();

  constructor(norms: readonly HostNorm[] = []) {
    this.#limits = new Map(norms.map(({ name, limit }) => [name, limit]));
  }

  add(norms: StepResult["norms"] = {}): void {
    for (const [name, norm] of Object.entries(norms)) {
      const kept = this.#kept.get(name) ?? { mean: new Mean(), largest: 0 };
      this.#kept.set(name, kept);
      kept.mean.add(norm, 1);
      kept.largest = Math.max(kept.largest, norm);
    }
  }

  /** Undefined where no step told one. */
  get values(): Norms | undefined {
    if (this.#kept.size === 0) return undefined;
    const values = [...this.#kept].map(([name, { mean, largest }]): readonly [string, NormValues] => {
      const limit = this.#limits.get(name);
      return [name, { mean: mean.value, largest, ...(limit === undefined ? {} : { limit }) }];
    });
    return Object.fromEntries(values);
  }
}
