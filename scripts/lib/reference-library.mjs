/** The reference of the library: the options of its calls and the members of its classes, with the comments that stand above them in the source. */
import { readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { root } from "./project.mjs";

/** What is shown: interfaces as tables of their fields, classes as tables of their public members. */
const parts = [
  ["`nnc`: options of `compile`", ["compiler/options.ts", "CompileOptions"], ["compiler/front.ts", "FrontOptions"]],
  ["`nnc/files`: options of `compileFile`, beside those of `compile`", ["compiler/options.ts", "FileOptions"]],
  ["`nnc/files`: options of `readImages`", ["compiler/files.ts", "ImagesOptions"]],
  ["`nnc/runtime`: options of `load`", ["runtime/load/begin.ts", "LoadOptions"]],
  ["`nnc/slim` and `nnc/runtime`: a network", ["runtime/load/slim-network.ts", "SlimNetwork"]],
  ["`nnc/runtime`: what its networks have beside", ["runtime/load/network.ts", "Network"]],
  ["Options of `step` and `evaluate`", ["runtime/load/call-options.ts", "CallOptions"]],
  ["Options of `predict`", ["runtime/load/call-options.ts", "PredictOptions"]],
  ["Options of `restore`", ["runtime/load/call-options.ts", "RestoreOptions"]],
  [
    "`nnc/runtime`: options of `predictor`, beside `gpu`, `seed` and `threads` of `load`",
    ["runtime/predict/predictor.ts", "PredictorOptions"],
  ],
  ["`nnc/runtime`: a predictor", ["runtime/predict/predictor.ts", "Predictor"]],
  ["Options of `stream`", ["runtime/predict/predictor.ts", "StreamOptions"]],
  ["Options of `generate`", ["runtime/predict/text-reader.ts", "GenerateOptions"]],
  ["`nnc/train`: contents for `prepare`", ["runtime/data/open.ts", "Contents"]],
  ["`nnc/train`: the data of a run", ["runtime/train/data.ts", "TrainData"]],
  ["`nnc/train`: options of `train`", ["runtime/train/run.ts", "TrainOptions"]],
  ["`nnc/train`: a run", ["runtime/train/index.ts", "Training"]],
  ...["Start", "Step", "Epoch", "Stopped", "Diverged", "Done"].map((name) => [
    `The event \`${name.toLowerCase()}\``,
    ["runtime/train/events.ts", `${name}Event`],
  ]),
];

/** No caller of the library needs them. */
const inner = new Set([
  "dataFacts",
  "allowOpen",
  "apart",
  "initialize",
  "peek",
  "snapshot",
  "put",
  "lasting",
  "takeOver",
  "readOn",
  "readOnSync",
  "record",
  "next",
  "return",
]);

/** Every option and member by the heading of its part. */
export function libraryParts() {
  return parts.map(([heading, ...places]) => ({
    heading: String(heading),
    members: places.flatMap(([file, name]) => membersOf(file, name)).filter(({ name }) => !inner.has(name)),
  }));
}

export function libraryPage({ page, table }) {
  return page(
    "The library",
    "How it is used: [the library](../library.md). `compile`, `render` and `NncError` are of `nnc`; `compileFile` and `readImages` of `nnc/files`; `load` and `predictor` of `nnc/runtime`; `prepare`, `prepareFile`, `fieldsOf` and `train` of `nnc/train`.",
    ...libraryParts().map(
      ({ heading, members }) =>
        `## ${heading}\n\n${table(
          ["name", "type", "what it is"],
          members.map(({ name, type, doc }) => [`\`${name}\``, `\`${type}\``, doc]),
        )}`,
    ),
  );
}

function membersOf(file, name) {
  const text = readFileSync(path.join(root, file), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const declared = source.statements.find((one) => one.name?.text === name);
  if (declared === undefined) throw new Error(`${file} has no ${name}`);
  const seen = new Set();
  return declared.members
    .filter((one) => one.name !== undefined && ts.isIdentifier(one.name) && !isHidden(one))
    .filter(({ name: { text } }) => !seen.has(text) && seen.add(text))
    .map((one) => ({ name: one.name.text, type: typeOf(one, source), doc: docOf(one) }));
}

function isHidden(member) {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected | ts.ModifierFlags.Static;
  return (ts.getCombinedModifierFlags(member) & hidden) !== 0;
}

/** Of a method its signature, of a field its type. */
function typeOf(member, source) {
  const short = (node) => (node === undefined ? "" : node.getText(source).replace(/\s+/g, " "));
  if (!ts.isMethodDeclaration(member) && !ts.isMethodSignature(member)) return short(member.type);
  // A parameter whose default is a text has no type beside it.
  const typed = (one) =>
    one.type === undefined && one.initializer && ts.isStringLiteral(one.initializer) ? "string" : short(one.type);
  const given = member.parameters.map(
    (one) => `${one.name.getText(source)}${one.questionToken || one.initializer ? "?" : ""}: ${typed(one)}`,
  );
  return `(${given.join(", ")}) => ${short(member.type)}`;
}

function docOf(member) {
  const [comment] = ts.getJSDocCommentsAndTags(member);
  const said = comment && ts.isJSDoc(comment) ? ts.getTextOfJSDocComment(comment.comment) : "";
  return (said ?? "").replace(/\s+/g, " ");
}
