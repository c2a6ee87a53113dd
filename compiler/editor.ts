/**
 * What an editor asks about a file, as data: `inspect` reads it, also with mistakes in it, and the other functions answer about a place in it.
 * Pure: nothing is remembered but in the inspection before, which `inspect` may be given, so that what did not change is not worked out again.
 */
import { NncError } from "./diagnostics/diagnostic.ts";
import type { Diagnostic, Span } from "./diagnostics/diagnostic.ts";
import { checkEarlier, checkFiles, checkPlace } from "./editor/arguments.ts";
import { completionsAt, type CompletionInput } from "./editor/completions.ts";
import { editsOf } from "./editor/edits.ts";
import { resolveNames } from "./editor/names.ts";
import { foldingsOf, symbolsOf } from "./editor/outline.ts";
import { dependencies, plan, type Planned } from "./editor/runs.ts";
import type { Completions, EditedDiagnostic, ExpressionInfo, Inspection, NameInfo, SeenValue } from "./editor/types.ts";
import { diagnosticsOf, runOnce, Values, type Run } from "./editor/values.ts";
import { textProblems } from "./options.ts";
import { gradients } from "./passes/differentiate.ts";
import { preludeFiles } from "./prelude/index.ts";
import { analyse } from "./semantics/analyse.ts";
import { collectFiles, collectPrelude, resolveUse, wholeDeclarations } from "./semantics/collect.ts";
import type { FileScope, SourceModule, TypedModule } from "./semantics/module.ts";
import { parsedPrelude, type SourceText } from "./sources.ts";

import type { Declaration, Name } from "./syntax/ast.ts";
import { editorTokens, type EditorToken } from "./syntax/editor-tokens.ts";
import { parse, type ParsedFile } from "./syntax/parse.ts";

export type {
  Completion,
  Completions,
  DocumentSymbol,
  Edit,
  EditedDiagnostic,
  ExpressionInfo,
  Folding,
  Inspection,
  NameInfo,
  NameKind,
  SeenValue,
} from "./editor/types.ts";

/** Of one model or train: some tenths of a second at most, where it leads to no more than this. */
const mostOperations = 20_000;

/** What an inspection was made of, for the next one and for questions about it. */
interface Made {
  readonly parsed: ReadonlyMap<string, { readonly text: string; readonly file: ParsedFile }>;
  readonly runs: ReadonlyMap<string, Run>;
  readonly tokens: readonly EditorToken[];
  readonly scope: FileScope;
}

const made = new WeakMap<Inspection, Made>();

/** Reads a file and what it uses. With `earlier`, an inspection of the same file before it was changed, it is quicker. Throws NN0706, NN0736. */
export function inspect(source: SourceText, earlier?: Inspection): Inspection {
  const [problem] = textProblems(source);
  if (problem !== undefined) throw new NncError(problem);
  checkEarlier(earlier);
  const before = earlier === undefined ? undefined : made.get(earlier);
  const texts = new Map([...(source.files ?? []), [source.name, source.source]]);
  const parsed = new Map([...texts].map(([name, text]) => [name, { text, file: parsedOnce(name, text, before) }]));
  const sources = new Map([...preludeFiles.map(({ name, text }) => [name, text] as const), ...texts]);
  const modules = new Map([...parsed].map(([name, { file }]) => [name, { name, ...file }]));
  const main = modules.get(source.name) ?? { name: source.name, ...parse({ name: source.name, text: source.source }) };
  const prelude = parsedPrelude();
  const { module, diagnostics } = analyse({ main, others: modules, prelude });
  const { files, scope } = collectFiles(main, modules, collectPrelude(prelude, []), []);
  const tokens = editorTokens(source.source);
  const unread = unreadIn(source.name, tokens, main.module.declarations);
  const names = files.flatMap(({ file, scope: own }) =>
    namesOf(file, own, file.name === source.name ? unread : [], sources, modules),
  );
  const whole = files.flatMap(({ file }) => wholeDeclarations(file));
  const planned = plan(module, wholeDeclarations(main), dependencies(whole, names));
  const runs = new Map(planned.map((one) => runOf(one, module, sources, before)));
  const values = new Values(source.name);
  const complaints: Diagnostic[] = [];
  for (const [index, run] of [...runs.values()].entries()) {
    const { declarations } = planned[index] ?? { declarations: [] };
    values.add(run, declarations);
    // What a mistake that is known leads to is no other one.
    if (!declarations.some((one) => isWrong(one, diagnostics))) complaints.push(...diagnosticsOf(run, declarations));
  }
  const inspection: Inspection = {
    file: source.name,
    diagnostics: distinct([...main.diagnostics, ...diagnostics, ...complaints], sources),
    expressions: values.expressions(),
    names,
    foldings: foldingsOf(source.name, source.source, tokens),
    symbols: symbolsOf(main.module.declarations),
    sources,
  };
  made.set(inspection, { parsed, runs, tokens, scope });
  return inspection;
}

function isWrong({ span }: Declaration, diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(
    ({ severity, labels: [first] }) =>
      severity === "error" && first?.file === span.file && first.from >= span.from && first.from <= span.to,
  );
}

function parsedOnce(name: string, text: string, before: Made | undefined): ParsedFile {
  const known = before?.parsed.get(name);
  return known?.text === text ? known.file : parse({ name, text }, known?.file.module);
}

/** The names that stand in no declaration that was read. */
function unreadIn(file: string, tokens: readonly EditorToken[], declarations: readonly Declaration[]): readonly Name[] {
  let next = 0;
  return tokens.flatMap(({ kind, text, from, to }): readonly Name[] => {
    while (next < declarations.length && (declarations[next]?.span.to ?? 0) <= from) next += 1;
    const isRead = (declarations[next]?.span.from ?? Infinity) <= from;
    return kind === "name" && !isRead ? [{ kind: "name", text, span: { file, from, to } }] : [];
  });
}

function namesOf(
  file: SourceModule,
  scope: FileScope,
  unread: readonly Name[],
  texts: ReadonlyMap<string, string>,
  files: ReadonlyMap<string, SourceModule>,
): readonly NameInfo[] {
  return resolveNames(file.module.declarations, unread, scope, texts, ({ path }) => {
    const resolved = resolveUse(file.name, path.value);
    if (!("path" in resolved) || !files.has(resolved.path)) return undefined;
    return { file: resolved.path, from: 0, to: 0 };
  });
}

/** What a run told when all that it leads to read the same, or tells now; with the key that it is found by. */
function runOf(
  { observed, declarations }: Planned,
  module: TypedModule,
  texts: ReadonlyMap<string, string>,
  before: Made | undefined,
): readonly [string, Run] {
  const parts = declarations.map(
    ({ span: { file, from, to } }) => `${file}\n${texts.get(file)?.slice(from, to) ?? ""}`,
  );
  const key = [observed.kind, ...parts].join("\0");
  return [
    key,
    before?.runs.get(key) ?? runOnce(module, observed, declarations, { gradients, operations: mostOperations }),
  ];
}

/** In source order, each once, with its edits. */
function distinct(all: readonly Diagnostic[], texts: ReadonlyMap<string, string>): readonly EditedDiagnostic[] {
  const placeOf = ({ labels: [first] }: Diagnostic): number => first?.from ?? 0;
  const found = new Map<string, Diagnostic>();
  for (const one of all) {
    const [first] = one.labels;
    const key = `${one.code} ${one.message} ${first?.file} ${first?.from} ${first?.to}`;
    if (!found.has(key)) found.set(key, one);
  }
  return [...found.values()]
    .toSorted((a, b) => placeOf(a) - placeOf(b))
    .map((one) => ({ ...one, edits: editsOf(one, texts) }));
}

// Questions about a place ---------------------------------------------------------------------------------------------

/** What is shown where the pointer rests. */
export interface Hover {
  readonly span: Span;
  readonly name?: NameInfo;
  /** What stands there is worth, in each body that it is run in; of a name that is called or piped into, what comes of it. */
  readonly values: readonly SeenValue[];
}

function contains({ from, to }: Span, offset: number): boolean {
  return from <= offset && offset <= to;
}

function nameAt({ names, file }: Inspection, offset: number): NameInfo | undefined {
  const found = names.filter(({ span }) => span.file === file && contains(span, offset));
  // Between two of them it is the one that begins.
  return found.at(-1);
}

function isSame(a: Span | undefined, b: Span | undefined): boolean {
  return a !== undefined && b !== undefined && a.file === b.file && a.from === b.from && a.to === b.to;
}

/** Throws NN0706, as the other questions do, where it is asked of what is no inspection or no place. */
export function hoverAt(inspection: Inspection, offset: number): Hover | undefined {
  checkPlace(inspection, offset);
  const name = nameAt(inspection, offset);
  if (name === undefined) {
    const around = inspection.expressions.filter(({ span }) => contains(span, offset));
    const inner = around.toSorted((a, b) => a.span.to - a.span.from - (b.span.to - b.span.from)).at(0);
    return inner === undefined ? undefined : { span: inner.span, values: inner.values };
  }
  return { span: name.span, name, values: valuesOf(name, inspection) };
}

/** Of a name where it stands: its call's or its own; where it is bound: what its uses are worth. */
function valuesOf({ span, definition, kind }: NameInfo, { expressions, names }: Inspection): readonly SeenValue[] {
  const beginning = (at: Span): readonly ExpressionInfo[] =>
    expressions.filter((one) => one.span.from === at.from && one.span.to >= at.to);
  const own = beginning(span);
  const calls = ["block", "model", "builtin", "loss", "metric", "initializer"].includes(kind);
  const isLayer = ({ values }: ExpressionInfo): boolean => values.every(({ value }) => value === "a layer");
  // Of what is called, the call's.
  const shown = (calls ? own.findLast((one) => !isLayer(one)) : undefined) ?? own.at(-1);
  if (shown !== undefined) return shown.values;
  if (calls || definition === undefined || definition.file !== span.file) return [];
  const use = names.find((one) => isSame(one.definition, definition) && beginning(one.span).length > 0);
  return use === undefined ? [] : (beginning(use.span).at(-1)?.values ?? []);
}

/** Where what stands at a place is declared; the file is one of `sources`. */
export function definitionAt(inspection: Inspection, offset: number): Span | undefined {
  checkPlace(inspection, offset);
  return nameAt(inspection, offset)?.definition;
}

/** Every place of the file and of what it uses where the same thing is named, its declaration first. */
export function usesAt(inspection: Inspection, offset: number): readonly Span[] {
  checkPlace(inspection, offset);
  const name = nameAt(inspection, offset);
  if (name === undefined) return [];
  const { definition, kind, name: text } = name;
  const same = inspection.names.filter((one) =>
    definition === undefined
      ? one.definition === undefined && one.kind === kind && one.name === text
      : isSame(one.definition, definition),
  );
  const uses = same.map(({ span }) => span).filter((span) => !isSame(span, definition));
  return definition === undefined ? uses : [definition, ...uses];
}

/** What can be written at a place, with its documentation; `files` are those that a `use` may name, by default those that were given. */
export function completeAt(inspection: Inspection, offset: number, files?: Iterable<string>): Completions {
  checkPlace(inspection, offset);
  checkFiles(files);
  const known = made.get(inspection);
  const span = { file: inspection.file, from: offset, to: offset };
  if (known === undefined) return { span, items: [] };
  const input: CompletionInput = {
    file: inspection.file,
    tokens: known.tokens,
    scope: known.scope,
    texts: inspection.sources,
    files: files ?? known.parsed.keys(),
  };
  return completionsAt(input, offset);
}
