/**
 * The names in bodies and signatures, checked without instantiating anything: unknown ones, ones used before they are bound,
 * ones bound twice, statements out of place.
 */
import { diagnose, label, type Diagnostic, type Label, type Span } from "../diagnostics/diagnostic.ts";
import {
  duplicateName,
  misplacedStatement,
  parameterType,
  unreachableStatement,
  unknownName,
  usedBeforeBound,
} from "../diagnostics/codes/names.ts";
import { noCarry } from "../diagnostics/codes/scans.ts";
import { unboundDimension } from "../diagnostics/codes/shapes.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import { children, isExpression } from "../syntax/children.ts";
import type {
  Argument,
  Body,
  Call,
  Callable,
  CallableKind,
  Declaration,
  Dimension,
  Expression,
  Let,
  Name,
  Node,
  Param,
  Scan,
  State,
  Statement,
} from "../syntax/ast.ts";
import { boundAfter } from "./branches.ts";
import { ambient, builtinNamed, builtins, nameInPrelude } from "./builtins.ts";
import { nameHelp } from "./habits.ts";
import { linearDimensions, unknownIn } from "./linear.ts";
import { misplacedMember } from "./members.ts";
import { candidatesFor, lookUp, lookUpValue, nameSpaces, visibleNames, type FileScope } from "./module.ts";
import { Scope } from "./scope.ts";
import { checkDefault, checkRest, textSettings } from "./signatures.ts";
import type { UnknownNames } from "./unknown-names.ts";

/** Names that have a meaning in one kind of declaration only. */
const ambientOf: Readonly<Record<string, readonly CallableKind[]>> = {
  shape: ["initializer"],
  fan_in: ["initializer"],
  fan_out: ["initializer"],
  lr: ["optimizer"],
  lr0: ["schedule"],
};

/** Arguments whose names are labels of axes, which only instantiation knows. */
const axisArguments: readonly string[] = ["over"];

interface Place {
  readonly kind: CallableKind | "train" | "const";
  readonly name: string;
  readonly declaration: Declaration;
}

export class BodyChecker {
  readonly #scope: FileScope;
  readonly #diagnostics: Diagnostic[];
  readonly #unknown: UnknownNames;
  readonly #place: Place;

  constructor(scope: FileScope, place: Place, unknown: UnknownNames) {
    this.#scope = scope;
    this.#place = place;
    this.#unknown = unknown;
    this.#diagnostics = unknown.diagnostics;
  }

  callable(declaration: Callable): void {
    const scope = new Scope(undefined, [declaration.body]);
    for (const parameter of declaration.parameters) this.bind(parameter.name.text, parameter.name.span, scope);
    const dimensions = this.#signatureDimensions(declaration, scope);
    for (const [name, span] of dimensions) scope.bind(name, span);
    for (const parameter of declaration.parameters) {
      if (parameter.kind !== "setting") continue;
      if (parameter.default !== undefined) this.expression(parameter.default, scope);
      checkDefault(parameter, this.#diagnostics);
    }
    this.#checkResult(declaration, scope);
    this.body(declaration.body, new Scope(scope, [declaration.body]));
  }

  /** The names that tensor inputs bind: those that stand alone as a dimension, or that one tells, and are no constant or setting. */
  #signatureDimensions(declaration: Callable, scope: Scope): ReadonlyMap<string, Span> {
    const dimensions = new Map<string, Span>();
    const types = declaration.parameters.flatMap((parameter) =>
      parameter.kind === "tensorInput" ? parameter.types : [],
    );
    for (const type of types) {
      checkRest(type, this.#diagnostics);
      for (const dimension of type.shape) {
        if (dimension.kind !== "name" || scope.find(dimension.text) !== undefined) continue;
        if (this.#isFixed(dimension.text) || dimensions.has(dimension.text)) continue;
        dimensions.set(dimension.text, dimension.span);
      }
    }
    const shown = types.flatMap(({ shape }) => shape);
    const isKnown = (name: string): boolean =>
      dimensions.has(name) || scope.find(name) !== undefined || this.#isFixed(name);
    for (const { name } of linearDimensions(shown, isKnown)) dimensions.set(name.text, name.span);
    for (const expression of shown)
      if (expression.kind !== "inferred") this.#checkTold(expression, isKnown, dimensions);
    const signature = new Scope(scope);
    for (const [name, span] of dimensions) signature.bind(name, span);
    for (const dimension of shown) this.#dimension(dimension, signature);
    return dimensions;
  }

  /** Reports what an expression leaves open, and binds it all the same, so that it is said once. */
  #checkTold(expression: Expression, isKnown: (name: string) => boolean, dimensions: Map<string, Span>): void {
    for (const { text, span } of unknownIn(expression, (name) => isKnown(name) || this.#isHidden(name))) {
      const help = `a dimension tells a name that stands in it alone (\`${text}\`), or in a sum or product with what is known (\`2 * ${text} + 1\`)`;
      this.#reportUnbound(text, span, didYouMean(text, [...dimensions.keys()]) ?? help);
      dimensions.set(text, span);
    }
  }

  #reportUnbound(name: string, span: Span, help: string | undefined): void {
    this.#unknown.failed.add(this.#place.declaration);
    this.#diagnostics.push(diagnose(unboundDimension, { name }, [label(span, "told by nothing")], help));
  }

  /** Whether the name may be that of something that could not be read: nothing is said of it. */
  #isHidden(name: string): boolean {
    const hidden = this.#scope.hidden?.mayHave(name) === true;
    if (hidden) this.#unknown.failed.add(this.#place.declaration);
    return hidden;
  }

  /** A constant, or what the prelude may have: no name that a signature binds. */
  #isFixed(name: string): boolean {
    return nameInPrelude(name) !== undefined || lookUp(this.#scope, "value", name)?.declaration.kind === "const";
  }

  #dimension(dimension: Dimension, scope: Scope): void {
    if (dimension.kind !== "inferred" && dimension.kind !== "rest") this.expression(dimension, scope);
  }

  #checkResult({ result }: Callable, scope: Scope): void {
    if (result === undefined) return;
    for (const type of result.kind === "tensorType" ? [result] : result.members) {
      checkRest(type, this.#diagnostics);
      for (const dimension of type.shape) {
        const isUnbound =
          dimension.kind === "name" && scope.find(dimension.text) === undefined && !this.#isFixed(dimension.text);
        if (isUnbound) {
          if (!this.#isHidden(dimension.text))
            this.#reportUnbound(dimension.text, dimension.span, didYouMean(dimension.text, scope.names()));
          scope.bind(dimension.text, dimension.span);
        } else this.#dimension(dimension, scope);
      }
    }
  }

  /** Binds a name of this body; a name of the body or of the file itself cannot be bound again. */
  bind(name: string, span: Span, scope: Scope): void {
    const inFile = nameSpaces
      .slice(0, 3)
      .map((space) => this.#scope.names.get(space)?.get(name))
      .find((found) => found !== undefined);
    const own = scope.find(name);
    const outer = own !== undefined || this.#scope.outer === undefined ? undefined : inFile?.declaration;
    const complain = (first: Span, help: string): Diagnostic =>
      diagnose(duplicateName, { name }, [label(span, "again here"), label(first, "first here")], help);
    if (own !== undefined)
      this.#diagnostics.push(complain(own, "a name is bound once: give the new value one of its own"));
    else if (outer !== undefined) {
      // A declaration with the name of many values is one mistake.
      const help = `\`${outer.kind} ${name}\` of the file is known in here, too: rename one of the two`;
      this.#unknown.tellOnce(`${name} twice`, label(span, "again here"), () => complain(outer.name.span, help));
    }
    scope.bind(name, span);
  }

  body({ statements }: Body, scope: Scope): void {
    for (const statement of statements) this.#statement(statement, scope);
    const end = statements.findIndex(({ kind }) => kind === "return");
    const after = end < 0 ? undefined : statements[end + 1];
    if (after === undefined) return;
    this.#diagnostics.push(
      diagnose(unreachableStatement, {}, [label(after.span, "this"), label(statements[end].span, "returned here")]),
    );
  }

  #statement(statement: Statement, scope: Scope): void {
    switch (statement.kind) {
      case "let":
        this.let(statement, scope);
        return;
      case "param":
      case "state":
        this.#checkPlace(statement.kind, statement.span);
        this.#checkElements(statement);
        for (const dimension of statement.type?.shape ?? []) this.#dimension(dimension, scope);
        this.expression(statement.start, scope);
        this.bind(statement.name.text, statement.name.span, scope);
        return;
      case "update":
        this.expression(statement.target, scope);
        this.expression(statement.value, scope);
        return;
      case "if":
        for (const { condition, body } of statement.branches) {
          this.expression(condition, scope);
          this.body(body, new Scope(scope, [body]));
        }
        if (statement.otherwise !== undefined) this.body(statement.otherwise, new Scope(scope, [statement.otherwise]));
        for (const { text, span } of boundAfter(statement)) scope.bind(text, span);
        return;
      case "require":
        this.expression(statement.condition, scope);
        return;
      case "return":
        if (scope.carries !== undefined) this.#misplaced("return", "the body of a scan", statement.span);
        else if (this.#place.kind === "optimizer") this.#checkPlace("return", statement.span);
        this.expression(statement.value, scope);
        return;
      case "next":
        this.#checkCarry(statement.name, scope);
        this.expression(statement.value, scope);
        return;
      case "emit":
        this.expression(statement.value, scope);
    }
  }

  #checkElements({ kind, name, type }: Param | State): void {
    if (kind !== "param" || type === undefined || type.element === "f32") return;
    this.#diagnostics.push(
      diagnose(parameterType, { name: name.text, found: type.element }, [label(type.span, "this type")]),
    );
  }

  #checkPlace(statement: "param" | "state" | "return", span: Span): void {
    const { kind, name } = this.#place;
    const owns = kind === "block" || kind === "model";
    const fits =
      statement === "param" ? owns : statement === "state" && (owns || kind === "metric" || kind === "optimizer");
    const help =
      kind === "optimizer" && statement === "return"
        ? "write `{ w <- … }`: it gives nothing, but writes the parameter"
        : undefined;
    if (!fits) this.#misplaced(statement, `the ${kind} \`${name}\``, span, help);
  }

  #misplaced(statement: string, place: string, span: Span, help?: string): void {
    this.#diagnostics.push(diagnose(misplacedStatement, { statement, place }, [label(span, "here")], help));
  }

  #checkCarry({ text, span }: Name, { carries = [] }: Scope): void {
    if (carries.includes(text)) return;
    const labels = [label(span, "carried by nothing")];
    this.#diagnostics.push(diagnose(noCarry, { name: text }, labels, didYouMean(text, carries)));
  }

  let({ targets, value }: Let, scope: Scope): void {
    this.expression(value, scope);
    for (const target of targets) if (target.kind === "name") this.bind(target.text, target.span, scope);
  }

  /** Every name in an expression; nesting is as deep as the parser lets it be, chains are lists. */
  expression(expression: Expression, scope: Scope): void {
    switch (expression.kind) {
      case "name":
        this.#name(expression.text, expression.span, scope);
        return;
      case "scan":
        this.#scan(expression, scope);
        return;
      case "call":
        this.#call(expression, scope);
        return;
      case "member": {
        const known = [...visibleNames(this.#scope, "value"), ...builtins.keys()];
        this.#diagnostics.push(misplacedMember(expression, known, (name) => scope.find(name) !== undefined));
        return;
      }
      default:
        for (const child of children(expression)) this.#child(child, scope);
    }
  }

  #call({ callee, arguments: given }: Call, scope: Scope): void {
    this.expression(callee, scope);
    const texts = callee.kind === "name" ? textSettings(lookUpValue(this.#scope, callee.text)) : [];
    for (const argument of given) {
      const { label: own, value } = argument;
      const help =
        value.kind === "name" && own !== undefined && texts.includes(own.text)
          ? `a word stands in quotes: \`${own.text}: "${value.text}"\``
          : undefined;
      if (value.kind === "name" && help !== undefined) this.#name(value.text, value.span, scope, help);
      else this.#argument(argument, scope);
    }
  }

  #child(node: Node, scope: Scope): void {
    if (node.kind === "argument") this.#argument(node, scope);
    else if (node.kind === "chainLink") this.expression(node.operand, scope);
    else if (node.kind === "element") this.expression(node.value, scope);
    else if (node.kind === "range") {
      for (const bound of [node.from, node.to, node.step]) if (bound !== undefined) this.expression(bound, scope);
    } else if (isExpression(node)) this.expression(node, scope);
  }

  #argument({ label: own, value }: Argument, scope: Scope): void {
    if (own === undefined || !axisArguments.includes(own.text)) this.expression(value, scope);
  }

  #scan({ inputs, along, carries, checkpoint, body }: Scan, scope: Scope): void {
    const names = carries.map(({ name }) => name.text);
    const inside = new Scope(scope, [body], names);
    for (const { source } of inputs) this.expression(source, scope);
    for (const { start } of carries) this.expression(start, scope);
    for (const number of [along?.axis, checkpoint]) if (number !== undefined) this.expression(number, scope);
    for (const { name } of [...inputs, ...carries]) this.bind(name.text, name.span, inside);
    this.body(body, inside);
  }

  /** `meant` is what to say of an unknown one before names that are like it. */
  #name(name: string, span: Span, scope: Scope, meant?: string): void {
    if (scope.find(name) !== undefined || this.#isKnown(name)) return;
    const later = scope.findLater(name);
    if (later !== undefined) {
      const labels: Label[] = [label(span, "used here"), label(later, "bound here")];
      const isInside = later.from < span.from;
      const help = isInside ? `let every branch of the \`if\` bind \`${name}\`; from a \`scan\`, emit it` : undefined;
      this.#unknown.tell(
        name,
        label(span, ""),
        this.#place.declaration,
        () => diagnose(usedBeforeBound, { name, isInside }, labels, help),
        later,
      );
      return;
    }
    if (this.#isHidden(name)) return;
    const place = label(span, "not known");
    this.#unknown.tell(name, place, this.#place.declaration, () =>
      diagnose(
        unknownName,
        { name, what: "value, block or function" },
        [place],
        meant ?? (this.#unknown.proposes ? this.#proposal(name, scope) : undefined),
      ),
    );
  }

  #proposal(name: string, scope: Scope): string | undefined {
    const candidates = [
      ...scope.names(),
      ...nameSpaces.flatMap((space) =>
        space === "metric" || space === "regularizer" || space === "optimizer" ? [] : visibleNames(this.#scope, space),
      ),
      ...builtins.keys(),
      ...ambient,
    ];
    return nameHelp(name, "value", candidatesFor(name, candidates, this.#scope));
  }

  #isKnown(name: string): boolean {
    if (
      lookUpValue(this.#scope, name) !== undefined ||
      lookUp(this.#scope, "schedule", name) !== undefined ||
      builtinNamed(name) !== undefined
    )
      return true;
    if (!ambient.includes(name)) return false;
    const kinds = Object.hasOwn(ambientOf, name) ? ambientOf[name] : undefined;
    return kinds === undefined || kinds.some((kind) => kind === this.#place.kind);
  }
}
