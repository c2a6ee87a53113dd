/** A built-in's call with its arguments at their parameters, each evaluated when its rule asks for it. */
import type { Span } from "../../diagnostics/diagnostic.ts";
import { notCompileTime, wrongElements, wrongKind } from "../../diagnostics/codes/shapes.ts";
import { constantValue, type Dimension } from "../../dimension/dimension.ts";
import type { ElementType } from "../../loops/types.ts";
import type { BuiltinName } from "../../semantics/builtins.ts";
import type { Expression } from "../../syntax/ast.ts";
import type { Mode, ShapeValue } from "../evaluator.ts";
import type { Frame } from "../frame.ts";
import { toTensor, type Operand } from "../tensors.ts";
import { asDimension, describeType, describeValue, type Evaluated, type Tensor } from "../values.ts";

/** What stands at a parameter: a value that was piped in, or an expression of the caller. */
export type Given =
  | { readonly kind: "value"; readonly value: Evaluated; readonly span: Span }
  | { readonly kind: "expression"; readonly expression: Expression };

export function spanOf(given: Given): Span {
  return given.kind === "value" ? given.span : given.expression.span;
}

export type Rule = (call: BuiltinCall) => Evaluated;

/** The rules of some built-ins. */
export type Rules = Partial<Readonly<Record<BuiltinName, Rule>>>;

export class BuiltinCall {
  readonly name: string;
  readonly frame: Frame;
  readonly span: Span;
  readonly mode: Mode;
  /** Positional arguments beyond the parameters. */
  readonly further: readonly Given[];
  readonly #given: ReadonlyMap<string, Given>;

  constructor(
    name: string,
    given: ReadonlyMap<string, Given>,
    further: readonly Given[],
    frame: Frame,
    span: Span,
    mode: Mode,
  ) {
    this.name = name;
    this.frame = frame;
    this.span = span;
    this.mode = mode;
    this.further = further;
    this.#given = given;
  }

  get entry() {
    return this.frame.entry;
  }

  get builder() {
    return this.frame.entry.builder;
  }

  has(parameter: string): boolean {
    return this.#given.has(parameter);
  }

  /** The expression at a parameter, where one was written. */
  expression(parameter: string): Expression | undefined {
    const given = this.#given.get(parameter);
    return given?.kind === "expression" ? given.expression : undefined;
  }

  spanOf(parameter: string): Span {
    const given = this.#given.get(parameter);
    return given === undefined ? this.span : spanOf(given);
  }

  operand(parameter: string, mode: Mode = {}): Operand {
    const given = this.#given.get(parameter);
    if (given === undefined) return this.fail("an argument", "none", this.span);
    return this.evaluate(given, mode);
  }

  evaluate(given: Given, mode: Mode = {}): Operand {
    if (given.kind === "value") return { value: given.value, span: given.span };
    const { expression } = given;
    return { value: this.frame.session.evaluator.evaluate(expression, this.frame, mode), span: expression.span };
  }

  tensor(parameter: string, dtype: ElementType = "f32"): Tensor {
    return toTensor(this.operand(parameter), this.frame, dtype);
  }

  /** A list of whole numbers that are known, or one of them. */
  integers(parameter: string): readonly number[] {
    const { value, span } = this.operand(parameter, { whole: true });
    const items = value.kind === "list" ? value.items : [value];
    return items.map((item) => this.integer(item, span, parameter));
  }

  integer(value: Evaluated, span: Span, parameter: string): number {
    const dimension = asDimension(value);
    const known = dimension === undefined ? undefined : constantValue(dimension);
    if (known !== undefined) return known;
    if (dimension !== undefined)
      return this.frame.fail(
        notCompileTime,
        { what: `\`${parameter}\` of \`${this.name}\``, found: describeValue(value) },
        span,
        "this",
      );
    return this.fail("a whole number", describeValue(value), span);
  }

  dimension(parameter: string): Dimension {
    const { value, span } = this.operand(parameter, { whole: true });
    return asDimension(value) ?? this.fail("a whole number", describeValue(value), span);
  }

  shape(parameter: string): ShapeValue {
    const expression = this.expression(parameter);
    if (expression !== undefined) return this.frame.session.evaluator.shape(expression, this.frame);
    return this.fail("a shape", "a piped value", this.span);
  }

  flag(parameter: string): boolean {
    if (!this.has(parameter)) return false;
    const { value, span } = this.operand(parameter);
    return value.kind === "bool" ? value.value : this.fail("true or false", describeValue(value), span);
  }

  /** The elements of a parameter's tensor are not of the type that is expected. */
  failElements(parameter: string, expected: string, { type }: Tensor, help: string): never {
    const values = { operation: `\`${this.name}\``, expected, found: describeType(type) };
    return this.frame.fail(wrongElements, values, this.spanOf(parameter), "this", [], help);
  }

  fail(expected: string, found: string, span: Span, help?: string): never {
    const values = { expected: `${expected} for \`${this.name}\``, found };
    return this.frame.fail(wrongKind, values, span, "this", [], help);
  }
}
