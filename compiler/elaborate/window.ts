/**
 * What `text(path, window: T)` says about sizes: its windows are the rows of the train's inputs, so the second dimension of each has their length.
 */
import { label } from "../diagnostics/diagnostic.ts";
import { windowShape } from "../diagnostics/codes/readers.ts";
import { constantValue, symbolsOf } from "../dimension/dimension.ts";
import { dataSetting } from "./data-plan.ts";
import type { Trained } from "./parts.ts";
import type { TrainPlan } from "./train-plan.ts";
import { describeType, type Tensor } from "./values.ts";

/** The length of a train's windows, where it is trained on text. */
export function windowOf({ data }: TrainPlan): number | undefined {
  const { window } = data.settings;
  return data.reader === "text" && typeof window === "number" ? window : undefined;
}

/** The names of dimensions that count the characters of a window, each with their number. */
export function sizesFromWindow(trained: Trained | undefined): ReadonlyMap<string, number> {
  const window = trained === undefined ? undefined : windowOf(trained.plan);
  if (trained === undefined || window === undefined) return new Map();
  const names = trained.step.objective.inputs.flatMap(({ tensor }) => nameIn(tensor) ?? []);
  return new Map(names.map((name) => [name, window]));
}

/** Every input, the target among them, takes windows of ids; reports one that cannot. */
export function checkWindow({ plan, step }: Trained): void {
  const window = windowOf(plan);
  if (window === undefined) return;
  const { frame, inputs } = step.objective;
  const place = dataSetting("window", plan.train, frame)?.span ?? plan.train.name.span;
  for (const { name, tensor } of inputs) {
    if (fits(tensor, window)) continue;
    const rows = tensor.type.shape.at(0)?.key ?? "N";
    const values = { window, name, expected: `i32[${rows}, ${window}]`, found: describeType(tensor.type) };
    frame.fail(windowShape, values, place, "windows of this length", [label(plan.train.name.span, "trained here")]);
  }
}

function fits(tensor: Tensor, window: number): boolean {
  const [rows, length, ...more] = tensor.type.shape;
  if (tensor.type.dtype !== "i32" || rows === undefined || length === undefined || more.length > 0) return false;
  return nameIn(tensor) !== undefined || constantValue(length) === window;
}

function nameIn({ type: { shape } }: Tensor): string | undefined {
  const [, length] = shape;
  return shape.length === 2 && length !== undefined && symbolsOf(length).has(length.key) ? length.key : undefined;
}
