/**
 * The text of an exported module that reads and writes texts as `predictor` and `nnc predict` do: the same calls of the same kernels, so the same
 * bits and the same characters. Written as TypeScript; the JavaScript form is the same text without its types.
 */
import { scoresKey } from "../../runtime/predict/interface.ts";
import { literal } from "../../targets/typescript/code.ts";
import { answeringOf } from "./answering.ts";
import type { Answering } from "./answering.ts";
import { comment } from "./comment.ts";
import {
  argmaxText,
  distanceText,
  headerText,
  importLines,
  mainText,
  mistakeText,
  needsOnly,
  numbersLiteral,
  numbersText,
  valuesText,
} from "./frame.ts";
import type { FrameParts } from "./frame.ts";
import { openDeclarations } from "./gpu-text.ts";
import { loadDeclaration, openText, weightsText } from "./weights-text.ts";
import { callText, idsText, openedText, partsText, samplerText, windowsText } from "./reading-text.ts";

/** A run of an entry: its open dimensions are the number of texts, their length, or a number. */
export interface ModuleCall {
  readonly entry: string;
  /** The buffers of the text and of what lies behind what was read. */
  readonly given: readonly string[];
  readonly results: readonly string[];
  readonly dims: readonly ("rows" | "length" | number)[];
}

/** What came out when the module was exported. */
export interface TextExample {
  readonly text: string;
  /** For each of its characters the one that most likely comes next. */
  readonly likeliest: string;
  /** The scores behind its last character. */
  readonly last: readonly number[];
  readonly prompt: string;
  /** Behind the prompt, as long as the text, with the module's own seed. */
  readonly written: string;
}

export interface TextParts extends FrameParts {
  readonly model: string;
  /** Rounded as the processor likes. */
  readonly isRelaxed: boolean;
  /** What the likeliest character is called. */
  readonly output: string;
  readonly vocabulary: readonly string[];
  /** Characters at once. */
  readonly window: number;
  /** Scores of a place. */
  readonly width: number;
  /** Of what is drawn where none is given. */
  readonly seed: number;
  readonly reading:
    | { readonly kind: "parts"; readonly start: ModuleCall | null; readonly step: ModuleCall }
    | { readonly kind: "windows"; readonly call: ModuleCall; readonly rows: number; readonly isOpen: boolean };
  readonly example: TextExample;
}

/** The whole module as TypeScript. */
export function textModuleText(parts: TextParts): string {
  const computed = "a text of ${example.likeliest.length} characters and one that is written behind its first are";
  return [textModelText(parts), mainText(parts, computed)].join("\n");
}

/** Without what Node's command line asks for. */
export function textModelText(parts: TextParts): string {
  const answering = answeringOf(parts.format);
  return [
    header(parts),
    parts.kernels,
    numbersText,
    typesText(parts),
    dataText(parts),
    ...(parts.weights.file === undefined ? [] : [mistakeText]),
    valuesText,
    parts.places,
    ...(answering.async === "" ? [openedText] : []),
    openText(parts),
    parts.requirements,
    callText(parts.requirements !== "", answering),
    parts.reading.kind === "parts" ? partsText(answering) : windowsText(answering),
    idsText,
    argmaxText,
    predictText(parts, answering),
    samplerText,
    generateText(answering),
    selftestText(parts.isRelaxed, answering),
    distanceText(parts),
  ].join("\n");
}

/** The declarations of the module. */
export function textDeclarationText(parts: TextParts): string {
  const { given, generator } = answeringOf(parts.format);
  return [
    header(parts),
    numbersText,
    typesText(parts),
    ...loadDeclaration(parts.weights),
    ...(parts.format === "wgsl" ? [openDeclarations] : []),
    `${vocabularyDoc}\nexport declare const vocabulary: readonly string[];\n`,
    `${predictDoc}\nexport declare function predict(texts: readonly Text[]): ${given("Prediction[]")};\n`,
    `${generateDoc}\nexport declare function generate(prompt?: Text, options?: GenerateOptions): ${generator};\n`,
  ].join("\n");
}

function header(parts: TextParts): string {
  const { model, example, format } = parts;
  const { async, await: awaits } = answeringOf(format);
  const prompt = literal(example.prompt);
  const written = `generate(${prompt}, { length: 200, temperature: 0.8, seed: 3 })`;
  return headerText(parts, [
    `The model ${model} as it reads and writes texts, exported by nnc. ${needsOnly(parts)}`,
    "",
    ...importLines(["generate", "predict"], parts),
    async === ""
      ? `  const text = [...${written}].join("");`
      : `  for await (const character of ${written}) console.log(character);`,
    `  const [next] = ${awaits}predict([${prompt}]);`,
    "",
  ]);
}

function typesText({ output }: TextParts): string {
  return `/** A text, or the ids of its characters: their places in \`vocabulary\`. */
export type Text = string | Numbers | readonly number[];

/** What the network says of a text. */
export interface Prediction {
  /** For each of its characters the one that most likely comes next. */
  readonly text: string;
  /** The same with the scores of all characters. */
  readonly places: readonly Place[];
}

/** What may come next behind a character of a text. */
export interface Place {
  readonly character: string;
  /** The most likely one. */
  readonly ${literal(output)}: string;
  /** What the network says for each. */
  readonly ${literal(scoresKey([]))}: Readonly<Record<string, number>>;
}

export interface GenerateOptions {
  /** How many characters; without it there is no end, and the loop that takes them is left. */
  readonly length?: number;
  /** 1 draws each character with the chance that the model gives it, less takes likely ones more often, 0 always the likeliest. Default: 1. */
  readonly temperature?: number;
  /** Of the draws; by default the network's own. The same seed gives the same text everywhere. */
  readonly seed?: number;
}
`;
}

const vocabularyDoc = comment([
  "The characters that the model knows, by their ids. Of a text, those that are not among them are read as the last one.",
]);

const predictDoc = comment([
  "Says for each character of each text which one most likely comes next. Texts may have any length. Throws a TypeError or a RangeError",
  "that names the row and what was expected where one does not fit.",
]);

const generateDoc = comment([
  "What the model writes behind the prompt, a character at a time. Without a prompt it begins as behind the most frequent character, which is",
  "none of the text. Throws a TypeError or a RangeError at once for an argument that does not fit.",
]);

function dataText(parts: TextParts): string {
  const { vocabulary, window, width, seed, reading, example } = parts;
  return [
    vocabularyDoc,
    `export const vocabulary: readonly string[] = ${literal(vocabulary)};`,
    "",
    "/** The most characters at once, the scores of a place, and the seed of the network. */",
    `const windowSize = ${window};`,
    `const width = ${width};`,
    `const ownSeed = ${seed};`,
    "",
    "/** A run of an entry: the buffers of the text and of what lies behind what was read, those of the answers, and what its sizes are. */",
    'interface Call { readonly entry: string; readonly given: readonly string[]; readonly results: readonly string[]; readonly dims: readonly ("rows" | "length" | number)[] }',
    ...(reading.kind === "parts"
      ? [
          "/** What lies behind nothing, where anything is carried from character to character; and how a part is read. */",
          `const start: Call | null = ${literal(reading.start)};`,
          `const step: Call = ${literal(reading.step)};`,
        ]
      : [
          "/** How windows are read, how many at once, and whether shorter ones are, too. */",
          `const call: Call = ${literal(reading.call)};`,
          `const most: number = ${reading.rows};`,
          `const isOpen: boolean = ${reading.isOpen};`,
        ]),
    "",
    weightsText(parts.weights),
    "/** What came out when this was exported: of a text, the likeliest next characters and the scores of the last; and what was written behind a prompt. */",
    "interface Example { readonly text: string; readonly likeliest: string; readonly last: readonly number[]; readonly prompt: string; readonly written: string }",
    `const example: Example = ${exampleText(example)};`,
    "",
  ].join("\n");
}

function exampleText({ last, ...texts }: TextExample): string {
  return `{ ...${literal(texts)}, last: ${numbersLiteral(last)} }`;
}

function predictText({ output }: TextParts, { async, await: awaits, given }: Answering): string {
  const answers =
    async === ""
      ? "  return read.map(({ characters, ids }) => said(characters, begin().each(ids)));"
      : `  const found: Prediction[] = [];
  for (const { characters, ids } of read) found.push(said(characters, ${awaits}begin().each(ids)));
  return found;`;
  return `${predictDoc}
export ${async}function predict(texts: readonly Text[]): ${given("Prediction[]")} {
  if (!Array.isArray(texts)) throw new TypeError(\`predict: expected a list of texts, found \${shown(texts)}; a single text stands in brackets, predict([text])\`);
  const read: { readonly characters: readonly string[]; readonly ids: Int32Array }[] = [];
  for (let at = 0; at < texts.length; at += 1) {
    const text = texts[at] as Text;
    const ids = idsOf(text, \`row \${at}\`);
    read.push({ characters: typeof text === "string" ? Array.from(text) : Array.from<number, string>(ids, (id) => vocabulary[id] ?? ""), ids });
  }
${answers}
}

/** \`scores\`: those of every place. */
function said(characters: readonly string[], scores: Float32Array): Prediction {
  const places = characters.map((character, place): Place => {
    const own = scores.subarray(place * width, place * width + vocabulary.length);
    return { character, ${literal(output)}: vocabulary[argmax(own)] ?? "", scores: Object.fromEntries(vocabulary.map((one, id) => [one, own[id] ?? NaN])) };
  });
  return { text: places.map((place) => place[${literal(output)}]).join(""), places };
}
`;
}

function generateText({ async, await: awaits, generator }: Answering): string {
  return `${generateDoc}
export function generate(prompt: Text = "", options: GenerateOptions = {}): ${generator} {
  if (typeof options !== "object" || options === null || isList(options) || Symbol.iterator in options) throw new TypeError(\`generate: expected options as an object, found \${shown(options)}\`);
  const other = Object.keys(options).find((key) => key !== "length" && key !== "temperature" && key !== "seed");
  if (other !== undefined) throw new TypeError(\`generate: expected the options "length", "temperature" and "seed", found \${shown(other)}\`);
  const { length, temperature = 1, seed = ownSeed } = options;
  requireNumber("length", length, "a whole number from 0", (value) => Number.isSafeInteger(value) && value >= 0);
  requireNumber("temperature", temperature, "a number from 0", (value) => Number.isFinite(value) && value >= 0);
  requireNumber("seed", seed, "a whole number", Number.isSafeInteger);
  const ids = idsOf(prompt, "the prompt");
  return write(ids.length === 0 ? Int32Array.of(0) : ids, length ?? Infinity, sampler(seed, temperature));
}

function requireNumber(name: string, value: unknown, expected: string, fits: (value: number) => boolean): void {
  if (value === undefined || (typeof value === "number" && fits(value))) return;
  const Mistake = typeof value === "number" ? RangeError : TypeError;
  throw new Mistake(\`generate: expected \${expected} for \${name}, found \${shown(value)}\`);
}

${async}function* write(start: Int32Array, length: number, pick: (scores: Float32Array) => number): ${generator} {
  const reading = begin();
  let ids = start;
  for (let made = 0; made < length; made += 1) {
    ids = Int32Array.of(pick((${awaits}reading.next(ids)).subarray(0, vocabulary.length)));
    yield vocabulary[ids[0] ?? 0] ?? "";
  }
}
`;
}

/** Where scores differ from machine to machine, so may what is likeliest by little, and then what is written. */
function selftestText(isRelaxed: boolean, { async, await: awaits, given }: Answering): string {
  const same = isRelaxed ? "" : sameText;
  return `/** Reads and writes the example again; the largest difference of a score, relative to those beyond 1. */
${async}function selftest(): ${given("number")} {
  const [found] = ${awaits}predict([example.text]);${same}
  const scores = found?.places.at(-1)?.scores ?? {};
  let worst = 0;
  vocabulary.forEach((character, id) => {
    const difference = distance(scores[character] ?? NaN, example.last[id] ?? NaN);
    if (!(difference <= worst)) worst = difference;
  });
  return worst;
}
`;
}

const sameText = `
  const written = [...generate(example.prompt, { length: Array.from(example.text).length })].join("");
  if (found?.text !== example.likeliest || written !== example.written) return Infinity;`;
