/**
 * Metrics of a standardised target count in its own units: what they compare is given back as it was, by the mean and the deviation that the
 * host gives `evaluate` beside the train's inputs. The loss counts in deviations, as in training.
 */
import { product } from "../dimension/dimension.ts";
import type { Value } from "../graph/types.ts";
import { broadcastTo, reshape } from "../ops/emit.ts";
import type { HostUnits } from "../program/host.ts";
import type { Entry } from "./entry.ts";
import type { Objective } from "./objective.ts";
import type { TrainPlan } from "./train-plan.ts";
import type { Tensor } from "./values.ts";

/** What the metrics of the short form compare, and what must be given for that, where anything must. */
export interface Measured {
  readonly objective: Objective;
  readonly units?: HostUnits;
}

export function inUnits({ data, metrics }: TrainPlan, objective: Objective, entry: Entry): Measured {
  const { output, target } = objective;
  const { standardize } = data.settings;
  if (output === undefined || target === undefined || metrics.length === 0 || !Array.isArray(standardize))
    return { objective };
  if (!standardize.includes(target.name)) return { objective };
  // Ids, and a target of other sizes than the output, have no units to give back: that is told where `standardize` is checked.
  const [values, wanted] = [output, target.tensor].map(({ type }) => product(type.shape.slice(1)));
  if (wanted === undefined || values?.key !== wanted.key || target.tensor.type.dtype !== "f32") return { objective };
  const shape = [wanted];
  // No metric and no model can be called so.
  const given = (name: "mean" | "deviation") => {
    const buffer = `evaluate.units.target.${name}`;
    const value = entry.input(buffer, "input", { dtype: "f32", shape });
    return { value, host: { name, buffer, dtype: "f32", shape } as const };
  };
  const [mean, deviation] = [given("mean"), given("deviation")];
  const raw = (tensor: Tensor): Tensor => backIn(tensor, mean.value, deviation.value, entry);
  return {
    objective: { ...objective, output: raw(output), target: { ...target, tensor: raw(target.tensor) } },
    units: { mean: mean.host, deviation: deviation.host },
  };
}

/** Each number of a row times its deviation, and the mean on top. */
function backIn(tensor: Tensor, mean: Value, deviation: Value, { builder }: Entry): Tensor {
  const { shape } = tensor.type;
  const each = (value: Value): Value => broadcastTo(builder, reshape(builder, value, shape.slice(1)), shape);
  const spread = builder.one("mul", [tensor.value, each(deviation)]);
  return { ...tensor, value: builder.one("add", [spread, each(mean)]) };
}
