/** What memory holds before anybody wrote to it: nothing that a program could mistake for a zero or a valid index. */
import type { Elements } from "../../compiler/loops/interpret.ts";

/** A NaN as f32, far outside every index as i32. */
export const garbage = 0x7fc0dead;

export function spoil(elements: Elements): void {
  elements.fill(elements instanceof Int32Array ? garbage : Number.NaN);
}
