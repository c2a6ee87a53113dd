/** What a classifier says beside what is so, place by place: counts of each pair, and how far each row is from being told right. */
import type { HostTrain } from "../../compiler/program/host.ts";
import { elements } from "../../runtime/data/dataset.ts";
import type { DataTensor } from "../../runtime/data/dataset.ts";
import { argmax } from "../../runtime/predict/answers.ts";

type Numbers = Float32Array | Int32Array;

/** A network that answers with scores of classes for each place of its target. */
export interface Classifier {
  readonly classes: number;
  /** Whether one number above 0 speaks for the second of two classes. */
  readonly logit: boolean;
}

/** Undefined where the answer, of this shape for a row, has no scores of the target's classes. `known`: how many classes the data have, if they say. */
export function classifierOf(
  { target, inputs }: HostTrain,
  { dtype, shape }: DataTensor,
  answer: readonly number[],
  known: number,
): Classifier | undefined {
  if (target?.logit === true && elements(answer) === elements(shape)) return { classes: 2, logit: true };
  const classes = answer.at(-1) ?? 1;
  const isScores = answer.length === shape.length + 1 && shape.every((size, axis) => size === answer[axis]);
  // A network may answer with other numbers beside the scores: then there are more than the loss takes classes.
  const limit = inputs.find(({ name }) => name === target?.input)?.limit ?? known;
  return dtype === "i32" && isScores && classes > 1 && limit === classes ? { classes, logit: false } : undefined;
}

/** The class that is said at a place; -1 where a score is no number. */
export function saidAt({ classes, logit }: Classifier, scores: Numbers, place: number): number {
  if (logit) return Number((scores[place] ?? NaN) > 0);
  const own = scores.subarray(place * classes, (place + 1) * classes);
  const said = argmax(own);
  return Number.isNaN(own[said]) ? -1 : said;
}

export function classAt({ logit }: Classifier, targets: Numbers, place: number): number {
  const value = targets[place] ?? 0;
  return logit ? Number(value > 0.5) : value;
}

/** How far the highest other score is above that of the class that is so: above 0 where another is said. */
function marginAt(classifier: Classifier, scores: Numbers, place: number, own: number): number {
  if (classifier.logit) return own === 1 ? -(scores[place] ?? NaN) : (scores[place] ?? NaN);
  const from = place * classifier.classes;
  let others = -Infinity;
  for (let one = 0; one < classifier.classes; one += 1) {
    const score = scores[from + one] ?? NaN;
    if (Number.isNaN(score)) return Infinity;
    if (one !== own && score > others) others = score;
  }
  return others - (scores[from + own] ?? NaN);
}

export class Tally {
  readonly classifier: Classifier;
  /** Rows are what is so, columns what is said. */
  readonly counts: Float64Array;
  /** Of each row that has a place that counts: the mean over these. */
  readonly margins: { readonly row: number; readonly margin: number }[] = [];

  constructor(classifier: Classifier) {
    this.classifier = classifier;
    this.counts = new Float64Array(classifier.classes ** 2);
  }

  /** `counted`: where it is 0, a place has nothing to say. */
  add(row: number, scores: Numbers, targets: Numbers, counted: Numbers | undefined): void {
    const { classes } = this.classifier;
    let [sum, places] = [0, 0];
    for (let place = 0; place < targets.length; place += 1) {
      if (counted?.length === targets.length && counted[place] === 0) continue;
      const own = classAt(this.classifier, targets, place);
      const said = saidAt(this.classifier, scores, place);
      if (said >= 0) this.counts[own * classes + said] = (this.counts[own * classes + said] ?? 0) + 1;
      sum += marginAt(this.classifier, scores, place, own);
      places += 1;
    }
    if (places > 0) this.margins.push({ row, margin: sum / places });
  }

  /** The rows that are farthest from right, the worst first. */
  worst(most: number): readonly number[] {
    return this.margins
      .toSorted((a, b) => b.margin - a.margin)
      .slice(0, most)
      .map(({ row }) => row);
  }

  get rows(): readonly (readonly number[])[] {
    const { classes } = this.classifier;
    return Array.from({ length: classes }, (_, own) => [...this.counts.subarray(own * classes, (own + 1) * classes)]);
  }
}
