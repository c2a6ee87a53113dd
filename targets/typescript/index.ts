/**
 * The TypeScript target: a program as one self-contained, typed module that a person can read, debug and edit. It
 * imports nothing, allocates nothing in a step but views of parts that move in loops, and computes exactly what the loops say, every f32 rounded by fround.
 */
import type { FunctionDeclarationStructure, SourceFile, StatementStructures, WriterFunction } from "ts-morph";
import type { Artifact } from "../../compiler/program/artifact.ts";
import { boundsOf } from "../../compiler/program/integer.ts";
import type { Facts } from "../../compiler/program/integer.ts";
import { manifestOf } from "../../compiler/program/manifest.ts";
import { fileName } from "../../compiler/program/names.ts";
import type { SourceLines, Sources } from "../../compiler/program/origins.ts";
import { describeOrigins, linesOf, noSources } from "../../compiler/program/origins.ts";
import type { FunctionDefinition, Program, ScheduledKernel } from "../../compiler/program/types.ts";
import type { Module } from "../c-like/syntax.ts";
import { commentText } from "./code.ts";
import { withoutTypes } from "./erase.ts";
import { helperText } from "./helpers.ts";
import { arrayType, printFunction, printKernel } from "./kernel.ts";
import type { PrintedFunction } from "./kernel.ts";
import type { ModuleNames } from "./module.ts";
import { scalarType, syntax } from "./syntax.ts";
import { tsMorph } from "./ts-morph.ts";
import { createLines, declarationText, instanceText, nameModule } from "./module.ts";

/**
 * Prints the program as `<name>.ts`, `<name>.js` and `<name>.d.ts`. `sources`, the texts of the `.nn` files by the names
 * that spans carry, add lines and doc comments to the kernels. The same program gives the same bytes.
 */
export function emitTypescript(program: Program, sources: Sources = noSources): Artifact {
  const base = fileName(program.name);
  const file = fileOf(moduleStatements(program, sources));
  return {
    manifest: manifestOf(program, "typescript", `${base}.js`),
    files: {
      [`${base}.ts`]: file.getFullText(),
      [`${base}.js`]: withoutTypes(file),
      [`${base}.d.ts`]: declarationText,
    },
  };
}

/** The kernels and `create`, for a module around them that finds buffers by their place in the memory. */
export function kernelsOf(program: Program, sources: Sources = noSources): string {
  return fileOf(innerStatements(program, sources, false))
    .getFullText()
    .trimEnd();
}

function fileOf(statements: readonly (string | StatementStructures)[]): SourceFile {
  const { IndentationText, Project } = tsMorph();
  const project = new Project({
    useInMemoryFileSystem: true,
    skipLoadingLibFiles: true,
    manipulationSettings: { indentationText: IndentationText.TwoSpaces },
  });
  return project.createSourceFile("module.ts", { statements: [...statements] });
}

function moduleStatements(program: Program, sources: Sources): readonly (string | StatementStructures)[] {
  return [
    `/** ${commentText(`${program.name}, compiled by nnc. Kernels are functions of typed arrays; create() gives them memory.`)} */\n\n${instanceText}\n`,
    `/** Bytes of the arena. */\nexport const arenaBytes = ${program.arenaBytes};\n`,
    ...innerStatements(program, sources, true),
  ];
}

/** `isModule`: `create` is exported, takes memory that is handed to it, and says where buffers are. */
function innerStatements(
  program: Program,
  sources: Sources,
  isModule: boolean,
): readonly (string | StatementStructures)[] {
  const names = nameModule(program);
  const helpers = new Set<string>();
  const module: Module = { syntax, functions: names.functions, helpers, taken: names.all };
  const lines = linesOf(sources);
  const facts: Facts = { ranges: new Map(), bounds: boundsOf(program) };
  const functions = program.functions.map((definition) => functionStructure(definition, names, module));
  const kernels = program.kernels.map((kernel, n) => {
    const body = printKernel(kernel, names.arrays[n], facts, module);
    return structure(names.kernels[n], kernelDocs(kernel, lines), body, "void");
  });
  const create = createStructure(program, names, module, isModule);
  return [
    "const fround = Math.fround;",
    ...helperText(helpers),
    ...arrayTexts(program, names),
    ...functions,
    ...kernels,
    create,
  ];
}

/** Private arrays of kernels, made once: only one kernel runs at a time. */
function arrayTexts(program: Program, names: ModuleNames): readonly string[] {
  return program.kernels.flatMap(({ arrays }, n) =>
    arrays.map(
      ({ name, dtype, elements }) => `const ${names.arrays[n].get(name)} = new ${arrayType(dtype)}(${elements});`,
    ),
  );
}

function functionStructure(
  definition: FunctionDefinition,
  names: ModuleNames,
  module: Module,
): FunctionDeclarationStructure {
  const name = names.functions.get(definition.name);
  const docs = [commentText(definition.summary)];
  return structure(name, docs, printFunction(definition, module), scalarType(definition.dtype));
}

function kernelDocs({ origins }: ScheduledKernel, sources: SourceLines): readonly string[] {
  const lines = describeOrigins(origins, sources).map(commentText);
  return lines.length === 0 ? [] : [lines.length === 1 ? lines[0] : `\n${lines.join("\n")}`];
}

function createStructure(
  program: Program,
  names: ModuleNames,
  module: Module,
  isModule: boolean,
): FunctionDeclarationStructure {
  const memory = {
    name: "memory",
    type: "ArrayBuffer | SharedArrayBuffer",
    initializer: "new ArrayBuffer(arenaBytes)",
  };
  return {
    ...structure(
      "create",
      [`Makes an instance, in ${isModule ? "the given memory or in " : ""}memory of its own.`],
      { parameters: [], lines: createLines(program, names, module, isModule) },
      "Instance",
    ),
    isExported: isModule,
    parameters: isModule ? [memory] : [],
  };
}

function structure(
  name: string | undefined,
  docs: readonly string[],
  { parameters, lines }: PrintedFunction,
  returnType: string,
): FunctionDeclarationStructure {
  const { StructureKind } = tsMorph();
  const write: WriterFunction = (writer) =>
    lines.forEach((line) => (line === "" ? writer.newLine() : writer.writeLine(line)));
  return {
    kind: StructureKind.Function,
    name,
    docs: [...docs],
    parameters: [...parameters],
    returnType,
    statements: [write],
  };
}
