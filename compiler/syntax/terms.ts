/**
 * The tree of what stands in a body: expressions, types and signatures, statements. Plain readonly data in one `kind`-tagged union, with
 * the source span on every node. Chains that a user may write without end (`a + b + …`, `x |> f |> …`, `else if …`) are flat lists, so a
 * consumer that recurses over the tree recurses no deeper than `maximalDepth`; the parser refuses what nests deeper.
 */
import type { Span } from "../diagnostics/diagnostic.ts";

/** The deepest tree, in nodes from the module down to a leaf, that the parser hands out. */
export const maximalDepth = 600;

/** Whatever has a place in a source. */
export interface Placed {
  readonly span: Span;
}

/** An exact number: `1e-3` is 1/1000. The denominator is positive and the fraction is in lowest terms. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

// ---------------------------------------------------------------------------------------------------------------------
// Expressions
// ---------------------------------------------------------------------------------------------------------------------

/** An identifier, where it is used and where it is bound. `training`, `zeros`, `all` and `given` are names like any other, and so is `prelude.relu`. */
export interface Name extends Placed {
  readonly kind: "name";
  readonly text: string;
}

/** A literal number. `text` is as written, `20%` included, whose value is 1/5. A sign is a `Unary` around it. */
export interface NumberLiteral extends Placed {
  readonly kind: "number";
  readonly text: string;
  readonly value: Rational;
}

/** A literal string, its escapes resolved. */
export interface StringLiteral extends Placed {
  readonly kind: "string";
  readonly value: string;
}

export interface BooleanLiteral extends Placed {
  readonly kind: "boolean";
  readonly value: boolean;
}

/** `[a, b]`, also a value shape such as `[.., units, pieces]`, where an item may be a `Rest`. */
export interface ListExpression extends Placed {
  readonly kind: "list";
  readonly items: readonly Expression[];
}

/** `(a, b)`: at least two items. Parentheses around one expression leave no node, they only widen its span. */
export interface TupleExpression extends Placed {
  readonly kind: "tuple";
  readonly items: readonly Expression[];
}

/** `..`: the dimensions that the signature's `..` matched. Only in shapes, lists, slices and as an argument (`over: ..`). */
export interface Rest extends Placed {
  readonly kind: "rest";
}

/** `_` as a dimension of a result shape: inferred. */
export interface Inferred extends Placed {
  readonly kind: "inferred";
}

export type ChainOperator = "or" | "and" | "+" | "-" | "*" | "/" | "%" | "@";

/**
 * Operators of one precedence level, evaluated from the left: `a - b + c` is `first` a, `rest` [- b, + c].
 * One level is `or`, `and`, `+ -` or `* / % @`; an operand of another level is a node of its own.
 */
export interface Chain extends Placed {
  readonly kind: "chain";
  readonly first: Expression;
  /** At least one. */
  readonly rest: readonly ChainLink[];
}

/** An operator with what stands to its right. Its span is the operator's. */
export interface ChainLink extends Placed {
  readonly kind: "chainLink";
  readonly operator: ChainOperator;
  readonly operand: Expression;
}

export type BinaryOperator = "==" | "!=" | "<" | "<=" | ">" | ">=" | "**";

/** The operators that do not chain: comparisons, and `**`, which binds to the right. */
export interface Binary extends Placed {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export interface Unary extends Placed {
  readonly kind: "unary";
  readonly operator: "-" | "not";
  readonly operand: Expression;
}

/** `x |> f |> g(a)`: the stages in the order written, at least two. The first is a value, or a layer in a composition. */
export interface Pipe extends Placed {
  readonly kind: "pipe";
  readonly stages: readonly Expression[];
}

/** `callee(…)`. `where`, `einsum`, `grad`, `reshape`, `csv` and all the others are plain calls. */
export interface Call extends Placed {
  readonly kind: "call";
  readonly callee: Expression;
  readonly arguments: readonly Argument[];
}

/** A positional argument, or one given by name: `units: 3`. */
export interface Argument extends Placed {
  readonly kind: "argument";
  readonly label?: Name;
  readonly value: Expression;
}

/** `expression as "name"`: fixes the name that a call has in the paths of its parameters. */
export interface Named extends Placed {
  readonly kind: "named";
  readonly expression: Expression;
  readonly name: StringLiteral;
}

/** `repeat(count, body)`: evaluates `body` count times, one layer after the other. */
export interface Repeat extends Placed {
  readonly kind: "repeat";
  readonly count: Expression;
  readonly body: Expression;
}

/** `target[0:5, :, newaxis]`: a slice of a tensor, an item of a list (`kernel[0]`). */
export interface Index extends Placed {
  readonly kind: "index";
  readonly target: Expression;
  readonly items: readonly IndexItem[];
}

/** One place of an `Index`: one element, a range, a new axis of size one, or `..` for the axes that nothing else names. */
export type IndexItem = Element | Range | NewAxis | Rest;

export interface Element extends Placed {
  readonly kind: "element";
  readonly value: Expression;
}

/** `from : to : step`, each of which may be left out. */
export interface Range extends Placed {
  readonly kind: "range";
  readonly from?: Expression;
  readonly to?: Expression;
  readonly step?: Expression;
}

export interface NewAxis extends Placed {
  readonly kind: "newAxis";
}

/** `target.T`: the last two dimensions exchanged. */
export interface Transpose extends Placed {
  readonly kind: "transpose";
  readonly target: Expression;
}

/** `Digits.head`, `Lm.repeat.0`: a path into a model. The member may be spelt like a reserved word or be a number. */
export interface Member extends Placed {
  readonly kind: "member";
  readonly target: Expression;
  readonly member: Name;
}

/**
 * `scan x_t in x along T with h = zeros([N, U]) { … }`. Its results are what the body emits, in order, then the carries.
 * `scan t in range(n) with …` has one input and no `along`.
 */
export interface Scan extends Placed {
  readonly kind: "scan";
  readonly inputs: readonly ScanInput[];
  readonly along?: Along;
  readonly reversed: boolean;
  readonly carries: readonly Carry[];
  readonly checkpoint?: Expression;
  readonly body: Body;
}

/** `name in source`. */
export interface ScanInput extends Placed {
  readonly kind: "scanInput";
  readonly name: Name;
  readonly source: Expression;
}

/** `along T` has `dimension`, `along axis 1` has `axis`; exactly one of the two is there. */
export interface Along extends Placed {
  readonly kind: "along";
  readonly dimension?: Name;
  readonly axis?: Expression;
}

/** `name = start`. */
export interface Carry extends Placed {
  readonly kind: "carry";
  readonly name: Name;
  readonly start: Expression;
}

export type Expression =
  | Name
  | NumberLiteral
  | StringLiteral
  | BooleanLiteral
  | ListExpression
  | TupleExpression
  | Rest
  | Chain
  | Binary
  | Unary
  | Pipe
  | Call
  | Named
  | Repeat
  | Index
  | Transpose
  | Member
  | Scan;

// ---------------------------------------------------------------------------------------------------------------------
// Types and signatures
// ---------------------------------------------------------------------------------------------------------------------

export type ElementType = "f32" | "i32" | "bool";

/** `i32[N, T]`, `[]`. The element type is `f32` where none is written. */
export interface TensorType extends Placed {
  readonly kind: "tensorType";
  readonly element: ElementType;
  readonly shape: readonly Dimension[];
}

/** One dimension of a signature's shape: `N`, `64`, `(H + 2 * pad - k) / stride + 1`, `..`, `_`. */
export type Dimension = Expression | Inferred;

export type SettingTypeName = "int" | "float" | "bool" | "string" | "layer" | "initializer" | "schedule";

export interface SettingType extends Placed {
  readonly kind: "settingType";
  readonly name: SettingTypeName;
}

/** `[int]`, `[[int]]`: a bracket that holds one setting type is a list, any other is a tensor's shape. */
export interface ListType extends Placed {
  readonly kind: "listType";
  readonly element: SettingType | ListType;
}

/** Several results: `([N, U], [N, U])`, at least two. */
export interface TupleType extends Placed {
  readonly kind: "tupleType";
  readonly members: readonly TensorType[];
}

/** `[] | [K]`: one result whose shape the settings decide, at least two members. */
export interface UnionType extends Placed {
  readonly kind: "unionType";
  readonly members: readonly TensorType[];
}

export type ResultType = TensorType | TupleType | UnionType;

/** `x: [N, C]`, `target: i32[..] | [.., K]`: a run-time input. */
export interface TensorInput extends Placed {
  readonly kind: "tensorInput";
  readonly name: Name;
  /** The members of the union, in order; one where there is no union. */
  readonly types: readonly TensorType[];
  readonly doc?: string;
}

/** `kernel: int | [int] = 3`: known at compile time. */
export interface Setting extends Placed {
  readonly kind: "setting";
  readonly name: Name;
  /** The members of the union, in order; one where there is no union. */
  readonly types: readonly (SettingType | ListType)[];
  readonly default?: Expression;
  readonly doc?: string;
}

/** `w`, `g`: a tensor of any shape, the parameter at hand or its gradient. Only in optimizers and regularizers. */
export interface BareInput extends Placed {
  readonly kind: "bareInput";
  readonly name: Name;
  readonly doc?: string;
}

export type Parameter = TensorInput | Setting | BareInput;

// ---------------------------------------------------------------------------------------------------------------------
// Statements
// ---------------------------------------------------------------------------------------------------------------------

/**
 * The statements of a declaration, a branch or a scan. `= expr` after a signature is one `Return` of that expression, with
 * `form` "expression", so that a consumer sees one form.
 */
export interface Body extends Placed {
  readonly kind: "body";
  readonly form: "expression" | "statements";
  readonly statements: readonly Statement[];
}

/** `let y = …` has one target and `destructured` false; `let (h, _) = …` takes several results apart. */
export interface Let extends Placed {
  readonly kind: "let";
  readonly targets: readonly (Name | Ignored)[];
  readonly destructured: boolean;
  readonly value: Expression;
}

/** `_` in a `let`: a result that nobody wants. */
export interface Ignored extends Placed {
  readonly kind: "ignored";
}

/** `param w: [C, units] = he_normal`: trained. */
export interface Param extends Placed {
  readonly kind: "param";
  readonly name: Name;
  readonly type: TensorType;
  readonly start: Expression;
  readonly doc?: string;
}

/** `state mean: [C] = zeros`: saved, not trained. In an optimizer the type is left out: the parameter's. */
export interface State extends Placed {
  readonly kind: "state";
  readonly name: Name;
  readonly type?: TensorType;
  readonly start: Expression;
  readonly doc?: string;
}

/** `mean <- 0.9 * mean`: the new value of a state, or of `w` in an optimizer. */
export interface Update extends Placed {
  readonly kind: "update";
  readonly target: Name;
  readonly value: Expression;
}

/** `if a { … } else if b { … } else { … }`: branches in order, at least one, then what holds where none does. */
export interface If extends Placed {
  readonly kind: "if";
  readonly branches: readonly Branch[];
  readonly otherwise?: Body;
}

export interface Branch extends Placed {
  readonly kind: "branch";
  readonly condition: Expression;
  readonly body: Body;
}

/** `require condition, "message"`: reported at the caller. */
export interface Require extends Placed {
  readonly kind: "require";
  readonly condition: Expression;
  readonly message: StringLiteral;
}

/** `return y`, `return (a, b)` (the value is a `TupleExpression`). */
export interface Return extends Placed {
  readonly kind: "return";
  readonly value: Expression;
}

/** `next h = …`, in a scan: the carry's new value; later uses of the name mean that. */
export interface Next extends Placed {
  readonly kind: "next";
  readonly name: Name;
  readonly value: Expression;
}

/** `emit h`, in a scan: stacked along the scanned axis. */
export interface Emit extends Placed {
  readonly kind: "emit";
  readonly value: Expression;
}

export type Statement = Let | Param | State | Update | If | Require | Return | Next | Emit;
