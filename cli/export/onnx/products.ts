/** The rule for `contract`: a matrix product where it is one, a product of elements where nothing is summed, else an Einstein sum. */
import { numbersOf } from "../../../compiler/graph/attributes.ts";
import type { OpName } from "../../../compiler/ops/index.ts";
import type { Emitter } from "./emitter.ts";
import { transpose, unsqueeze, whole } from "./operand.ts";
import type { Rule } from "./rule.ts";

type Labels = readonly number[];

interface Side {
  readonly name: string;
  readonly labels: Labels;
}

export const contract: Rule = ({ emitter, inputs, node, type }) => {
  const [left, right] = ["left", "right"].map((side, at): Side => ({
    name: whole(emitter, inputs[at]),
    labels: numbersOf(node.attributes, side),
  }));
  const output = numbersOf(node.attributes, "output");
  const summed = left.labels.filter((label) => !output.includes(label));
  const name =
    summed.length === 0
      ? outer(emitter, left, right, output)
      : (matrixProduct(emitter, left, right, output) ?? einsum(emitter, left, right, output));
  return { name, type };
};

/** Each in the order of the output, with axes of size 1 for what it lacks. */
function outer(emitter: Emitter, left: Side, right: Side, output: Labels): string {
  const [a, b] = [left, right].map((side) => {
    const own = output.filter((label) => side.labels.includes(label));
    const first = output.findIndex((label) => own.includes(label));
    const lacking = output.flatMap((label, axis) => (axis > first && !own.includes(label) ? [axis - first] : []));
    return unsqueeze(emitter, ordered(emitter, side, own), first < 0 ? [] : lacking);
  });
  return emitter.op("Mul", [a, b]);
}

/**
 * What `MatMul` can do: axes in front that both have, one that is summed, and at most one more of the right side; undefined for others. A vector becomes
 * a matrix: of one beside a transposed matrix ONNX Runtime (1.30) takes the wrong elements, since it joins the two.
 */
function matrixProduct(emitter: Emitter, left: Side, right: Side, output: Labels): string | undefined {
  const both = left.labels.filter((label) => right.labels.includes(label));
  const batch = both.filter((label) => output.includes(label));
  const summed = both.filter((label) => !output.includes(label));
  const [rows, columns] = [left, right].map(({ labels }) => labels.filter((label) => !both.includes(label)));
  if (summed.length !== 1 || columns.length > 1) return undefined;
  if (batch.length > 0 && (rows.length !== 1 || columns.length !== 1)) return undefined;
  const a = ordered(emitter, left, [...batch, ...rows, ...summed]);
  const b = ordered(emitter, right, [...batch, ...summed, ...columns]);
  const row = rows.length === 0 ? [0] : [];
  const column = columns.length === 0 ? [1] : [];
  const matrix = emitter.op("MatMul", [unsqueeze(emitter, a, row), unsqueeze(emitter, b, column)]);
  // Both are counted from the end, as the left side may have any number of rows.
  const added = [...row.map(() => -2), ...column.map(() => -1)];
  const name = added.length === 0 ? matrix : emitter.op("Squeeze", [matrix, emitter.ints(...added)]);
  return ordered(emitter, { name, labels: [...batch, ...rows, ...columns] }, output);
}

function ordered(emitter: Emitter, { name, labels }: Side, wanted: Labels): string {
  return transpose(
    emitter,
    name,
    wanted.map((label) => labels.indexOf(label)),
  );
}

function einsum(emitter: Emitter, left: Side, right: Side, output: Labels): string {
  const all = [...new Set([...left.labels, ...right.labels])];
  const letters = (labels: Labels): string =>
    labels.map((label) => String.fromCharCode(97 + all.indexOf(label))).join("");
  const equation = `${letters(left.labels)},${letters(right.labels)}->${letters(output)}`;
  return emitter.op("Einsum", [left.name, right.name], { equation });
}

export const productRules = { contract } satisfies Partial<Record<OpName, Rule>>;
