/**
 * Carries in place. A carry lies in two slots that take turns, since what makes its next value may read the old one anywhere. Where
 * order.ts finds that each element is read for the last time by the very point that overwrites it, one slot serves all steps:
 *
 *     h_next[i] = h[i] + f(z[i])   ⟶   h[i] = h[i] + f(z[i])
 */
import { constant } from "../dimension/dimension.ts";
import type { Slot, Tensor } from "../lower/lowered.ts";

/** Of the tensors written in place, next carries with what they overwrite; the others are updates of variables. */
export function carriesOf(
  inPlace: ReadonlyMap<string, string>,
  tensors: ReadonlyMap<string, Tensor>,
): ReadonlyMap<string, string> {
  return new Map([...inPlace].filter(([, old]) => tensors.get(old)?.role === "value"));
}

/** The tensors with one slot for all steps in the stacks of these carries. */
export function inOneSlot(
  tensors: ReadonlyMap<string, Tensor>,
  carries: ReadonlyMap<string, string>,
): ReadonlyMap<string, Tensor> {
  const stacks = new Set([...carries.values()].flatMap((old) => tensors.get(old)?.slot?.of ?? []));
  return new Map(
    [...tensors].map(([name, tensor]) => [name, stacks.has(name) ? ofOne(tensor) : onlySlot(tensor, stacks)]),
  );
}

function ofOne(stack: Tensor): Tensor {
  const { type, declared } = stack;
  return {
    ...stack,
    // Loops do not see an axis of one slot.
    type: { ...type, shape: type.shape.slice(1) },
    declared: { ...declared, shape: [constant(1), ...declared.shape.slice(1)] },
  };
}

function onlySlot(tensor: Tensor, stacks: ReadonlySet<string>): Tensor {
  const { slot } = tensor;
  if (slot === undefined || !stacks.has(slot.of)) return tensor;
  const only: Slot = { of: slot.of, times: 1, plus: constant(0), stride: slot.stride };
  return { ...tensor, slot: only };
}
