/**
 * NN0923: what tensors hold, wherever they come from. Apart from what else can be wrong with a saved file, since a page that reads none has tensors, too.
 */
import { define } from "../diagnostic.ts";
import { listOf } from "../lists.ts";

export const notFinite = define<{
  readonly file: string;
  readonly tensor: string;
  readonly found: string;
  readonly index: number;
  readonly count: number;
  readonly others: readonly string[];
}>({
  code: "NN0923",
  severity: "warning",
  message: ({ file, tensor, found, index, count, others }) =>
    `${file}: expected finite numbers, found ${found} at element ${index} of tensor ${tensor}` +
    `${count > 1 ? ` and ${count - 1} more that are not finite` : ""}${others.length > 0 ? `; and some in ${listOf(others)}` : ""}`,
  explanation:
    "The network was saved after it diverged; what it computes from here is not finite either. Use an earlier checkpoint, or train with a lower rate.",
});
