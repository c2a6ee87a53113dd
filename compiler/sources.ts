/**
 * From texts to syntax trees: the main file, the files that it may use, and the prelude.
 */
import type { Diagnostic } from "./diagnostics/diagnostic.ts";
import { preludeFiles } from "./prelude/index.ts";
import { parsePrelude } from "./prelude/parsed.ts";
import type { AnalysisInput } from "./semantics/analyse.ts";
import { parse } from "./syntax/parse.ts";

/** A `.nn` file, decoded. */
export interface SourceText {
  /** As diagnostics show it. */
  readonly name: string;
  readonly source: string;
  /** The sources that `use` may name, by path relative to the project. */
  readonly files?: ReadonlyMap<string, string>;
}

export interface Parsed {
  readonly module: AnalysisInput;
  /** Every text under the name that spans carry. */
  readonly sources: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Parses everything that a compilation may look at. */
export function parseSources({ name, source, files = new Map() }: SourceText): Parsed {
  const main = parse({ name, text: source });
  const others = [...files].map(([path, text]) => ({ path, parsed: parse({ name: path, text }) }));
  const texts = new Map([
    ...preludeFiles.map((file): [string, string] => [file.name, file.text]),
    ...files,
    [name, source],
  ]);
  return {
    module: {
      main: { name, module: main.module, broken: main.broken },
      others: new Map(others.map(({ path, parsed: { module, broken } }) => [path, { name: path, module, broken }])),
      prelude: parsedPrelude(),
    },
    sources: texts,
    diagnostics: [...main.diagnostics, ...others.flatMap(({ parsed }) => parsed.diagnostics)],
  };
}

/** The prelude never changes: it is parsed when first asked for, and once. */
export const parsedPrelude = once(parsePrelude);

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
