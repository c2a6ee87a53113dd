/**
 * A list of numbers as a tensor: `tensor([[1, 2], [3, 4]])`, `x * [1, 2, 3]`. The numbers are chosen by position in the code of a kernel, so
 * there may be some hundreds of them; larger tables are data, or parameters.
 */
import { label, type Label, type Span } from "../diagnostics/diagnostic.ts";
import { wrongKind } from "../diagnostics/codes/shapes.ts";
import { constant } from "../dimension/dimension.ts";
import { reshape } from "../ops/emit.ts";
import type { Frame } from "./frame.ts";
import { describeValue, type Evaluated, type ListValue, type Tensor } from "./values.ts";

/** More would make long code of little use. */
const most = 1024;

/** Every item is a number, or a list of as many items as its neighbours are. `scalar` makes a tensor of an item. */
export function constantTensor(
  list: ListValue,
  span: Span,
  frame: Frame,
  scalar: (item: Evaluated, at: Span) => Tensor,
): Tensor {
  const fail = (expected: string, found: string, at = span, more: readonly Label[] = [], help?: string): never =>
    frame.fail(wrongKind, { expected, found }, at, "this", more, help);
  const shape: number[] = [];
  let level: readonly Item[] = [{ value: list, span }];
  for (let lists = listsOf(level); lists.length > 0; lists = listsOf(level)) {
    const [first] = lists;
    const { items } = first.value;
    const other = level.find(({ value }) => value.kind !== "list" || value.items.length !== items.length);
    if (other !== undefined) {
      const like = other.span === first.span ? [] : [label(first.span, `this is ${describeValue(first.value)}`)];
      fail(`lists of ${items.length} beside each other`, describeValue(other.value), other.span, like);
    }
    if (items.length === 0) fail("a list of at least one number as a tensor", "an empty list");
    shape.push(items.length);
    // Of empty lists there may be any number inside one another.
    if (lists.length * items.length > most) fail(`a list of at most ${most} numbers as a tensor`, "more");
    level = lists.flatMap(itemsOf);
  }
  const scalars = level.map((item) => {
    const tensor = scalar(item.value, item.span);
    if (tensor.type.shape.length === 0) return tensor;
    const help = "`stack([a, b], axis: 0)` puts tensors side by side";
    return fail("numbers in a list as a tensor", describeValue(tensor), item.span, [], help);
  });
  const [{ type }] = scalars;
  const odd = scalars.findIndex(({ type: { dtype } }) => dtype !== type.dtype);
  if (odd >= 0) fail(`elements of one type as a tensor, ${type.dtype}`, scalars[odd].type.dtype, level[odd].span);
  return frame.at(span, () => {
    const { builder } = frame.entry;
    const single = scalars.map(({ value }) => reshape(builder, value, [constant(1)]));
    const flat = single.length === 1 ? single[0] : builder.one("concat", single, { axis: 0 });
    return frame.entry.tensor(reshape(builder, flat, shape.map(constant)));
  });
}

/** An item of a list, and where it stands, or the list around it. */
interface Item<Value = Evaluated> {
  readonly value: Value;
  readonly span: Span;
}

function listsOf(level: readonly Item[]): readonly Item<ListValue>[] {
  return level.flatMap(({ value, span }) => (value.kind === "list" ? [{ value, span }] : []));
}

function itemsOf({ value: { items, spans }, span }: Item<ListValue>): readonly Item[] {
  return items.map((value, at) => ({ value, span: spans?.[at] ?? span }));
}
