/**
 * The reference in `docs/reference/`, made of what the code says of itself: doc comments of the prelude and of the library, the catalogue of errors,
 * the tables of built-ins, keys and settings, and the command's own help. Nothing in it is written by hand.
 */
import { mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { libraryPage } from "./reference-library.mjs";
import { root } from "./project.mjs";

/** What the commands do is not needed to tell of their flags. */
const withoutActions = {
  name: "without-actions",
  setup: ({ onResolve }) => onResolve({ filter: /^\.\.?\/commands\// }, () => ({ path: "node:path", external: true })),
};

/** The catalogues as the code has them. */
export async function readCatalogues() {
  const folder = mkdtempSync(path.join(root, "node_modules", ".reference-"));
  try {
    const outfile = path.join(folder, "catalogues.mjs");
    await build({
      entryPoints: [path.join(root, "scripts/lib/catalogues.ts")],
      outfile,
      bundle: true,
      format: "esm",
      platform: "node",
      packages: "external",
      loader: { ".nn": "text" },
      plugins: [withoutActions],
      logLevel: "warning",
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const made = "<!-- Made by `npm run reference`. -->";
const page = (title, lead, ...parts) => `${[`# ${title}`, made, lead, ...parts].join("\n\n")}\n`;
const cell = (text) => String(text).replaceAll("|", "\\|").replaceAll("\n", " ");
const table = (heads, rows) =>
  [heads, heads.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |`).join("\n");
const nn = (text) => `\`\`\`nn\n${text.trimEnd()}\n\`\`\``;

/** All pages by their names. */
export function referencePages(code) {
  return new Map([
    ["prelude.md", preludePage(code)],
    ["built-ins.md", builtinsPage(code)],
    ["training.md", trainPage(code)],
    ["data.md", dataPage(code)],
    ["command.md", commandPage(code)],
    ["library.md", libraryPage({ page, table })],
    ["errors.md", errorsPage(code)],
  ]);
}

/** The declarations of a file of the prelude, with the text of their signatures; those without a comment are parts of others. */
function declarationsOf({ name, text }, parse) {
  const { module } = parse({ name, text });
  const declared = module.declarations
    .filter(({ doc }) => doc !== undefined)
    .map((one) => ({
      kind: one.kind,
      name: one.name.text,
      doc: one.doc,
      signature: text
        .slice(one.name.span.from, one.body.span.from)
        .replace(/[={\s]+$/, "")
        .replace(/\s+/g, " "),
    }));
  return { lead: module.doc, declared };
}

function preludePage({ preludeFiles, parse }) {
  const entry = ({ kind, name, signature, doc }) => `### ${name}\n\n${nn(`${kind} ${signature}`)}\n\n${doc}`;
  const section = (file) => {
    const { lead, declared } = declarationsOf(file, parse);
    const title = file.name.replace(/^prelude\/(.)(.*)\.nn$/, (_, first, rest) => first.toUpperCase() + rest);
    const main = declared.some(({ kind }) => kind !== "block")
      ? declared.filter(({ kind }) => kind !== "block")
      : declared;
    const helpers = declared.filter((one) => !main.includes(one));
    return [
      `## ${title}`,
      ...(lead === undefined ? [] : [lead]),
      ...main.map(entry),
      ...(helpers.length === 0 ? [] : ["Blocks that these are made of:", ...helpers.map(entry)]),
    ].join("\n\n");
  };
  return page(
    "The prelude",
    "What every program has without a `use`. All of it is written in the language, in `compiler/prelude/`; any of these may be wrapped or replaced by a declaration of the same name.",
    ...preludeFiles.map(section),
  );
}

function builtinsPage({ builtins, builtinDocs, builtinFamilies, ambient, ambientDocs }) {
  const call = ({ name, parameters, variadic }) => {
    const shown = parameters.map((one) => (one.required ? one.name : `${one.name}:`));
    return `\`${name}(${[...shown, ...(variadic ? ["…"] : [])].join(", ")})\``;
  };
  const rows = (family) =>
    [...builtins.values()]
      .filter(({ name }) => builtinDocs[name].family === family)
      .map((one) => [call(one), builtinDocs[one.name].text]);
  return page(
    "Built-ins",
    "The functions that the language itself has. Those with `x` first are layers, too: `x |> reshape([N, -1])`. What ends in a colon may be left out.",
    ...builtinFamilies.map((family) => `## ${family}\n\n${table(["call", "what it gives"], rows(family))}`),
    `## Names with a meaning in their place\n\n${table(
      ["name", "what it stands for"],
      ambient.map((name) => [`\`${name}\``, required(ambientDocs[name], name)]),
    )}`,
  );
}

function required(text, what) {
  if (text === undefined) throw new Error(`nothing is said of ${what}`);
  return text;
}

function trainPage({ trainKeyDocs, stepKeyDocs }) {
  const rows = (docs) => [...docs].map(([key, { takes, means }]) => [`\`${key}\``, takes, means]);
  const heads = ["key", "takes", "means"];
  return page(
    "Keys of a train",
    "How they are used: [training](../training.md).",
    `## Of a train\n\n${table(heads, rows(trainKeyDocs))}`,
    `## Of a step\n\nWhat stands above the steps is their default, but for \`minimize\` and \`update\`.\n\n${table(heads, rows(stepKeyDocs))}`,
  );
}

function dataPage({ readers, readerDocs, kindOf }) {
  const part = ([name, reader]) => {
    const { reads, field, settings } = required(readerDocs[name], name);
    const rows = [...reader.needed, ...reader.others].map((key) => [
      `\`${key}\`${reader.needed.includes(key) ? ", needed" : ""}`,
      takes(name, reader, key, kindOf),
      required(settings[key], `${key} of ${name}`),
    ]);
    const others = field === undefined ? [] : [`Any other name: ${field}.`];
    return [
      `## ${name}`,
      `Reads ${reads}.`,
      ...(rows.length === 0 ? [] : [table(["setting", "takes", "means"], rows)]),
      ...others,
    ].join("\n\n");
  };
  return page("Readers of data", "How they are used: [data](../data.md).", ...[...readers].map(part));
}

/** Rows to test with are named as those of training are: where each input has a file of its own, by the reader again. */
function takes(name, reader, key, kindOf) {
  if (key !== "test") return kindOf(reader, key).expected;
  return reader.needed.includes("path")
    ? kindOf(reader, "path").expected
    : `\`${name}(…)\` with a file for each name, or the path of a file where there is one name`;
}

function commandPage({ routes }) {
  return page(
    "The command's flags",
    "How it is used: [the command](../command.md). `nnc COMMAND --help` says the same. A flag that may be repeated is given once for each value.",
    ...Object.entries(routes).map(([name, { brief, parameters }]) =>
      [
        `## nnc ${name}`,
        `${brief}.`,
        `\`nnc ${name} ${argumentsOf(parameters.positional)}\``,
        flagTable(parameters),
      ].join("\n\n"),
    ),
  );
}

function argumentsOf(positional) {
  return positional.kind === "array"
    ? `${positional.parameter.placeholder}…`
    : positional.parameters.map(({ placeholder }) => placeholder).join(" ");
}

function flagTable({ flags, aliases = {} }) {
  const rows = Object.entries(flags).map(([name, flag]) => {
    const short = Object.entries(aliases).flatMap(([alias, long]) => (long === name ? [`\`-${alias}\`, `] : []));
    const takes = flag.kind === "enum" ? flag.values.join(", ") : (flag.placeholder ?? "");
    const notes = [
      ...(flag.variadic === true && !flag.brief.includes("repeated") ? ["may be repeated"] : []),
      ...(flag.default === undefined || flag.default === false ? [] : [`by default ${flag.default}`]),
      ...(flag.kind !== "boolean" && flag.optional !== true && flag.default === undefined ? ["needed"] : []),
    ];
    return [`${short.join("")}\`--${name}\``, takes, [flag.brief, ...notes].join("; ")];
  });
  return table(["flag", "takes", "what it does"], rows);
}

const exampleFile = "example.nn";

function errorsPage({ catalogue, elaborateSource, render }) {
  const shown = ({ code, example }) => {
    if (example === undefined) return [];
    const { diagnostics } = elaborateSource({ name: exampleFile, source: example.bad }, { allowOpen: true });
    const found = diagnostics.find((one) => one.code === code);
    const own = found && { ...found, labels: found.labels.filter(({ file }) => file === exampleFile) };
    const message = own && render([own], new Map([[exampleFile, example.bad]]), { colour: false });
    return [
      `This has it:\n\n${nn(example.bad)}`,
      ...(message === undefined ? [] : [`\`\`\`text\n${trimmed(message)}\n\`\`\``]),
      `This has not:\n\n${nn(example.good)}`,
    ];
  };
  return page(
    "Errors and warnings",
    "Every code, as `nnc explain CODE` tells it. Those without an example arise from files, arguments or a run.",
    ...[...catalogue.values()].map((definition) =>
      [
        `## ${definition.code}${definition.severity === "warning" ? " (warning)" : ""}`,
        definition.explanation,
        ...shown(definition),
      ].join("\n\n"),
    ),
  );
}

function trimmed(text) {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line, at, all) => !/^\d+ (error|warning)s?$/.test(line) || at < all.length - 1)
    .join("\n")
    .trimEnd();
}
