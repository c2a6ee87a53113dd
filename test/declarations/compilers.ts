/** What the oldest and the newest TypeScript that nnc promises say of files: no library but ES2022's, nothing skipped, every strict option on. */
import { getLibFiles, ts as oldest } from "typescript-5.0";
import newest from "typescript";

type Compiler = typeof newest;

/** `noUncheckedIndexedAccess` and friends: whatever a project may ask of the files that it takes in. */
export const strictest: newest.CompilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noFallthroughCasesInSwitch: true,
  noPropertyAccessFromIndexSignature: true,
  noUncheckedIndexedAccess: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  allowUnreachableCode: false,
  allowUnusedLabels: false,
  forceConsistentCasingInFileNames: true,
  verbatimModuleSyntax: true,
  skipLibCheck: false,
  noEmit: true,
  types: [],
  lib: ["lib.es2022.d.ts"],
  target: newest.ScriptTarget.ES2022,
  module: newest.ModuleKind.ES2022,
  moduleResolution: newest.ModuleResolutionKind.Bundler,
};

/** The compilers by version; both have the programming interface that the newest one's types describe. */
export const compilers: readonly (readonly [version: string, check: typeof complaints])[] = [
  // Its types are an older edition of the same interface.
  [oldest.version, (files, roots) => complaints(files, roots, oldest as unknown as Compiler, oldLibrary())],
  [newest.version, (files, roots) => complaints(files, roots)],
];

/** TypeScript 5.0 comes with the library of its time. */
function oldLibrary(): ReadonlyMap<string, string> {
  return new Map(getLibFiles().map(({ fileName, text }) => [`/lib/${fileName}`, text]));
}

/** What is wrong with the files, which lie at these absolute paths; `roots` are those that a project would name. */
export function complaints(
  files: ReadonlyMap<string, string>,
  roots: readonly string[],
  compiler: Compiler = newest,
  library: ReadonlyMap<string, string> = new Map(),
  options: newest.CompilerOptions = strictest,
): readonly string[] {
  const host = compiler.createCompilerHost(options);
  const textOf = (name: string): string | undefined => files.get(name) ?? library.get(name);
  const readFile = host.readFile.bind(host);
  const isFile = host.fileExists.bind(host);
  host.readFile = (name) => textOf(name) ?? readFile(name);
  // Folders that exist in `files` only are asked for, too.
  host.directoryExists = () => true;
  host.fileExists = (name) => textOf(name) !== undefined || isFile(name);
  if (library.size > 0) host.getDefaultLibLocation = () => "/lib";
  host.getDefaultLibFileName = (options) =>
    `${host.getDefaultLibLocation?.() ?? ""}/${compiler.getDefaultLibFileName(options)}`;
  host.getSourceFile = (name, version) => {
    const text = host.readFile(name);
    return text === undefined ? undefined : compiler.createSourceFile(name, text, version);
  };
  return compiler
    .getPreEmitDiagnostics(compiler.createProgram([...roots], options, host))
    .map(
      ({ file, messageText }) => `${file?.fileName ?? ""}: ${compiler.flattenDiagnosticMessageText(messageText, " ")}`,
    );
}
