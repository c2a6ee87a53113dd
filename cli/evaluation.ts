/** A trained network measured on a set of rows, as its `train` measures. */
import type { Compiled } from "../compiler/compile.ts";
import type { Evaluation, Network } from "../runtime/load/index.ts";
import { evaluationSize, feedOf } from "../runtime/train/data.ts";
import type { Dataset } from "../runtime/train/index.ts";
import { requireTrain } from "../runtime/train/prepare.ts";

/** `name`: what messages call the set. Throws NN0740 where there is no train. */
export async function evaluationOf(
  { artifact }: Compiled,
  network: Network,
  { name, rows }: { readonly name: string; readonly rows: Dataset },
): Promise<Evaluation> {
  const { manifest } = artifact;
  const train = requireTrain(manifest, "nnc eval");
  const feed = feedOf(train, rows, evaluationSize(train, manifest.dims), name);
  return network.evaluate(feed.epoch(), { trusted: true });
}
