/**
 * What every name of a file means where it stands. Follows the rules of `semantics/bodies.ts`, but records instead of complaining, so that it
 * goes on in a file with mistakes.
 */
import type { Span } from "../diagnostics/diagnostic.ts";
import { boundAfter } from "../semantics/branches.ts";
import { ambientDocs, builtinDocs } from "../semantics/builtin-docs.ts";
import { ambient, builtinNamed } from "../semantics/builtins.ts";
import { isCallable, lookUp, nameSpaces, type Declared, type FileScope, type NameSpace } from "../semantics/module.ts";
import type * as ast from "../syntax/ast.ts";
import { children, isExpression, walk } from "../syntax/children.ts";
import { builtinDetail, detailOf, parameterDetail, type Texts } from "./describe.ts";
import { keyDoc } from "./keys.ts";
import type { NameInfo, NameKind } from "./types.ts";

/** What a name of a body stands for. */
type Local = Omit<NameInfo, "span">;

class Locals {
  readonly #names = new Map<string, Local>();
  readonly #outer: Locals | undefined;

  constructor(outer?: Locals) {
    this.#outer = outer;
  }

  bind(name: string, local: Local): void {
    this.#names.set(name, local);
  }

  find(name: string): Local | undefined {
    return this.#names.get(name) ?? this.#outer?.find(name);
  }
}

/** Where the names of a train's keys are looked up first. */
const spacesOfKeys: ReadonlyMap<string, NameSpace> = new Map([
  ["loss", "loss"],
  ["metrics", "metric"],
  ["optimizer", "optimizer"],
  ["schedule", "schedule"],
  ["regularize", "regularizer"],
  ["data", "value"],
  ["update", "value"],
]);

const readers: readonly string[] = ["csv", "idx", "npy", "text", "images", "arrays", "given"];

/** In which order a name in an expression is looked up. */
const inExpressions: readonly NameSpace[] = ["value", "loss", "initializer", "schedule"];

class Resolver {
  readonly found: NameInfo[] = [];
  readonly #scope: FileScope;
  readonly #texts: Texts;

  constructor(scope: FileScope, texts: Texts) {
    this.#scope = scope;
    this.#texts = texts;
  }

  declaration(node: ast.Declaration, target: Span | undefined): void {
    switch (node.kind) {
      case "use":
        this.#tell(node.path.span, {
          name: node.path.value,
          kind: "file",
          ...(target === undefined ? {} : { definition: target }),
        });
        return;
      case "const":
      case "data":
        this.#define(node.name, { kind: node.kind, detail: detailOf(node, this.#texts), doc: node.doc });
        if (node.kind === "const") this.#expression(node.value, new Locals());
        else this.#value(node.value, new Locals(), ["value"]);
        return;
      case "train":
        return this.#train(node);
      default:
        return this.#callable(node);
    }
  }

  #tell(span: Span, info: Local): void {
    this.found.push({ span, ...info });
  }

  /** Records a name where it is bound. */
  #define(name: ast.Name, { kind, detail, doc }: { kind: NameKind; detail?: string; doc?: string | undefined }): Local {
    const local: Local = {
      name: name.text,
      kind,
      definition: name.span,
      ...(detail === undefined ? {} : { detail }),
      ...(doc === undefined ? {} : { doc }),
    };
    this.#tell(name.span, local);
    return local;
  }

  #bind(name: ast.Name, locals: Locals, what: { kind: NameKind; detail?: string; doc?: string | undefined }): void {
    locals.bind(name.text, this.#define(name, what));
  }

  #callable(node: ast.Callable): void {
    this.#define(node.name, { kind: node.kind, detail: detailOf(node, this.#texts), doc: node.doc });
    const locals = new Locals();
    for (const parameter of node.parameters)
      this.#bind(parameter.name, locals, {
        kind: parameter.kind === "setting" ? "setting" : "input",
        detail: parameterDetail(parameter, this.#texts),
        doc: parameter.doc,
      });
    this.#dimensions(
      node.parameters.filter((one) => one.kind === "tensorInput"),
      locals,
    );
    for (const parameter of node.parameters)
      if (parameter.kind === "setting" && parameter.default !== undefined) this.#expression(parameter.default, locals);
    const { result } = node;
    for (const type of result === undefined ? [] : result.kind === "tensorType" ? [result] : result.members)
      for (const size of type.shape) this.#size(size, locals);
    this.#body(node.body, new Locals(locals));
  }

  /** Names that stand alone bind first, then any in an expression that nothing else has. */
  #dimensions(inputs: readonly ast.TensorInput[], locals: Locals): void {
    const sizes = inputs.flatMap(({ types }) => types.flatMap(({ shape }) => shape));
    const known = (name: string): boolean =>
      locals.find(name) !== undefined || lookUp(this.#scope, "value", name)?.declaration.kind === "const";
    const bind = (name: ast.Name): void => {
      if (!known(name.text)) this.#bind(name, locals, { kind: "dimension" });
      else if (locals.find(name.text)?.definition !== name.span) this.#name(name, locals, inExpressions);
    };
    for (const size of sizes) if (size.kind === "name") bind(size);
    for (const size of sizes)
      if (size.kind !== "name") for (const node of walk(size)) if (node.kind === "name") bind(node);
  }

  #size(size: ast.Dimension, locals: Locals): void {
    if (size.kind !== "inferred") this.#expression(size, locals);
  }

  #body({ statements }: ast.Body, locals: Locals): void {
    for (const statement of statements) this.#statement(statement, locals);
  }

  #statement(node: ast.Statement, locals: Locals): void {
    switch (node.kind) {
      case "let":
        return this.#let(node, locals);
      case "param":
      case "state":
        for (const size of node.type?.shape ?? []) this.#size(size, locals);
        this.#value(node.start, locals, ["initializer", ...inExpressions]);
        return this.#bind(node.name, locals, {
          kind: node.kind,
          detail: parameterDetail(node, this.#texts),
          doc: node.doc,
        });
      case "if":
        return this.#if(node, locals);
      case "require":
        return this.#expression(node.condition, locals);
      case "update":
        this.#name(node.target, locals, inExpressions);
        return this.#expression(node.value, locals);
      case "next":
        this.#name(node.name, locals, inExpressions);
        return this.#expression(node.value, locals);
      case "return":
      case "emit":
        return this.#expression(node.value, locals);
    }
  }

  #let({ targets, value }: ast.Let, locals: Locals): void {
    this.#expression(value, locals);
    for (const target of targets) if (target.kind === "name") this.#bind(target, locals, { kind: "let" });
  }

  #if(node: ast.If, locals: Locals): void {
    const bodies = [
      ...node.branches.map(({ body }) => body),
      ...(node.otherwise === undefined ? [] : [node.otherwise]),
    ];
    for (const { condition } of node.branches) this.#expression(condition, locals);
    const inner = bodies.map((body) => {
      const own = new Locals(locals);
      this.#body(body, own);
      return own;
    });
    for (const { text } of boundAfter(node)) {
      const local = inner[0]?.find(text);
      if (local !== undefined) locals.bind(text, local);
    }
  }

  #train(node: ast.Train): void {
    this.#named(node.name, [lookUp(this.#scope, "value", node.name.text)]);
    if (node.label !== undefined) this.#define(node.label, { kind: "train", doc: node.doc });
    const locals = new Locals();
    for (const input of node.inputs)
      this.#bind(input.name, locals, { kind: "input", detail: parameterDetail(input, this.#texts), doc: input.doc });
    this.#dimensions(node.inputs, locals);
    for (const one of node.lets) this.#let(one, locals);
    for (const entry of node.entries) this.#entry(entry, locals);
    for (const step of node.steps) {
      this.#define(step.name, { kind: "step", doc: step.doc });
      const own = new Locals(locals);
      for (const one of step.lets) this.#let(one, own);
      for (const entry of step.entries) this.#entry(entry, own);
    }
  }

  #entry({ key, value }: ast.KeyValue, locals: Locals): void {
    const doc = keyDoc(key.text);
    this.#tell(key.span, { name: key.text, kind: "key", ...(doc === undefined ? {} : { doc }) });
    const space = spacesOfKeys.get(key.text);
    this.#value(value, locals, space === undefined ? inExpressions : [space, "schedule", ...inExpressions]);
  }

  // Expressions -------------------------------------------------------------------------------------------------------

  #expression(node: ast.Expression, locals: Locals): void {
    this.#value(node, locals, inExpressions);
  }

  /** Names that are called or stand alone are looked up in `spaces`; nesting is as deep as the parser lets it be. */
  #value(node: ast.Expression, locals: Locals, spaces: readonly NameSpace[]): void {
    switch (node.kind) {
      case "name":
        return this.#name(node, locals, spaces);
      case "call":
        return this.#call(node, locals, spaces);
      case "member":
        // What stands behind the model is a path of parameters, which no text declares.
        return this.#value(node.target, locals, spaces);
      case "scan":
        return this.#scan(node, locals);
      case "named":
        return this.#value(node.expression, locals, spaces);
      default:
        for (const child of children(node)) this.#below(child, locals, spaces);
    }
  }

  #below(node: ast.Node, locals: Locals, spaces: readonly NameSpace[]): void {
    if (isExpression(node)) this.#value(node, locals, spaces);
    else for (const child of children(node)) this.#below(child, locals, spaces);
  }

  #call({ callee, arguments: given }: ast.Call, locals: Locals, spaces: readonly NameSpace[]): void {
    this.#value(callee, locals, spaces);
    const target = callee.kind === "name" ? this.#declared(callee.text, locals, spaces) : undefined;
    for (const { label, value } of given) {
      if (label !== undefined) this.#label(label, target);
      this.#value(value, locals, inExpressions);
    }
  }

  /** `units: 3` names a parameter of what is called. */
  #label(label: ast.Name, target: Declared | undefined): void {
    const own = isCallable(target)
      ? target.declaration.parameters.find(({ name }) => name.text === label.text)
      : undefined;
    if (own === undefined) return this.#tell(label.span, { name: label.text, kind: "argument" });
    const detail = parameterDetail(own, this.#texts);
    this.#tell(label.span, {
      name: label.text,
      kind: own.kind === "setting" ? "setting" : "input",
      definition: own.name.span,
      detail,
      ...(own.doc === undefined ? {} : { doc: own.doc }),
    });
  }

  #declared(name: string, locals: Locals, spaces: readonly NameSpace[]): Declared | undefined {
    if (locals.find(name) !== undefined) return undefined;
    return spaces.map((space) => lookUp(this.#scope, space, name)).find((one) => one !== undefined);
  }

  #scan({ inputs, along, carries, checkpoint, body }: ast.Scan, locals: Locals): void {
    for (const { source } of inputs) this.#expression(source, locals);
    if (along?.dimension !== undefined) this.#name(along.dimension, locals, inExpressions);
    for (const number of [along?.axis, checkpoint]) if (number !== undefined) this.#expression(number, locals);
    for (const { start } of carries) this.#expression(start, locals);
    const own = new Locals(locals);
    for (const { name } of inputs) this.#bind(name, own, { kind: "slice" });
    for (const { name } of carries) this.#bind(name, own, { kind: "carry" });
    this.#body(body, own);
  }

  #name(node: ast.Name, locals: Locals, spaces: readonly NameSpace[]): void {
    const local = locals.find(node.text);
    if (local !== undefined) return this.#tell(node.span, local);
    this.#named(
      node,
      [...spaces, ...nameSpaces].map((space) => lookUp(this.#scope, space, node.text)),
    );
  }

  /** A name in a text that does not parse: what the file or the language has of that name. */
  unread(name: ast.Name): void {
    this.#name(name, new Locals(), inExpressions);
  }

  /** A name that a file declares, or the language has. */
  #named({ text, span }: ast.Name, candidates: readonly (Declared | undefined)[]): void {
    const declaration = candidates.find((one) => one !== undefined)?.declaration;
    if (declaration !== undefined) {
      const { kind, name, doc } = declaration;
      const detail = detailOf(declaration, this.#texts);
      return this.#tell(span, {
        name: text,
        kind,
        definition: name.span,
        detail,
        ...(doc === undefined ? {} : { doc }),
      });
    }
    const builtin = builtinNamed(text);
    if (builtin !== undefined) {
      const doc = builtinDocs[builtin.name].text;
      this.#tell(span, { name: text, kind: "builtin", detail: builtinDetail(builtin), doc });
    } else if (readers.includes(text)) this.#tell(span, { name: text, kind: "reader" });
    else if (ambient.includes(text)) this.#tell(span, { name: text, kind: "ambient", doc: ambientDocs[text] ?? "" });
  }
}

/** The names of a file; `unread` are those where it does not parse, `target` says where a `use` leads. */
export function resolveNames(
  declarations: readonly ast.Declaration[],
  unread: readonly ast.Name[],
  scope: FileScope,
  texts: Texts,
  target: (use: ast.Use) => Span | undefined,
): readonly NameInfo[] {
  const resolver = new Resolver(scope, texts);
  for (const node of declarations) resolver.declaration(node, node.kind === "use" ? target(node) : undefined);
  for (const name of unread) resolver.unread(name);
  return resolver.found.toSorted((a, b) => a.span.from - b.span.from);
}
