/** The manual leaves nothing out: what the catalogues of the code name stands in the pages written by hand, every page is listed, every link leads somewhere. */
import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { routes } from "../../cli/routes.ts";
import { readers } from "../../compiler/elaborate/data-readers.ts";
import { preludeFiles } from "../../compiler/prelude/index.ts";
import { ambient, builtins } from "../../compiler/semantics/builtins.ts";
import { stepKeys, trainKeys } from "../../compiler/semantics/train-keys.ts";
import { parse } from "../../compiler/syntax/parse.ts";
import { docs, pagesIn, pageText } from "./blocks.ts";

const all = pagesIn("");

/** What the pages say in code, of a line or of a block. */
function codeOf(pages: readonly string[]): string {
  return pages.flatMap((page) => pageText(page).match(/```[\s\S]*?```|`[^`\n]+`/g) ?? []).join("\n");
}

function leftOut(
  names: Iterable<string>,
  pages: readonly string[],
  form = (name: string) => `(?<![\\w-])${name}(?![\\w-])`,
) {
  const code = codeOf(pages);
  return [...names].filter((name) => !new RegExp(form(name)).test(code));
}

const language = pagesIn("language");
const library = ["library.md", "training-from-a-program.md", "inference-server.md"];
const key = (name: string): string => `(?<![\\w-])${name}\`? ?[:|]`;

/** Those with a comment; the others are helpers of theirs. */
const inPrelude = preludeFiles.flatMap(({ name, text }) =>
  parse({ name, text }).module.declarations.flatMap((one) =>
    one.kind === "use" || one.doc === undefined ? [] : [one.name.text],
  ),
);

// The script is plain JavaScript; this is its promise.
const { libraryParts } = (await import(
  pathToFileURL(path.resolve(docs, "../scripts/lib/reference-library.mjs")).href
)) as {
  readonly libraryParts: () => readonly {
    readonly heading: string;
    readonly members: readonly { readonly name: string }[];
  }[];
};

describe("the manual leaves out no", () => {
  test.each([
    ["key of a train", () => leftOut(trainKeys, ["training.md"], key)],
    ["key of a step", () => leftOut(stepKeys, ["training.md"], key)],
    ["reader of data", () => leftOut(readers.keys(), ["data.md"])],
    [
      "setting of a reader",
      () =>
        leftOut(
          [...readers.values()]
            .flatMap(({ needed, others }) => [...needed, ...others])
            .filter((name) => name !== "path"),
          ["data.md"],
          key,
        ),
    ],
    ["command", () => leftOut(Object.keys(routes), ["command.md"], (name) => `nnc ${name}\\b`)],
    ["built-in", () => leftOut(builtins.keys(), language)],
    ["name with a meaning in its place", () => leftOut(ambient, [...language, "own-parts.md"])],
    ["declaration of the prelude", () => leftOut(inPrelude, [...language, "training.md", "own-parts.md"])],
  ])("%s", (_what, missing) => {
    expect(missing()).toEqual([]);
  });

  test.each(Object.entries(routes))("flag of nnc %s", (_name, command) => {
    // Every route is one command, none a map of them.
    const flags = "parameters" in command ? Object.keys((command.parameters as { readonly flags: object }).flags) : [];
    expect(flags.length).toBeGreaterThan(0);
    expect(leftOut(flags, ["command.md"], (flag) => `--${flag}(?![\\w-])`)).toEqual([]);
  });

  test.each(libraryParts().map(({ heading, members }) => [heading, members.map(({ name }) => name)] as const))(
    "name of the library: %s",
    (_heading, names) => {
      expect(names.length).toBeGreaterThan(0);
      expect(leftOut(names, library)).toEqual([]);
    },
  );
});

test("the table of contents has every page", () => {
  const linked = new Set([...pageText("README.md").matchAll(/\]\(([^)#]+\.md)/g)].map(([, to]) => to));
  expect(all.filter((page) => page !== "README.md" && !linked.has(page))).toEqual([]);
});

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...text.replaceAll(/```[\s\S]*?```/g, "").matchAll(/^#+ (.*)$/gm)].map(
    ([, heading = ""]) => heading,
  );
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

test.each(all)("every link of docs/%s leads somewhere", (page) => {
  const links = [
    ...pageText(page)
      .replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, "")
      .matchAll(/\]\(([^)\s]+)\)/g),
  ].map(([, to = ""]) => to);
  const dead = links.filter((link) => {
    if (/^https?:/.test(link)) return false;
    const [file = "", anchor] = link.split("#");
    const place = path.resolve(docs, path.dirname(page), file === "" ? path.basename(page) : file);
    if (!existsSync(place)) return true;
    return (
      anchor !== undefined && place.startsWith(docs) && !anchorsOf(pageText(path.relative(docs, place))).has(anchor)
    );
  });
  expect(dead).toEqual([]);
});
