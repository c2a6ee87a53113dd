/**
 * `einsum(text, a, b, …)`: products summed over letters, by pairs from the left. `...` stands for the axes that no letter names, which broadcast;
 * a letter twice in a word is the diagonal.
 */
import { label } from "../../diagnostics/diagnostic.ts";
import { counted } from "../../diagnostics/lists.ts";
import { einsumText, wrongElements } from "../../diagnostics/codes/shapes.ts";
import { equal, isConstant, type Dimension } from "../../dimension/dimension.ts";
import type { Value } from "../../graph/types.ts";
import { countUp, fill, reshape, select, transpose } from "../../ops/emit.ts";
import { toTensor } from "../tensors.ts";
import { describeType, describeValue, type AxisLabel, type Evaluated, type Tensor } from "../values.ts";
import type { BuiltinCall, Rules } from "./call.ts";

/** A tensor with a letter for each axis; those of `...` are numbered from the right, as broadcasting aligns them. */
interface Lettered {
  readonly value: Value;
  readonly letters: readonly string[];
}

interface Parsed {
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
}

const rest = "...";

function parse(text: string, count: number): Parsed | string {
  const [left, right, ...more] = text.replaceAll(/\s/g, "").split("->");
  if (right === undefined || more.length > 0) return "expected one `->`, found none or several";
  const inputs = left.split(",").map(lettersOf);
  const output = lettersOf(right);
  if (inputs.length !== count) return `expected ${counted(inputs.length, "tensor")}, found ${count}`;
  const odd = [...inputs.flat(), ...output].find((letter) => letter !== rest && !/^\p{L}$/u.test(letter));
  if (odd !== undefined) return `expected letters, found \`${odd}\``;
  const twice = inputs.find((word) => word.indexOf(rest) !== word.lastIndexOf(rest));
  if (twice !== undefined) return `expected \`...\` once in a word, found \`${twice.join("")}\``;
  const repeated = repeatedIn(output);
  if (repeated !== undefined) return `expected each letter once in the result, found \`${repeated}\` twice`;
  const named = new Set(inputs.flat());
  if (named.has(rest) && !output.includes(rest)) return "expected `...` in the result, since a tensor has it";
  const missing = output.find((letter) => !named.has(letter));
  return missing === undefined ? { inputs, output } : `no tensor has the letter \`${missing}\` of the result`;
}

function lettersOf(word: string): readonly string[] {
  return word.match(/\.\.\.|./gu) ?? [];
}

function repeatedIn(word: readonly string[]): string | undefined {
  return word.find((letter, at) => word.indexOf(letter) !== at);
}

function einsum(call: BuiltinCall): Evaluated {
  const { value: text, span } = call.operand("text");
  if (text.kind !== "string") return call.fail('a string such as "ij,jk->ik"', describeValue(text), span);
  const operands = call.further.map((given) => call.evaluate(given));
  const tensors = operands.map((operand) => toTensor(operand, call.frame));
  const parsed = parse(text.value, tensors.length);
  if (typeof parsed === "string")
    return call.frame.fail(einsumText, { text: text.value, problem: parsed }, span, "this text");
  const spans = operands.map((operand) => operand.span);
  const expanded = expand(parsed, tensors, text.value, spans, call);
  const sizes = checkSizes(expanded, tensors, text.value, spans, call);
  return call.frame.at(call.span, () => {
    const sides = tensors.map((tensor, at) => sideOf(tensor, expanded.inputs[at], sizes, call));
    const result = contractAll(sides, expanded.output, call);
    const labels = result.letters.map((letter) => sizes.get(letter)?.name);
    return call.entry.tensor(result.value, labels);
  });
}

/** With letters for the axes of each `...`. */
function expand(
  { inputs, output }: Parsed,
  tensors: readonly Tensor[],
  text: string,
  spans: readonly TextSpan[],
  call: BuiltinCall,
): Parsed {
  const widths = inputs.map((word, at) => {
    const { shape } = tensors[at].type;
    const isOpen = word.includes(rest);
    const named = word.length - (isOpen ? 1 : 0);
    if (isOpen ? shape.length >= named : shape.length === named) return shape.length - named;
    const problem = `\`${word.join("")}\` names ${isOpen ? "at least " : ""}${named} axes, the tensor has ${shape.length}`;
    return call.frame.fail(einsumText, { text, problem }, spans[at], `this is ${describeType(tensors[at].type)}`);
  });
  const spread = (word: readonly string[], width: number): readonly string[] =>
    word.flatMap((letter) => (letter === rest ? countUp(width).map((axis) => `..${width - 1 - axis}`) : [letter]));
  return {
    inputs: inputs.map((word, at) => spread(word, widths[at])),
    output: spread(output, Math.max(0, ...widths)),
  };
}

interface Size {
  readonly size: Dimension;
  readonly name: AxisLabel;
  /** The tensor that told it first. */
  readonly at: number;
}

function checkSizes(
  { inputs }: Parsed,
  tensors: readonly Tensor[],
  text: string,
  spans: readonly TextSpan[],
  call: BuiltinCall,
): ReadonlyMap<string, Size> {
  const sizes = new Map<string, Size>();
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
    for (const [axis, letter] of inputs[at].entries()) {
      const known = sizes.get(letter);
      const joined = joinedSize(known, { size: shape[axis], name: tensor.labels[axis], at }, isOfRest(letter));
      if (joined !== undefined) sizes.set(letter, joined);
      else if (known !== undefined) {
        const named = isOfRest(letter) ? "an axis of `...`" : `\`${letter}\``;
        call.frame.fail(
          einsumText,
          { text, problem: `${named} is ${known.size.key} and ${shape[axis].key}` },
          spans[at],
          `this is ${describeType(tensor.type)}`,
          [label(spans[known.at], `this is ${describeType(tensors[known.at].type)}`)],
        );
      }
    }
  }
  return sizes;
}

function isOfRest(letter: string): boolean {
  return letter.startsWith("..");
}

/** One size for both; where they broadcast, that of the one that is not 1, with its label. Undefined where they differ. */
function joinedSize(known: Size | undefined, found: Size, broadcasts: boolean): Size | undefined {
  if (known === undefined) return found;
  if (equal(known.size, found.size)) return known.name === found.name ? known : { ...known, name: undefined };
  if (broadcasts && isConstant(found.size, 1)) return known;
  return broadcasts && isConstant(known.size, 1) ? found : undefined;
}

/** A tensor without the axes of size 1 that others repeat, and with the diagonal in the place of axes of one letter. */
function sideOf(
  { value, type: { shape } }: Tensor,
  letters: readonly string[],
  sizes: ReadonlyMap<string, Size>,
  call: BuiltinCall,
): Lettered {
  const { builder } = call;
  const kept = countUp(shape.length).filter((axis) => {
    const size = sizes.get(letters[axis])?.size;
    return size === undefined || equal(size, shape[axis]);
  });
  const squeezed = reshape(
    builder,
    value,
    kept.map((axis) => shape[axis]),
  );
  return diagonal({ value: squeezed, letters: kept.map((axis) => letters[axis]) }, call);
}

/** Of axes with one letter, the first is left, along the places where all are equal. */
function diagonal({ value, letters }: Lettered, { builder }: BuiltinCall): Lettered {
  const { shape } = builder.typeOf(value);
  const doubled = letters.flatMap((letter, axis) => (letters.indexOf(letter) === axis ? [] : [axis]));
  if (doubled.length === 0) return { value, letters };
  const place = (axis: number): Value => builder.one("iota", [], { shape, axis });
  const masks = doubled.map((axis) => builder.one("equal", [place(letters.indexOf(letters[axis])), place(axis)]));
  const mask = masks.reduce((left, right) => builder.one("and", [left, right]));
  const onDiagonal = select(builder, mask, value, fill(builder, shape, 0));
  return {
    value: builder.one("sum", [onDiagonal], { axes: doubled }),
    letters: letters.filter((_, axis) => !doubled.includes(axis)),
  };
}

type TextSpan = BuiltinCall["span"];

function contractAll([first, ...others]: readonly Lettered[], output: readonly string[], call: BuiltinCall): Lettered {
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

export const einsumRules = {
  einsum,
} satisfies Rules;
