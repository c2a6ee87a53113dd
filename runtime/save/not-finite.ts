/** A warning about tensors that no training makes anything of, whether they come from a file or were set. */
import { notFinite } from "../../compiler/diagnostics/codes/tensors.ts";
import { diagnose } from "../../compiler/diagnostics/diagnostic.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { quoted } from "./fail.ts";
import type { SavedTensor } from "./saved.ts";

/** A warning (NN0923) where tensors hold NaN or an infinity, with the first place; none where all are finite. */
export function warnNotFinite(file: string, tensors: ReadonlyMap<string, SavedTensor>): readonly Diagnostic[] {
  const found = [...tensors].flatMap(([name, tensor]) => {
    if (tensor.dtype !== "f32") return [];
    let first = -1;
    let count = 0;
    for (let index = 0; index < tensor.data.length; index++) {
      if (Number.isFinite(tensor.data[index])) continue;
      if (first < 0) first = index;
      count++;
    }
    return count === 0 ? [] : [{ tensor: quoted(name), found: String(tensor.data[first]), index: first, count }];
  });
  const [first, ...others] = found;
  if (first === undefined) return [];
  return [diagnose(notFinite, { file, ...first, others: others.map(({ tensor }) => tensor) }, [])];
}
