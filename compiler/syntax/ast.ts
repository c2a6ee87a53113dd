/**
 * The syntax tree of a `.nn` file: plain readonly data in one `kind`-tagged union, with the source span on every node.
 * Chains that a user may write without end (`a + b + …`, `x |> f |> …`, `else if …`) are flat lists, so a consumer that
 * recurses over the tree recurses no deeper than `maximalDepth`; the parser refuses what nests deeper.
 */
import type { Span } from "../diagnostics/diagnostic.ts";

/** The deepest tree, in nodes from the module down to a leaf, that the parser hands out. */
export const maximalDepth = 600;

/** An exact number: `1e-3` is 1/1000. The denominator is positive and the fraction is in lowest terms. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

// ---------------------------------------------------------------------------------------------------------------------
// Expressions
// ---------------------------------------------------------------------------------------------------------------------

/** An identifier, where it is used and where it is bound. `training`, `zeros`, `all` and `given` are names like any other. */
export interface Name {
  readonly kind: "name";
  readonly text: string;
  readonly span: Span;
}

/** A literal number. `text` is as written, `20%` included, whose value is 1/5. A sign is a `Unary` around it. */
export interface NumberLiteral {
  readonly kind: "number";
  readonly text: string;
  readonly value: Rational;
  readonly span: Span;
}

/** A literal string, its escapes resolved. */
export interface StringLiteral {
  readonly kind: "string";
  readonly value: string;
  readonly span: Span;
}

export interface BooleanLiteral {
  readonly kind: "boolean";
  readonly value: boolean;
  readonly span: Span;
}

/** `[a, b]`, also a value shape such as `[.., units, pieces]`, where an item may be a `Rest`. */
export interface ListExpression {
  readonly kind: "list";
  readonly items: readonly Expression[];
  readonly span: Span;
}

/** `(a, b)`: at least two items. Parentheses around one expression leave no node, they only widen its span. */
export interface TupleExpression {
  readonly kind: "tuple";
  readonly items: readonly Expression[];
  readonly span: Span;
}

/** `..`: the dimensions that the signature's `..` matched. Only in shapes, lists, slices and as an argument (`over: ..`). */
export interface Rest {
  readonly kind: "rest";
  readonly span: Span;
}

/** `_` as a dimension of a result shape: inferred. */
export interface Inferred {
  readonly kind: "inferred";
  readonly span: Span;
}

export type ChainOperator = "or" | "and" | "+" | "-" | "*" | "/" | "%" | "@";

/**
 * Operators of one precedence level, evaluated from the left: `a - b + c` is `first` a, `rest` [- b, + c].
 * One level is `or`, `and`, `+ -` or `* / % @`; an operand of another level is a node of its own.
 */
export interface Chain {
  readonly kind: "chain";
  readonly first: Expression;
  /** At least one. */
  readonly rest: readonly ChainLink[];
  readonly span: Span;
}

/** An operator with what stands to its right. Its span is the operator's. */
export interface ChainLink {
  readonly kind: "chainLink";
  readonly operator: ChainOperator;
  readonly operand: Expression;
  readonly span: Span;
}

export type BinaryOperator = "==" | "!=" | "<" | "<=" | ">" | ">=" | "**";

/** The operators that do not chain: comparisons, and `**`, which binds to the right. */
export interface Binary {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly span: Span;
}

export interface Unary {
  readonly kind: "unary";
  readonly operator: "-" | "not";
  readonly operand: Expression;
  readonly span: Span;
}

/** `x |> f |> g(a)`: the stages in the order written, at least two. The first is a value, or a layer in a composition. */
export interface Pipe {
  readonly kind: "pipe";
  readonly stages: readonly Expression[];
  readonly span: Span;
}

/** `callee(…)`. `where`, `einsum`, `grad`, `reshape`, `csv` and all the others are plain calls. */
export interface Call {
  readonly kind: "call";
  readonly callee: Expression;
  readonly arguments: readonly Argument[];
  readonly span: Span;
}

/** A positional argument, or one given by name: `units: 3`. */
export interface Argument {
  readonly kind: "argument";
  readonly label?: Name;
  readonly value: Expression;
  readonly span: Span;
}

/** `expression as "name"`: fixes the name that a call has in the paths of its parameters. */
export interface Named {
  readonly kind: "named";
  readonly expression: Expression;
  readonly name: StringLiteral;
  readonly span: Span;
}

/** `repeat(count, body)`: evaluates `body` count times, one layer after the other. */
export interface Repeat {
  readonly kind: "repeat";
  readonly count: Expression;
  readonly body: Expression;
  readonly span: Span;
}

/** `target[0:5, :, newaxis]`: a slice of a tensor, an item of a list (`kernel[0]`). */
export interface Index {
  readonly kind: "index";
  readonly target: Expression;
  readonly items: readonly IndexItem[];
  readonly span: Span;
}

/** One place of an `Index`: one element, a range, a new axis of size one, or `..` for the axes that nothing else names. */
export type IndexItem = Element | Range | NewAxis | Rest;

export interface Element {
  readonly kind: "element";
  readonly value: Expression;
  readonly span: Span;
}

/** `from : to`, either of which may be left out. */
export interface Range {
  readonly kind: "range";
  readonly from?: Expression;
  readonly to?: Expression;
  readonly span: Span;
}

export interface NewAxis {
  readonly kind: "newAxis";
  readonly span: Span;
}

/** `target.T`: the last two dimensions exchanged. */
export interface Transpose {
  readonly kind: "transpose";
  readonly target: Expression;
  readonly span: Span;
}

/** `Digits.head`, `Lm.repeat.0`: a path into a model. The member may be spelt like a reserved word or be a number. */
export interface Member {
  readonly kind: "member";
  readonly target: Expression;
  readonly member: Name;
  readonly span: Span;
}

/**
 * `scan x_t in x along T with h = zeros([N, U]) { … }`. Its results are what the body emits, in order, then the carries.
 * `scan t in range(n) with …` has one input and no `along`.
 */
export interface Scan {
  readonly kind: "scan";
  readonly inputs: readonly ScanInput[];
  readonly along?: Along;
  readonly reversed: boolean;
  readonly carries: readonly Carry[];
  readonly checkpoint?: Expression;
  readonly body: Body;
  readonly span: Span;
}

/** `name in source`. */
export interface ScanInput {
  readonly kind: "scanInput";
  readonly name: Name;
  readonly source: Expression;
  readonly span: Span;
}

/** `along T` has `dimension`, `along axis 1` has `axis`; exactly one of the two is there. */
export interface Along {
  readonly kind: "along";
  readonly dimension?: Name;
  readonly axis?: Expression;
  readonly span: Span;
}

/** `name = start`. */
export interface Carry {
  readonly kind: "carry";
  readonly name: Name;
  readonly start: Expression;
  readonly span: Span;
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
export interface TensorType {
  readonly kind: "tensorType";
  readonly element: ElementType;
  readonly shape: readonly Dimension[];
  readonly span: Span;
}

/** One dimension of a signature's shape: `N`, `64`, `(H + 2 * pad - k) / stride + 1`, `..`, `_`. */
export type Dimension = Expression | Inferred;

export type SettingTypeName = "int" | "float" | "bool" | "string" | "layer" | "initializer" | "schedule";

export interface SettingType {
  readonly kind: "settingType";
  readonly name: SettingTypeName;
  readonly span: Span;
}

/** `[int]`, `[[int]]`: a bracket that holds one setting type is a list, any other is a tensor's shape. */
export interface ListType {
  readonly kind: "listType";
  readonly element: SettingType | ListType;
  readonly span: Span;
}

/** Several results: `([N, U], [N, U])`, at least two. */
export interface TupleType {
  readonly kind: "tupleType";
  readonly members: readonly TensorType[];
  readonly span: Span;
}

/** `[] | [K]`: one result whose shape the settings decide, at least two members. */
export interface UnionType {
  readonly kind: "unionType";
  readonly members: readonly TensorType[];
  readonly span: Span;
}

export type ResultType = TensorType | TupleType | UnionType;

/** `x: [N, C]`, `target: i32[..] | [.., K]`: a run-time input. */
export interface TensorInput {
  readonly kind: "tensorInput";
  readonly name: Name;
  /** The members of the union, in order; one where there is no union. */
  readonly types: readonly TensorType[];
  readonly doc?: string;
  readonly span: Span;
}

/** `kernel: int | [int] = 3`: known at compile time. */
export interface Setting {
  readonly kind: "setting";
  readonly name: Name;
  /** The members of the union, in order; one where there is no union. */
  readonly types: readonly (SettingType | ListType)[];
  readonly default?: Expression;
  readonly doc?: string;
  readonly span: Span;
}

/** `w`, `g`: a tensor of any shape, the parameter at hand or its gradient. Only in optimizers and regularizers. */
export interface BareInput {
  readonly kind: "bareInput";
  readonly name: Name;
  readonly doc?: string;
  readonly span: Span;
}

export type Parameter = TensorInput | Setting | BareInput;

// ---------------------------------------------------------------------------------------------------------------------
// Statements
// ---------------------------------------------------------------------------------------------------------------------

/**
 * The statements of a declaration, a branch or a scan. `= expr` after a signature is one `Return` of that expression, with
 * `form` "expression", so that a consumer sees one form.
 */
export interface Body {
  readonly kind: "body";
  readonly form: "expression" | "statements";
  readonly statements: readonly Statement[];
  readonly span: Span;
}

/** `let y = …` has one target and `destructured` false; `let (h, _) = …` takes several results apart. */
export interface Let {
  readonly kind: "let";
  readonly targets: readonly (Name | Ignored)[];
  readonly destructured: boolean;
  readonly value: Expression;
  readonly span: Span;
}

/** `_` in a `let`: a result that nobody wants. */
export interface Ignored {
  readonly kind: "ignored";
  readonly span: Span;
}

/** `param w: [C, units] = he_normal`: trained. */
export interface Param {
  readonly kind: "param";
  readonly name: Name;
  readonly type: TensorType;
  readonly start: Expression;
  readonly doc?: string;
  readonly span: Span;
}

/** `state mean: [C] = zeros`: saved, not trained. In an optimizer the type is left out: the parameter's. */
export interface State {
  readonly kind: "state";
  readonly name: Name;
  readonly type?: TensorType;
  readonly start: Expression;
  readonly doc?: string;
  readonly span: Span;
}

/** `mean <- 0.9 * mean`: the new value of a state, or of `w` in an optimizer. */
export interface Update {
  readonly kind: "update";
  readonly target: Name;
  readonly value: Expression;
  readonly span: Span;
}

/** `if a { … } else if b { … } else { … }`: branches in order, at least one, then what holds where none does. */
export interface If {
  readonly kind: "if";
  readonly branches: readonly Branch[];
  readonly otherwise?: Body;
  readonly span: Span;
}

export interface Branch {
  readonly kind: "branch";
  readonly condition: Expression;
  readonly body: Body;
  readonly span: Span;
}

/** `require condition, "message"`: reported at the caller. */
export interface Require {
  readonly kind: "require";
  readonly condition: Expression;
  readonly message: StringLiteral;
  readonly span: Span;
}

/** `return y`, `return (a, b)` (the value is a `TupleExpression`). */
export interface Return {
  readonly kind: "return";
  readonly value: Expression;
  readonly span: Span;
}

/** `next h = …`, in a scan: the carry's new value; later uses of the name mean that. */
export interface Next {
  readonly kind: "next";
  readonly name: Name;
  readonly value: Expression;
  readonly span: Span;
}

/** `emit h`, in a scan: stacked along the scanned axis. */
export interface Emit {
  readonly kind: "emit";
  readonly value: Expression;
  readonly span: Span;
}

export type Statement = Let | Param | State | Update | If | Require | Return | Next | Emit;

// ---------------------------------------------------------------------------------------------------------------------
// Declarations
// ---------------------------------------------------------------------------------------------------------------------

/** `use "./blocks.nn"`. */
export interface Use {
  readonly kind: "use";
  readonly path: StringLiteral;
  readonly doc?: string;
  readonly span: Span;
}

/** `const hidden = 128`, `data wine = csv(…)`. */
export interface Definition {
  readonly kind: "const" | "data";
  readonly name: Name;
  readonly value: Expression;
  readonly doc?: string;
  readonly span: Span;
}

export type CallableKind =
  | "block"
  | "model"
  | "initializer"
  | "loss"
  | "metric"
  | "regularizer"
  | "optimizer"
  | "schedule";

/**
 * Everything that is declared with a signature and a body. `result` is there exactly for block, model, loss, metric and
 * regularizer. Bare inputs are only in optimizers and regularizers.
 */
export interface Callable {
  readonly kind: CallableKind;
  readonly name: Name;
  readonly parameters: readonly Parameter[];
  readonly result?: ResultType;
  readonly body: Body;
  readonly doc?: string;
  readonly span: Span;
}

/** `train Name as label(inputs) { … }`; entries, lets and steps are each in the order written. */
export interface Train {
  readonly kind: "train";
  readonly name: Name;
  readonly label?: Name;
  readonly inputs: readonly TensorInput[];
  readonly entries: readonly Entry[];
  readonly lets: readonly Let[];
  readonly steps: readonly Step[];
  readonly doc?: string;
  readonly span: Span;
}

/** `batch: 32`. A key may be spelt like a reserved word (`data`, `loss`). */
export interface Entry {
  readonly kind: "entry";
  readonly key: Name;
  readonly value: Expression;
  readonly span: Span;
}

/** `step critic { … }` in a train. */
export interface Step {
  readonly kind: "step";
  readonly name: Name;
  readonly entries: readonly Entry[];
  readonly lets: readonly Let[];
  readonly doc?: string;
  readonly span: Span;
}

export type Declaration = Use | Definition | Callable | Train;

/** A file. `doc` is a doc comment at the very start that a blank line parts from what follows. */
export interface Module {
  readonly kind: "module";
  readonly declarations: readonly Declaration[];
  readonly doc?: string;
  readonly span: Span;
}

export type Node =
  | Module
  | Declaration
  | Entry
  | Step
  | Statement
  | Body
  | Branch
  | Ignored
  | Parameter
  | TensorType
  | SettingType
  | ListType
  | TupleType
  | UnionType
  | Inferred
  | Expression
  | ChainLink
  | Argument
  | IndexItem
  | ScanInput
  | Along
  | Carry;
