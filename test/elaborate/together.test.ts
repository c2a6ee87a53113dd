/** Which models look at the rows beside each: those whose answers change with what else is asked at the same time. */
import { expect, test } from "vitest";
import { elaborated } from "./helpers.ts";

function together(text: string): readonly string[] {
  const { elaboration, diagnostics } = elaborated(text);
  if (elaboration === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return elaboration.host.models.filter((model) => model.together === true).map(({ name }) => name);
}

test.each([
  ["takes the mean of the batch", "model M(x: [N, 2]) -> [N, 2] = x - mean(x, over: N)"],
  ["sums the batch to one answer", "model M(x: [N, 2]) -> [2] = sum(x, over: N)"],
  ["multiplies rows with each other", "model M(x: [N, 2]) -> [N, N] = x @ x.T"],
  ["divides by the largest of the batch", "model M(x: [N, 2]) -> [N, 2] = x / max(x, over: N)"],
  ["looks at the first row", "model M(x: [N, 2]) -> [N, 2] = x - x[0]"],
  ["turns the rows round", "model M(x: [N, 2]) -> [N, 2] = reverse(x, axis: 0)"],
  ["looks rows up by their numbers", "model M(x: [N, 2], i: i32[N]) -> [N, 2] = take(x, i)"],
  ["counts the rows", "model M(x: [N, 2]) -> [N, 2] = x / N"],
  [
    "scans along the rows",
    "model M(x: [N, 2]) -> [N, 2] {\n  let (ys, _) = scan v in x along N with s = zeros([2]) {\n    let t = s + v\n    next s = t\n    emit t\n  }\n  return ys\n}",
  ],
])("one that %s does", (_, text) => {
  expect(together(text)).toEqual(["M"]);
});

test.each([
  ["multiplies each row with weights", "model M(x: [N, 2]) -> [N, 3] = x |> dense(4) |> relu |> dense(3)"],
  ["normalises each row", "model M(x: [N, 4]) -> [N, 4] = x |> layer_norm |> softmax"],
  ["normalises by what training kept of the batches", "model M(x: [N, 4]) -> [N, 4] = x |> batch_norm"],
  [
    "convolves and pools pictures",
    "model M(x: [N, 8, 8, 1]) -> [N, 3] = x |> conv2d(2, 3) |> max_pool2d(2) |> flatten |> dense(3)",
  ],
  [
    "puts the rows into one axis with another",
    "model M(x: [N, 4, 3]) -> [N, 4, 2] = x |> reshape([4 * N, 3]) |> dense(2) |> reshape([N, 4, 2])",
  ],
  ["looks words up in a table", "model M(x: i32[N, 5]) -> [N, 5, 2] = embedding(x, 7, 2)"],
  ["attends within each row", "model M(x: [N, 5, 4]) -> [N, 5, 4] = x |> self_attention(2)"],
  ["scans along each row", "model M(x: [N, 5, 4]) -> [N, 5, 3] = x |> gru(3)"],
  ["draws for each row", "model M(x: [N, 4]) -> [N, 4] = x + random_uniform([N, 4])"],
  ["joins rows with themselves", "model M(x: [N, 4]) -> [N, 9] = concat([x, x[:, 1:], x[:, :2]], axis: 1)"],
])("one that %s does not", (_, text) => {
  expect(together(text)).toEqual([]);
});
