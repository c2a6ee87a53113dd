/** A network's answers to rows, as many at once as the program takes; to tensors as a whole, in one call. */
import type { HostModel } from "../../compiler/program/host.ts";
import { batches } from "../../runtime/data/batches.ts";
import type { Dataset } from "../../runtime/data/dataset.ts";
import { rowsAtOnce } from "../../runtime/predict/together.ts";
import type { Network, Prediction, TensorInput } from "../../runtime/load/index.ts";

export interface Answers {
  /** One for each result of the model. */
  readonly predictions: readonly Prediction[];
  readonly rows: number;
  /** Rows before these. */
  readonly from: number;
  /** Rows of all answers together. */
  readonly total: number;
}

export async function* answerRows(network: Network, model: HostModel, rows: Dataset): AsyncGenerator<Answers> {
  let from = 0;
  for (const batch of batches(rows, rowsAtOnce(network.manifest, model)).epoch()) {
    const inputs = new Map(
      [...batch.tensors].map(([name, data]): readonly [string, TensorInput] => [
        name,
        { shape: [batch.rows, ...(rows.tensors.get(name)?.shape ?? [])], data },
      ]),
    );
    yield { predictions: await network.predict(model.name, inputs), rows: batch.rows, from, total: rows.rows };
    from += batch.rows;
  }
}

/** The answer has the rows of its first axis. */
export async function* answerWhole(network: Network, model: HostModel, whole: Dataset): AsyncGenerator<Answers> {
  const inputs = new Map(
    [...whole.tensors].map(([name, { shape, data }]): readonly [string, TensorInput] => [name, { shape, data }]),
  );
  const predictions = await network.predict(model.name, inputs);
  const rows = predictions[0]?.shape[0] ?? 1;
  yield { predictions, rows, from: 0, total: rows };
}
