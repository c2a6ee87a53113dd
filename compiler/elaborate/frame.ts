/**
 * Where an expression stands while it is evaluated: the body's names and dimensions, the instance whose calls it holds, and
 * the chain of calls that led there, which errors show.
 */
import { diagnose, label, type DiagnosticDefinition, type Label, type Span } from "../diagnostics/diagnostic.ts";
import { nestedTooDeep } from "../diagnostics/codes/limits.ts";
import type { Dimension } from "../dimension/dimension.ts";
import type { FileScope } from "../semantics/module.ts";
import type { Entry } from "./entry.ts";
import { Failure } from "./failure.ts";
import type { Carried, Loop } from "./loop.ts";
import type { Instance } from "./paths.ts";
import type { Session, VariableRecord } from "./session.ts";
import type { AxisLabel, Evaluated, Tensor } from "./values.ts";

/** Levels of expressions inside one another; a call counts as several, since it takes more of the stack. */
const maximalNesting = 600;

/** What a name of a body stands for. */
export type Binding =
  | { readonly kind: "value"; readonly value: Evaluated }
  /** A parameter or state, read as it stands. */
  | { readonly kind: "variable"; readonly record: VariableRecord }
  /** What an optimizer moves: `<-` replaces it. */
  | { readonly kind: "cell"; value: Tensor }
  /** What a scan carries: `next` gives it the value that it has from there on. */
  | { readonly kind: "carry"; readonly carried: Carried }
  /** A `let` of a train, evaluated when a step first uses it. */
  | {
      readonly kind: "lazy";
      readonly evaluate: () => Evaluated;
      state: "waiting" | "running" | { readonly value: Evaluated };
    }
  /** Its definition failed and was reported. */
  | { readonly kind: "failed" };

/** A dimension name of a signature, and the caller's name for the axis that showed it. */
export interface BoundDimension {
  readonly size: Dimension;
  readonly callerLabel: AxisLabel;
  /** The argument that bound it. */
  readonly span: Span | undefined;
}

/** The dimensions that a signature's `..` matched, and the caller's labels of those axes. */
export interface BoundRest {
  readonly shape: readonly Dimension[];
  readonly callerLabels: readonly AxisLabel[];
  readonly span: Span | undefined;
}

export interface ChainedCall {
  readonly name: string;
  readonly span: Span;
  /** Whether the call itself stands in the prelude. */
  readonly inPrelude: boolean;
}

/** What one call of a declaration has: shared by its branches. */
export interface Body {
  /** `Digits`, `batch_norm`, for messages; undefined at the top of a file. */
  readonly name: string;
  readonly scope: FileScope;
  /** Whose path the body's own nodes, parameters and draws are in. */
  readonly owner: Instance;
  readonly dimensions: Map<string, BoundDimension>;
  rest: BoundRest | undefined;
  /** The names of the signature's settings, with the caller's name for the dimension that was given, where one was. */
  readonly settings: Map<string, AxisLabel>;
  readonly chain: readonly ChainedCall[];
  /** The model whose body this is, or is called from; undefined outside models. */
  readonly model: string | undefined;
  /** Who stands outside every model and led here, as a message calls it; undefined inside a model. Only models own parameters. */
  readonly outsider: string | undefined;
  /** How the body's `param` and `state` become variables. */
  readonly storage: Storage;
}

/** Names and roles of the variables that a body declares. */
export interface Storage {
  readonly param: "parameter" | undefined;
  readonly state: "state" | "optimizer" | "metric" | undefined;
  readonly nameOf: (name: string) => string;
  /** What a state has the type of where none is written: the parameter that an optimizer moves. */
  readonly like?: Tensor;
  /** In an initialiser: how many draws were made; the first is keyed by the parameter's path itself. */
  readonly draws?: { count: number };
}

export class Frame {
  readonly entry: Entry;
  readonly body: Body;
  /** Under which instance calls that stand here are. */
  readonly home: Instance;
  /** The innermost scan whose body this is in, or is called from. */
  readonly loop: Loop | undefined;
  readonly #names: Map<string, Binding>;
  readonly #outer: Frame | undefined;

  constructor(
    entry: Entry,
    body: Body,
    home: Instance,
    loop?: Loop,
    outer?: Frame,
    names: Map<string, Binding> = new Map(),
  ) {
    this.entry = entry;
    this.body = body;
    this.home = home;
    this.loop = loop;
    this.#outer = outer;
    this.#names = names;
  }

  get session(): Session {
    return this.entry.session;
  }

  /** The same names, for calls that stand inside another call. */
  under(home: Instance): Frame {
    return new Frame(this.entry, this.body, home, this.loop, this.#outer, this.#names);
  }

  /** A branch: what it binds is its own. */
  branch(): Frame {
    return new Frame(this.entry, this.body, this.home, this.loop, this);
  }

  /** The body of a scan that stands here: what it binds is its own. */
  inLoop(loop: Loop): Frame {
    return new Frame(this.entry, this.body, this.home, loop, this);
  }

  /** The same place while building another entry: how a parameter starts is evaluated in `init`, once and in no scan. */
  during(entry: Entry): Frame {
    return new Frame(entry, this.body, this.home, undefined, this.#outer, this.#names);
  }

  bind(name: string, binding: Binding): void {
    this.#names.set(name, binding);
  }

  bindValue(name: string, value: Evaluated): void {
    this.bind(name, { kind: "value", value });
  }

  lookUp(name: string): Binding | undefined {
    return this.#names.get(name) ?? this.#outer?.lookUp(name);
  }

  /** Runs `build` some levels deeper; reports where that is deeper than the stack surely holds. */
  nested<Result>(levels: number, span: Span, build: () => Result): Result {
    const { entry } = this;
    if (entry.depth + levels > maximalNesting) return this.fail(nestedTooDeep, { limit: maximalNesting }, span, "here");
    entry.depth += levels;
    try {
      return build();
    } finally {
      entry.depth -= levels;
    }
  }

  /** Runs `build` with nodes coming from `span`, in the path of this frame's instance. */
  at<Result>(span: Span, build: () => Result): Result {
    const { path } = this.body.owner;
    if (this.body.scope.outer === undefined) this.session.noteUse(path, span.file, () => this.userSpan(span));
    return this.entry.at(span, path, build);
  }

  /** Reports, and leaves the statement. */
  fail<Arguments>(
    definition: DiagnosticDefinition<Arguments>,
    values: Arguments,
    span: Span,
    text: string,
    more: readonly Label[] = [],
    help?: string,
  ): never {
    this.report(definition, values, span, text, more, help);
    throw new Failure();
  }

  report<Arguments>(
    definition: DiagnosticDefinition<Arguments>,
    values: Arguments,
    span: Span,
    text: string,
    more: readonly Label[] = [],
    help?: string,
  ): void {
    this.session.report(diagnose(definition, values, this.#place(label(span, text), more), help));
  }

  /** Leaves the statement where a name may be that of a file or a declaration that could not be read, which was reported. */
  leaveIfHidden(name: string): void {
    if (this.body.scope.hidden?.mayHave(name) === true) throw new Failure();
  }

  /** Reports once for each place, however many shapes and settings it is elaborated with. */
  reportOnce<Arguments>(
    definition: DiagnosticDefinition<Arguments>,
    values: Arguments,
    span: Span,
    text: string,
    more: readonly Label[],
    help: string | undefined,
  ): void {
    this.session.report(diagnose(definition, values, this.#place(label(span, text), more), help), "");
  }

  /** Reports at the call that led here: the nearest one that stands in the user's files. */
  failAtCaller<Arguments>(
    definition: DiagnosticDefinition<Arguments>,
    values: Arguments,
    inner: Label,
    help?: string,
  ): never {
    const { chain } = this.body;
    const at = Math.max(
      0,
      chain.findIndex(({ inPrelude }) => !inPrelude),
    );
    const calls = chain
      .map(({ name, span }, index) => label(span, index === at ? "in this call" : `in \`${name}\`, called here`))
      .slice(0, 8);
    const ordered = calls.length === 0 ? [inner] : [calls[at], inner, ...calls.filter((_, index) => index !== at)];
    this.session.report(diagnose(definition, values, ordered, help));
    throw new Failure();
  }

  /** A place of this body or, where that is in the prelude, the nearest call in the user's files. */
  userSpan(span: Span): Span {
    if (this.body.scope.outer !== undefined) return span;
    return this.body.chain.find(({ inPrelude }) => !inPrelude)?.span ?? span;
  }

  /** The labels with the calls around; a mistake that surfaces in the prelude is shown first where the user's file calls it. */
  #place(primary: Label, more: readonly Label[]): readonly Label[] {
    const shown = this.body.chain.slice(0, 8);
    const calls = shown.map(({ name, span }) => label(span, `in \`${name}\`, called here`));
    if (this.body.scope.outer !== undefined) return [primary, ...more, ...calls];
    const outside = shown.findIndex(({ inPrelude }) => !inPrelude);
    if (outside < 0) return [primary, ...more, ...calls];
    return [calls[outside], primary, ...more, ...calls.filter((_, index) => index !== outside)];
  }
}
