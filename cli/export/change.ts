/** What weights in fewer bits change: measured on the rows that `nnc eval` measures on, told, and refused beyond a bound. */
import { exportChanged, exportUnmeasured } from "../../compiler/diagnostics/codes/checkpoint.ts";
import { diagnose, NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { shapeOf } from "../../runtime/load/tensors.ts";
import { evaluationRows } from "../../runtime/train/evaluation.ts";
import type { EvaluationRows } from "../../runtime/train/evaluation.ts";
import type { Scores } from "../../runtime/train/index.ts";
import { scoresOf } from "../../runtime/train/losses.ts";
import { contentsOf } from "../contents.ts";
import { evaluationOf } from "../evaluation.ts";
import { formatLoss, formatValue } from "../output/numbers.ts";
import type { Exported } from "./program.ts";
import { store } from "./storage.ts";
import type { Storage, Stored } from "./storage.ts";

type Trained = Pick<Exported, "source" | "compiled" | "network">;

/** A set, and what the network made of it with the weights of training and with those of the export. */
export interface Change {
  readonly set: string;
  readonly before: Scores;
  readonly after: Scores;
}

/** What the network keeps, as the export has it. The network has the same values afterwards. */
export interface StoredNetwork {
  readonly stored: ReadonlyMap<string, Stored>;
  readonly change?: Change;
  readonly warnings: readonly Diagnostic[];
}

/** Throws NN0934 where the change is larger than `bound`. */
export async function storeNetwork(trained: Trained, storage: Storage, bound: number): Promise<StoredNetwork> {
  const { compiled, network } = trained;
  const shapes = new Map(compiled.artifact.manifest.buffers.map((buffer) => [buffer.name, buffer]));
  const stored = new Map(
    [...network.snapshot()].map(([name, values]) => {
      const buffer = shapes.get(name);
      return [name, store({ name, values, shape: buffer === undefined ? [] : shapeOf(buffer) }, storage)];
    }),
  );
  if (storage === "f32") return { stored, warnings: [] };
  const rows = await rowsOf(trained, storage);
  const put = (): void => network.put(new Map([...stored].map(([name, { values }]) => [name, values])));
  if ("code" in rows) {
    put();
    return { stored, warnings: [rows] };
  }
  const measure = async (): Promise<Scores> => scoresOf(await evaluationOf(compiled, network, rows));
  const before = await measure();
  put();
  const change = { set: rows.name, before, after: await measure() };
  requireSmall(change, storage, bound);
  return { stored, change, warnings: rows.warnings };
}

/** The rows, or a warning about why there are none. */
async function rowsOf({ source, compiled, network }: Trained, dtype: Storage): Promise<EvaluationRows | Diagnostic> {
  const { manifest } = compiled.artifact;
  try {
    return evaluationRows(manifest, await contentsOf(source, manifest.host, "tested"), network);
  } catch (error) {
    if (!(error instanceof NncError)) throw error;
    return diagnose(exportUnmeasured, { dtype, problem: error.message }, []);
  }
}

/** The accuracy in points where there is one, else the loss relative to what it was. What is no number is no small change. */
function requireSmall({ set, before, after }: Change, dtype: Storage, bound: number): void {
  const isAccuracy = typeof before["accuracy"] === "number";
  const measure = isAccuracy ? "accuracy" : "loss";
  const [was, is] = [Number(before[measure]), Number(after[measure])];
  const worse = isAccuracy ? was - is : (is - was) / Math.abs(was);
  // A loss of 0 that stays is no change.
  if (was === is || worse <= bound) return;
  const values = {
    dtype,
    set,
    measure,
    before: formatValue(was),
    after: formatValue(is),
    bound: boundText(bound, isAccuracy),
  };
  const help = dtype === "int8" ? "--dtype f16 changes less; --max-change allows more" : "--max-change allows more";
  throw new NncError(diagnose(exportChanged, values, [], help));
}

function boundText(bound: number, isAccuracy: boolean): string {
  return isAccuracy ? formatValue(bound) : `${formatValue(100 * bound)} % of it`;
}

/** `int8: hold-out loss 0.1230 → 0.1234, accuracy 0.975 → 0.974`. */
export function changeText({ set, before, after }: Change, dtype: Storage): string {
  const numbers = Object.entries(before).flatMap(([name, was]) => {
    const is = after[name];
    if (typeof was !== "number" || typeof is !== "number") return [];
    const format = name === "loss" ? formatLoss : formatValue;
    return [`${name} ${format(was)} → ${format(is)}`];
  });
  return `${dtype}: ${set} ${numbers.join(", ")}`;
}
