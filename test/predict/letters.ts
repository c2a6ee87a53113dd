/** What the tests of texts share: a book of few letters, a block with carries of every type, a training, and what a predictor writes. */
import type { Artifact } from "../../compiler/program/artifact.ts";
import type { GenerateOptions, Predictor } from "../../runtime/load/index.ts";
import { prepare, train } from "../../runtime/train/index.ts";

export const book = "the cat sat on the mat, and the rat ran at the cat; ".repeat(4);

/** A block whose scan carries numbers, a count and a truth value. */
export const counting = `block counting(x: [N, T, C]) -> [N, T, C] {
  param s: [C] = uniform(-1, 1)
  let (a, _, _, _) = scan p in x along T with h = zeros([N, C]) + s, k = i32(0), odd = false {
    next h = tanh(p + h)
    next k = k + 1
    next odd = not odd
    emit where(odd, h, h / f32(k))
  }
  return a
}
`;

/** The saved parameters. */
export async function trained(artifact: Artifact): Promise<Uint8Array> {
  const run = train(artifact, prepare(artifact.manifest, { read: () => new TextEncoder().encode(book) }));
  for await (const { event } of run) if (event === "done") break;
  return run.save();
}

export async function written(it: Predictor, prompt: string, options: GenerateOptions): Promise<string> {
  let text = "";
  for await (const character of it.generate(prompt, options)) text += character;
  return text;
}
