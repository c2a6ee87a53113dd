/** NN07xx: what a run finds of earlier ones: a checkpoint that it resumes, and parameters that it evaluates. */
import { counted } from "../lists.ts";
import { define } from "../diagnostic.ts";

export const resumeMismatch = define<{ readonly what: string; readonly expected: string; readonly found: string }>({
  code: "NN0725",
  severity: "error",
  message: ({ what, expected, found }) => `this run cannot be resumed: expected ${what} ${expected}, found ${found}`,
  explanation:
    "A resumed run gives the bits of one that was never stopped, so the train, the seed, the batch and the data must be the same. Begin anew from the parameters with `start_from` instead.",
});

export const dataChanged = define<{
  readonly what?: "hold-out";
  readonly expected: string;
  readonly found: string;
}>({
  code: "NN0732",
  severity: "error",
  message: ({ what, expected, found }) =>
    `${what === undefined ? "the data have" : `the ${what} has`} changed since the run was stopped: expected ${expected}, found ${found}`,
  explanation:
    "A resumed run gives the bits of one that was never stopped, so its data must be the same: the rows in their order, and the hold-out. Put the data back, or begin anew from the parameters with `start_from`. " +
    "Where only the hold-out has changed and is meant to, `--override` (`override: true`) goes on, and the best epoch so far is forgotten.",
});

export const judgedAnew = define<{
  readonly what: "hold-out" | "loss";
  readonly expected: string;
  readonly found: string;
}>({
  code: "NN0742",
  severity: "warning",
  message: ({ what, expected, found }) =>
    `the ${what} has changed since the run was stopped: expected ${expected}, found ${found}; ` +
    `the best epoch so far is forgotten${what === "loss" ? ", and averages mix both losses for a while" : ""}`,
  explanation:
    "Which epoch was the best, and whether `stop_early` ends the run, is told by one loss on the same rows. Figures of other rows, or in another unit, say nothing about those before, " +
    "so the run looks for its best epoch anew from here on. Put the hold-out or the loss back for the bits of a run that was never stopped.",
});

/** `test`: rows of a file of their own. */
type EvaluatedSet = "hold-out" | "training" | "test";

export const dataNotTrained = define<{
  readonly set: EvaluatedSet;
  readonly expected: string;
  readonly found: string;
}>({
  code: "NN0740",
  severity: "warning",
  message: ({ set, expected, found }) =>
    `${wereOthers[set]}: expected ${expected}, found ${found}; ${consequences[set]}`,
  explanation:
    "Which rows are held out follows from the seed of the run, the share and the rows themselves. Where rows were added, taken away or changed since, or `holdout` is another share, " +
    "some of those that were trained on may stand in the hold-out, and its figures are too good; so may they in a file that is `test` only since then, which nnc cannot know. " +
    "Put the data back, or evaluate rows that were never trained on with `--data`. Means, deviations, classes and columns are those that the parameters were trained with in any case.",
});

const otherTraining = "the training data are not those that the parameters were trained on";
const wereOthers: Readonly<Record<EvaluatedSet, string>> = {
  "hold-out": otherTraining,
  training: otherTraining,
  test: "the rows of `test` are not those that were held out when the parameters were trained",
};
const consequences: Readonly<Record<EvaluatedSet, string>> = {
  "hold-out": "the hold-out may hold rows that were trained on",
  training: "these are the figures of other rows",
  test: "they may hold rows that were trained on",
};

export const preparedOtherwise = define<{ readonly name: string; readonly trained: string; readonly found: string }>({
  code: "NN0741",
  severity: "warning",
  message: ({ name, trained, found }) =>
    `\`${name}\` was ${trained} when the parameters were trained, expected the same of the source, found ${found}; it is prepared as in training`,
  explanation:
    "`scale` and `standardize` have their effect when a network is trained, and are kept with its parameters. What the source says of them since has none on these: train again.",
});

export const nothingLeft = define<{ readonly done: number; readonly reason: string }>({
  code: "NN0733",
  severity: "warning",
  message: ({ done, reason }) =>
    `this run is finished: it has done ${counted(done, "epoch")}, ${reason}; nothing is trained`,
  explanation:
    "A resumed run trains until its epochs are done in all, those before included. `--epochs`, or `epochs` of the `train`, makes it go on; what `stop_early` ended goes on with a larger `stop_early`.",
});
