/** `einsum(text, a, b, …)`: products summed over letters, by pairs from the left. */
import { label } from "../../diagnostics/diagnostic.ts";
import { einsumText, wrongElements } from "../../diagnostics/codes/shapes.ts";
import { unsupported } from "../../diagnostics/codes/unsupported.ts";
import { equal, type Dimension } from "../../dimension/dimension.ts";
import type { Value } from "../../graph/types.ts";
import { transpose } from "../../ops/emit.ts";
import { toTensor } from "../tensors.ts";
import { describeType, describeValue, type AxisLabel, type Evaluated, type Tensor } from "../values.ts";
import type { BuiltinCall, Rule } from "./call.ts";

/** A tensor with a letter for each axis. */
interface Lettered {
  readonly value: Value;
  readonly letters: readonly string[];
}

interface Parsed {
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
}

function parse(text: string, count: number): Parsed | string {
  const [left, right, ...more] = text.replaceAll(/\s/g, "").split("->");
  if (right === undefined || more.length > 0) return "expected one `->`, found none or several";
  const inputs = left.split(",").map((word) => word.split(""));
  const output = right.split("");
  if (inputs.length !== count) return `expected ${inputs.length} tensors, found ${count}`;
  const odd = [...inputs.flat(), ...output].find((letter) => !/[A-Za-z]/.test(letter));
  if (odd !== undefined) return `expected letters, found \`${odd}\``;
  const repeated = repeatedIn(output);
  if (repeated !== undefined) return `expected each letter once in the result, found \`${repeated}\` twice`;
  const missing = output.find((letter) => !inputs.some((word) => word.includes(letter)));
  return missing === undefined ? { inputs, output } : `no tensor has the letter \`${missing}\` of the result`;
}

function repeatedIn(word: readonly string[]): string | undefined {
  return word.find((letter, at) => word.indexOf(letter) !== at);
}

/** What the language has and `einsum` does not do yet. */
function unsupportedIn(text: string): string | undefined {
  if (text.includes("...")) return "`...` in `einsum`";
  const [left] = text.replaceAll(/\s/g, "").split("->");
  const twice = left.split(",").flatMap((word) => repeatedIn(word.split("")) ?? []);
  return twice.length === 0 ? undefined : `a letter twice in a word of \`einsum\`, as \`${twice[0]}\` here`;
}

function einsum(call: BuiltinCall): Evaluated {
  const { value: text, span } = call.operand("text");
  if (text.kind !== "string") return call.fail('a string such as "ij,jk->ik"', describeValue(text), span);
  const missing = unsupportedIn(text.value);
  if (missing !== undefined) return call.frame.fail(unsupported, { what: missing }, span, "this text");
  const operands = call.further.map((given) => call.evaluate(given));
  const tensors = operands.map((operand) => toTensor(operand, call.frame));
  const parsed = parse(text.value, tensors.length);
  if (typeof parsed === "string")
    return call.frame.fail(einsumText, { text: text.value, problem: parsed }, span, "this text");
  const sizes = checkSizes(
    parsed,
    tensors,
    text.value,
    operands.map((operand) => operand.span),
    call,
  );
  return call.frame.at(call.span, () => {
    const result = contractAll(parsed, tensors, call);
    const labels = result.letters.map((letter) => sizes.get(letter)?.name);
    return call.entry.tensor(result.value, labels);
  });
}

function checkSizes(
  { inputs }: Parsed,
  tensors: readonly Tensor[],
  text: string,
  spans: readonly TextSpan[],
  call: BuiltinCall,
) {
  const sizes = new Map<string, { readonly size: Dimension; readonly name: AxisLabel; readonly at: number }>();
  for (const [at, tensor] of tensors.entries()) {
    const { dtype, shape } = tensor.type;
    if (dtype !== "f32")
      call.frame.fail(
        wrongElements,
        { operation: "`einsum`", expected: "f32", found: describeType(tensor.type) },
        spans[at],
        "this",
        [],
        "convert with `f32(…)`",
      );
    if (shape.length !== inputs[at].length) {
      call.frame.fail(
        einsumText,
        { text, problem: `\`${inputs[at].join("")}\` names ${inputs[at].length} axes, the tensor has ${shape.length}` },
        spans[at],
        `this is ${describeType(tensor.type)}`,
      );
    }
    for (const [axis, letter] of inputs[at].entries()) {
      const known = sizes.get(letter);
      if (known === undefined) sizes.set(letter, { size: shape[axis], name: tensor.labels[axis], at });
      else if (!equal(known.size, shape[axis])) {
        call.frame.fail(
          einsumText,
          { text, problem: `\`${letter}\` is ${known.size.key} and ${shape[axis].key}` },
          spans[at],
          `this is ${describeType(tensor.type)}`,
          [label(spans[known.at], `this is ${describeType(tensors[known.at].type)}`)],
        );
      } else if (known.name !== tensor.labels[axis]) sizes.set(letter, { ...known, name: undefined });
    }
  }
  return sizes;
}

type TextSpan = BuiltinCall["span"];

function contractAll({ inputs, output }: Parsed, tensors: readonly Tensor[], call: BuiltinCall): Lettered {
  const [first, ...others] = tensors.map((tensor, at) => ({ value: tensor.value, letters: inputs[at] }));
  let left = drop(first, new Set([...others.flatMap(({ letters }) => letters), ...output]), call);
  for (const [index, next] of others.entries()) {
    const wanted = new Set([...others.slice(index + 1).flatMap(({ letters }) => letters), ...output]);
    const right = drop(next, new Set([...left.letters, ...wanted]), call);
    const isLast = index === others.length - 1;
    left = contract(left, right, isLast ? output : undefined, wanted, call);
  }
  const permutation = output.map((letter) => left.letters.indexOf(letter));
  return { value: transpose(call.builder, left.value, permutation), letters: output };
}

/** Sums over the letters that nothing else needs. */
function drop({ value, letters }: Lettered, wanted: ReadonlySet<string>, call: BuiltinCall): Lettered {
  const axes = letters.flatMap((letter, axis) => (wanted.has(letter) ? [] : [axis]));
  if (axes.length === 0) return { value, letters };
  return { value: call.builder.one("sum", [value], { axes }), letters: letters.filter((letter) => wanted.has(letter)) };
}

function contract(
  left: Lettered,
  right: Lettered,
  output: readonly string[] | undefined,
  wanted: ReadonlySet<string>,
  call: BuiltinCall,
): Lettered {
  const all = [...new Set([...left.letters, ...right.letters])];
  const kept = output ?? all.filter((letter) => wanted.has(letter));
  const number = (letters: readonly string[]): readonly number[] => letters.map((letter) => all.indexOf(letter));
  const attributes = { left: number(left.letters), right: number(right.letters), output: number(kept) };
  return { value: call.builder.one("contract", [left.value, right.value], attributes), letters: kept };
}

export const einsumRules: readonly (readonly [string, Rule])[] = [["einsum", einsum]];
