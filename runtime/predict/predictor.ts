/**
 * A trained network as its users want it: rows as the data had them go in, classes by name and numbers in their units come out. What was fitted
 * to the data in training is applied, which the raw calls of a network leave to their caller.
 */
import { wrongType } from "../../compiler/diagnostics/codes/runtime.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { checkOptions, isString } from "../../compiler/diagnostics/options.ts";
import type { Rules } from "../../compiler/diagnostics/options.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import { none, predictRules } from "../load/call-options.ts";
import type { PredictOptions } from "../load/call-options.ts";
import type { Prediction } from "../load/calls.ts";
import { failure, kindOf } from "../load/fail.ts";
import type { TensorInput } from "../load/inputs.ts";
import { load, rules as loadRules } from "../load/load.ts";
import type { LoadOptions } from "../load/load.ts";
import { findModel } from "../load/models.ts";
import type { Network } from "../load/network.ts";
import { answersOf } from "./answers.ts";
import type { Answer } from "./answers.ts";
import { interfaceOf } from "./interface.ts";
import type { InputField, Interface, OutputField } from "./interface.ts";
import { readRows, requireKnownKeys } from "./rows.ts";
import type { Row } from "./rows.ts";

export interface PredictorOptions extends Pick<LoadOptions, "gpu" | "seed" | "threads"> {
  /** By default the model that was trained, else the first of the file. */
  readonly model?: string;
}

const rules: Rules<PredictorOptions> = {
  gpu: loadRules.gpu,
  seed: loadRules.seed,
  threads: loadRules.threads,
  model: { expected: "the name of a model", fits: isString },
};

/**
 * Loads an artifact with the bytes that `nnc train` or `net.save()` wrote. Throws NN0701 to NN0704 for artifacts, NN0706 and NN0736 for options,
 * NN0708 for the model, NN0735 for a model whose rows have no fixed size, NN09xx for parameters that do not fit.
 */
export async function predictor(
  artifact: Artifact,
  parameters: Uint8Array,
  options: PredictorOptions = {},
): Promise<Predictor> {
  checkOptions("predictor", options, rules);
  const { model, ...loading } = options;
  // It makes no steps, so that how many make an epoch is of no account.
  const network = await load(artifact, { ...loading, stepsPerEpoch: 1 });
  try {
    network.restore(parameters, { optimizer: false, ...(options.seed === undefined ? {} : { seed: options.seed }) });
    return new Predictor(network, model);
  } catch (error) {
    network.close();
    throw error;
  }
}

export class Predictor {
  /** What a row holds. */
  readonly inputs: readonly InputField[];
  /** What is answered to each. */
  readonly outputs: readonly OutputField[];
  readonly #network: Network;
  readonly #outside: Interface;
  /** Rows at once. */
  readonly #most: number;

  /** Use `predictor`. */
  constructor(network: Network, name: string | undefined) {
    const { manifest, record } = network;
    const model = findModel(manifest.host, name);
    const leading = model.inputs[0]?.shape[0]?.key;
    this.#network = network;
    this.#outside = interfaceOf(manifest, model, record.fitted);
    this.#most = manifest.dims.find((dimension) => dimension.name === leading)?.bound ?? 1;
    this.inputs = this.#outside.inputs;
    this.outputs = this.#outside.outputs;
  }

  /** Of the network: parameters that are not finite, threads that it does without. */
  get warnings(): readonly Diagnostic[] {
    return this.#network.warnings;
  }

  /**
   * For each row, in their order, an answer for each result of the model: `const [[answer]] = await it.predict([{ width: 3.1, colour: "red" }])`.
   * Any number of rows. They are read before it returns. A row that has all columns, each with a single value, is by column, as a row of CSV is, even
   * where an input is called as a column; else an input is found by its name, or by its columns, and not by both. `seed` is for models that draw when they predict. Throws NN0706 and NN0736, NN0814, NN0821, NN0828, NN0848 for a row, by its number from 0, and NN0705 after `close`.
   */
  async predict(rows: readonly Row[], options: PredictOptions = none): Promise<readonly (readonly Answer[])[]> {
    checkOptions("predict", options, predictRules);
    const answers: (readonly Answer[])[] = [];
    for (const { inputs, count } of this.#batches(rows)) {
      const predictions = await this.#network.predict(this.#outside.model.name, inputs, options);
      answers.push(...this.#answers(predictions, count));
    }
    return answers;
  }

  /** As `predict`, for the targets that answer at once. */
  predictSync(rows: readonly Row[], options: PredictOptions = none): readonly (readonly Answer[])[] {
    checkOptions("predictSync", options, predictRules);
    return this.#batches(rows).flatMap(({ inputs, count }) =>
      this.#answers(this.#network.predictSync(this.#outside.model.name, inputs, options), count),
    );
  }

  /** Gives the memory back and ends threads. */
  close(): void {
    this.#network.close();
  }

  #answers(predictions: readonly Prediction[], rows: number): readonly (readonly Answer[])[] {
    return answersOf(this.#outside, predictions, rows);
  }

  #batches(
    rows: readonly Row[],
  ): readonly { readonly inputs: ReadonlyMap<string, TensorInput>; readonly count: number }[] {
    const given: unknown = rows;
    if (!Array.isArray(given))
      throw failure(wrongType, { name: "rows", expected: "a list of rows", found: kindOf(given) });
    const placed = given.map((value: unknown, at) => ({ value, place: `row ${at}` }));
    const { fitted } = this.#network.record;
    requireKnownKeys(placed, this.inputs, fitted);
    const values = readRows(placed, this.inputs, fitted);
    const starts = Array.from({ length: Math.ceil(placed.length / this.#most) }, (_, batch) => batch * this.#most);
    return starts.map((from) => {
      const count = Math.min(this.#most, placed.length - from);
      const parts = this.inputs.map(({ name, shape, width }): readonly [string, TensorInput] => {
        const data = values.get(name)?.subarray(from * width, (from + count) * width) ?? new Float32Array(0);
        return [name, { shape: [count, ...shape], data }];
      });
      return { inputs: new Map(parts), count };
    });
  }
}
