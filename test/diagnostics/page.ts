/** The page of what wrong programs are told: one table for each kind of mistake, a row for each program. */
import { elaborateSource } from "../../compiler/front.ts";
import type { Scene } from "../../compiler/diagnostics/examples/index.ts";
import { catalogue } from "../../compiler/diagnostics/codes/index.ts";
import earlier from "./wrong/before.json" with { type: "json" };
import { wrongPrograms } from "./wrong/index.ts";

/** What programs were told, by their groups and names, and what the codes' examples were, by their codes. */
interface Before {
  readonly commit: string;
  readonly date: string;
  readonly programs: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  readonly examples: Readonly<Record<string, readonly string[]>>;
}

const before: Before = earlier;

export interface PlayedScene {
  readonly code: string;
  /** All of it. */
  readonly scene: Scene;
  /** All that its last line printed. */
  readonly told: string;
}

const titles: Readonly<Record<keyof typeof wrongPrograms, string>> = {
  syntax: "Spelling and form",
  names: "Names and arguments",
  shapes: "Shapes and element types",
  trains: "Trains",
  beginners: "From Keras, PyTorch and Python",
  habits: "Words and forms of other systems",
};

export function messagesPage(scenes: readonly PlayedScene[]): string {
  const groups = Object.entries(wrongPrograms).map(([group, programs]) => {
    const rows = programs.map(([name, source]) => rowOf(source, before.programs[group]?.[name]));
    return section(titles[group as keyof typeof titles], rows, "what it was before");
  });
  const examples = [...catalogue.values()].flatMap(({ code, example }) =>
    example === undefined ? [] : [rowOf(example.bad, before.examples[code])],
  );
  const played = scenes.map(({ code, scene, told }) => row(code, shortOf(scene), messageOf(code, told)));
  return [
    "# What wrong programs are told\n",
    "Written by `npm run golden` from the programs that the tests hold: what is said of each, with the proposal in parentheses where there is one. `nnc explain CODE` says more of a code, and prints the files of those of the last table, with ones that are told nothing.\n",
    `*Before* is what nnc said on ${before.date} (commit ${before.commit}), when the work on its messages began; a dot where that was the same.\n`,
    ...groups,
    section("One for each code of a source", examples, "what it was before"),
    section("One for each code of files, data, commands and programs", played),
  ].join("\n");
}

function section(title: string, rows: readonly string[], ...more: readonly string[]): string {
  const head = ["code", "program", "message", ...more];
  return [`## ${title}\n`, line(head), line(head.map(() => "---")), ...rows, ""].join("\n");
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function row(code: string, program: string, message: string, ...more: readonly string[]): string {
  return line([code, cell(program, "`"), cell(message), ...more.map((text) => cell(text))]);
}

/** All that a source is told now and was before; what was written later has no before. */
function rowOf(source: string, told: readonly string[] = ["not asked"]): string {
  const { diagnostics } = elaborateSource({ name: "main.nn", source });
  const said = diagnostics.map(({ message, help }) => (help === undefined ? message : `${message} (${help})`));
  const same = diagnostics.map(({ code }, at) => `${code}: ${said[at]}`).join("\n") === told.join("\n");
  const codes = diagnostics.map(({ code }) => code).join(", ");
  return row(codes, source, said.join("\n"), same ? "·" : told.join("\n"));
}

/** What a program does behind the line that compiles, or else what is typed: all of it is what `nnc explain` prints. */
function shortOf({ files, lines }: Scene): string {
  const program = files["main.mjs"];
  if (program === undefined) return lines.map((line) => `$ ${line}`).join("\n");
  return program.slice(program.indexOf("\n", program.indexOf("} = compile(")));
}

const longest = 300;

/** Lines as a cell holds them, each between `quote`s; what is long or machine-written is cut. */
function cell(text: string, quote = ""): string {
  return text
    .trimEnd()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => (line.length > longest ? `${line.slice(0, longest)}…` : line))
    .map((line) => (quote === "" ? line.replaceAll("<", "&lt;") : fenced(line)).replaceAll("|", String.raw`\|`))
    .join("<br>");
}

/** A line of a program, whose own backquotes must not end it. */
function fenced(line: string): string {
  return line.includes("`") ? `\`\` ${line} \`\`` : `\`${line}\``;
}

/** Their last part is in the words of the machine: of its engine, its file system or its decoder. */
const ofMachine = new Set(["NN0702", "NN0873", "NN0924", "NN0925"]);

/** The message of a code in what was printed, as the command prints it or as a program prints data. */
function messageOf(code: string, told: string): string {
  const printed = new RegExp(`\\[${code}\\]: (.*)`).exec(told)?.[1];
  const message = printed ?? dataOf(code, told) ?? "";
  const shown = message.replaceAll(/\/\S*nnc-scenes-\w+\/\d+/g, "FOLDER");
  return ofMachine.has(code) ? `${shown.slice(0, shown.lastIndexOf(": ") + 1)} …` : shown;
}

function dataOf(code: string, told: string): string | undefined {
  for (const line of told.split("\n")) {
    const values = JSON.parse(line) as readonly (readonly { readonly code?: string; readonly message?: string }[])[];
    const found = values.flat().find((one) => one.code === code);
    if (found !== undefined) return found.message;
  }
  return undefined;
}
