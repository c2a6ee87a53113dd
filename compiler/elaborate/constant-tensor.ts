/**
 * A list of numbers as a tensor: `tensor([[1, 2], [3, 4]])`, `x * [1, 2, 3]`. The numbers are chosen by position in the code of a kernel, so
 * there may be some hundreds of them; larger tables are data, or parameters.
 */
import type { Span } from "../diagnostics/diagnostic.ts";
import { wrongKind } from "../diagnostics/codes/shapes.ts";
import { constant } from "../dimension/dimension.ts";
import { reshape } from "../ops/emit.ts";
import type { Frame } from "./frame.ts";
import { describeValue, type Evaluated, type ListValue, type Tensor } from "./values.ts";

/** More would make long code of little use. */
const most = 1024;

/** Every item is a number, or a list of as many items as its neighbours are. `scalar` makes a tensor of an item. */
export function constantTensor(list: ListValue, span: Span, frame: Frame, scalar: (item: Evaluated) => Tensor): Tensor {
  const fail = (expected: string, found: string, help?: string): never =>
    frame.fail(wrongKind, { expected, found }, span, "this", [], help);
  const shape: number[] = [];
  let level: readonly Evaluated[] = [list];
  for (let lists = listsOf(level); lists.length > 0; lists = listsOf(level)) {
    const [{ items }] = lists;
    const other = level.find((item) => item.kind !== "list" || item.items.length !== items.length);
    if (other !== undefined) fail(`lists of ${items.length} beside each other`, describeValue(other));
    if (items.length === 0) fail("a list of at least one number as a tensor", "an empty list");
    shape.push(items.length);
    // Of empty lists there may be any number inside one another.
    if (lists.length * items.length > most) fail(`a list of at most ${most} numbers as a tensor`, "more");
    level = lists.flatMap((one) => one.items);
  }
  const scalars = level.map((item) => {
    const tensor = scalar(item);
    if (tensor.type.shape.length === 0) return tensor;
    const help = "`stack([a, b], axis: 0)` puts tensors side by side";
    return fail("numbers in a list as a tensor", describeValue(tensor), help);
  });
  const [{ type }] = scalars;
  const odd = scalars.find(({ type: { dtype } }) => dtype !== type.dtype);
  if (odd !== undefined) fail(`elements of one type as a tensor, ${type.dtype}`, odd.type.dtype);
  return frame.at(span, () => {
    const { builder } = frame.entry;
    const single = scalars.map(({ value }) => reshape(builder, value, [constant(1)]));
    const flat = single.length === 1 ? single[0] : builder.one("concat", single, { axis: 0 });
    return frame.entry.tensor(reshape(builder, flat, shape.map(constant)));
  });
}

function listsOf(level: readonly Evaluated[]): readonly ListValue[] {
  return level.filter((item) => item.kind === "list");
}
