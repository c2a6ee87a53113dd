/** What expressions are worth, gathered while bodies run, and kept by declaration, so that what did not change need not run again. */
import type { Diagnostic, Label, Span } from "../diagnostics/diagnostic.ts";
import type { Frame } from "../elaborate/frame.ts";
import { observe, type Observed, type ObserveOptions } from "../elaborate/observe.ts";
import { describeType, describeValue, type Evaluated } from "../elaborate/values.ts";
import type { TypedModule } from "../semantics/module.ts";
import type { Declaration, Expression } from "../syntax/ast.ts";
import type { ExpressionInfo, SeenValue } from "./types.ts";

/** What an expression was worth in one body. Its place is relative to the declaration that it stands in. */
interface Seen {
  readonly declaration: number;
  readonly from: number;
  readonly to: number;
  readonly value: string;
  readonly at: string;
  readonly symbolic: boolean;
}

/** All that running one model, train or declaration told, to be used again where its text and all that it leads to is the same. */
export interface Run {
  readonly seen: readonly Seen[];
  readonly diagnostics: readonly RelativeDiagnostic[];
}

interface RelativeDiagnostic extends Omit<Diagnostic, "labels"> {
  readonly labels: readonly { readonly label: Label; readonly declaration: number | undefined }[];
}

const layer = describeValue({ kind: "layer", parts: [] });

/** More bodies than these are not told apart. */
const mostPaths = 6;

function shown(value: Evaluated): string {
  switch (value.kind) {
    case "tensor":
      return describeType(value.type);
    case "tuple":
      return `(${value.items.map(shown).join(", ")})`;
    case "number":
    case "dimension":
    case "list":
      return describeValue(value).replace(/^the (?:number|dimension|list) /, "");
    case "string":
      return JSON.stringify(value.value);
    default:
      return describeValue(value);
  }
}

/** Finds the declaration that a place is in. */
class Places {
  readonly #declarations: readonly Declaration[];
  readonly #files = new Map<string, number[]>();

  constructor(declarations: readonly Declaration[]) {
    this.#declarations = declarations;
    for (const [index, { span }] of declarations.entries())
      this.#files.set(span.file, [...(this.#files.get(span.file) ?? []), index]);
  }

  of({ file, from, to }: Span): number | undefined {
    return this.#files.get(file)?.find((index) => {
      const { span } = this.#declarations[index] ?? { span: { from: 0, to: -1 } };
      return span.from <= from && to <= span.to;
    });
  }
}

/** Runs it. `declarations` are those of the user's files that it leads to. */
export function runOnce(
  module: TypedModule,
  observed: Observed,
  declarations: readonly Declaration[],
  options: ObserveOptions,
): Run {
  const told: { readonly expression: Expression; readonly value: Evaluated; readonly frame: Frame }[] = [];
  const complaints = observe(module, observed, options, (expression, value, frame) => {
    // Of the prelude's bodies nobody asks.
    if (frame.body.scope.outer !== undefined) told.push({ expression, value, frame });
  });
  const places = new Places(declarations);
  const symbolic = observed.kind === "alone";
  const homes = new Map<Expression, number | undefined>();
  const seen = told.flatMap(({ expression, value, frame }): readonly Seen[] => {
    if (!homes.has(expression)) homes.set(expression, places.of(expression.span));
    const declaration = homes.get(expression);
    // What nobody calls has no numbers yet.
    if (declaration === undefined || (symbolic && value.kind !== "tensor" && value.kind !== "dimension")) return [];
    const start = declarations[declaration]?.span.from ?? 0;
    const { from, to } = expression.span;
    const at = frame.body.owner.path;
    return [{ declaration, from: from - start, to: to - start, value: shown(value), at, symbolic }];
  });
  const diagnostics = complaints.map((one): RelativeDiagnostic => ({
    ...one,
    labels: one.labels.map((label) => {
      const declaration = places.of(label);
      const start = declaration === undefined ? 0 : (declarations[declaration]?.span.from ?? 0);
      return { label: { ...label, from: label.from - start, to: label.to - start }, declaration };
    }),
  }));
  return { seen, diagnostics };
}

/** What a run said is wrong, where its declarations stand now. */
export function diagnosticsOf({ diagnostics }: Run, declarations: readonly Declaration[]): readonly Diagnostic[] {
  return diagnostics.map((one) => ({
    ...one,
    labels: one.labels.map(({ label, declaration }) => {
      const { file, from } =
        declaration === undefined ? { file: label.file, from: 0 } : spanOf(declarations, declaration);
      return { ...label, file, from: label.from + from, to: label.to + from };
    }),
  }));
}

function spanOf(declarations: readonly Declaration[], index: number): Span {
  return declarations[index]?.span ?? { file: "", from: 0, to: 0 };
}

/** The values of every expression in a file over all runs. */
export class Values {
  readonly #file: string;
  readonly #found = new Map<
    string,
    { readonly span: Span; readonly values: Map<string, { at: Set<string>; symbolic: boolean }> }
  >();

  constructor(file: string) {
    this.#file = file;
  }

  add({ seen }: Run, declarations: readonly Declaration[]): void {
    for (const { declaration, from, to, value, at, symbolic } of seen) {
      const home = spanOf(declarations, declaration);
      if (home.file !== this.#file) continue;
      const span = { file: home.file, from: home.from + from, to: home.from + to };
      const key = `${span.from} ${span.to}`;
      let info = this.#found.get(key);
      if (info === undefined) this.#found.set(key, (info = { span, values: new Map() }));
      const known = info.values.get(value);
      if (known === undefined) info.values.set(value, { at: new Set([at]), symbolic });
      else if (known.at.size < mostPaths) known.at.add(at);
    }
  }

  expressions(): readonly ExpressionInfo[] {
    const all = [...this.#found.values()].map(({ span, values }): ExpressionInfo => ({
      span,
      values: [...values]
        // A stage of a pipe is a layer first, and then what it gives.
        .filter(([value]) => value !== layer || values.size === 1)
        .map(([value, { at, symbolic }]): SeenValue => ({ value, at: [...at], symbolic })),
    }));
    return all.toSorted((a, b) => a.span.from - b.span.from || b.span.to - a.span.to);
  }
}
