/**
 * A source file's pieces, its top-level declarations and the members of its classes, each with the mutants that Stryker makes of it. A piece is what is tried at a time
 * and remembered: an edit elsewhere in the file leaves its record as it is.
 */
import { Instrumenter } from "@stryker-mutator/instrumenter";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { root } from "../scripts/lib/project.mjs";

/**
 * What is not mutated. Strings here are tags, which the type checker holds, and the texts of messages, which the golden tests of
 * test/diagnostics hold; those are not among the tests that run.
 */
export const excludedMutations = ["StringLiteral"];

const silent = { debug() {}, info() {}, isDebugEnabled: () => false };

export const hashOf = (text) => createHash("sha256").update(text).digest("hex").slice(0, 12);

/** The TypeScript files of a place, which is a folder or one file, in one order everywhere. */
export function filesOf(place) {
  if (place.endsWith(".ts")) return [place];
  return readdirSync(path.join(root, place), { recursive: true })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `${place}/${name.split(path.sep).join("/")}`)
    .sort();
}

export const textOf = (file) => readFileSync(path.join(root, file), "utf8");

/** The mutants of a file: `{ id, mutatorName, replacement, location }`, lines and columns from 0. */
async function mutantsOf(file, content) {
  const options = { ignorers: [], plugins: null, excludedMutations, noHeader: true };
  const { mutants } = await new Instrumenter(silent).instrument([{ name: file, content, mutate: true }], options);
  return mutants;
}

/** What a statement or a member declares, `Class.member`; its first words where it declares nothing. */
function nameOf(node, source) {
  const declared = ts.isVariableStatement(node) ? node.declarationList.declarations[0] : node;
  const name = declared.name?.getText(source) ?? node.getText(source).split("\n")[0].slice(0, 40);
  return ts.isClassDeclaration(node.parent) ? `${nameOf(node.parent, source)}.${name}` : name;
}

/** The pieces of a file that have mutants: `{ file, name, hash, mutants, first, last }`, lines from 1. */
export async function piecesOf(file) {
  const content = textOf(file);
  const source = ts.createSourceFile(file, content, ts.ScriptTarget.Latest, true);
  const lines = (await mutantsOf(file, content)).map(({ location }) => location.start.line + 1);
  return source.statements
    .flatMap((statement) => (ts.isClassDeclaration(statement) ? [...statement.members] : [statement]))
    .map((node) => {
      const first = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
      const last = source.getLineAndCharacterOfPosition(node.end).line + 1;
      const mutants = lines.filter((line) => line >= first && line <= last).length;
      const hash = hashOf(node.getText(source));
      return { file, name: nameOf(node, source), hash, mutants, first, last };
    })
    .filter(({ mutants }) => mutants > 0);
}
