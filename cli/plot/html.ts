/** Small constructors of HTML elements. What comes from a program or from data goes through `words`; all else is markup that was made here. */
import { escape, words } from "./xml.ts";

/** Text that stands where an element may stand. */
export type Markup = string;

type Attributes = Readonly<Record<string, string | number | boolean>>;

/** Without an end tag. */
const empty: ReadonlySet<string> = new Set(["img", "meta", "br"]);

/** `<name …>children</name>`; an attribute that is true stands alone, one that is false is left out. */
export function node(name: string, attributes: Attributes = {}, ...children: readonly Markup[]): Markup {
  const written = Object.entries(attributes).map(([key, value]) =>
    value === false ? "" : value === true ? ` ${key}` : ` ${key}="${escape(String(value))}"`,
  );
  const open = `<${name}${written.join("")}>`;
  return empty.has(name) ? open : `${open}${children.join("")}</${name}>`;
}

interface Cells {
  /** The first of `heads` is that of the rows' names. */
  readonly heads: readonly string[];
  /** The first cell of each is its name. */
  readonly rows: readonly (readonly string[])[];
  /** Whether all but the names are numbers. */
  readonly numbers?: boolean;
}

/** Letters of a word that a column of a table is made wide for. */
const mostLetters = 20;

/** Whether a cell has a word that would push other columns out of sight: only such a one is broken anywhere. */
export function isLong(text: string): boolean {
  return text.split(/\s/u).some((word) => Array.from(word).length > mostLetters);
}

/** A table of texts, which scrolls by itself where it is wider than its place. */
export function tableOf({ heads, rows, numbers = true }: Cells): Markup {
  const classOf = (text: string, at: number): Attributes =>
    numbers && at > 0 ? { class: "number" } : isLong(text) ? { class: "long" } : {};
  const cell = (text: string, at: number): Markup =>
    at === 0
      ? node("th", { scope: "row", ...classOf(text, at) }, words(text))
      : node("td", classOf(text, at), words(text));
  const head = node(
    "tr",
    {},
    ...heads.map((text, at) => node("th", { scope: "col", ...classOf(text, at) }, words(text))),
  );
  const body = rows.map((row) => node("tr", {}, ...row.map(cell)));
  const parts = heads.every((text) => text === "") ? [] : [node("thead", {}, head)];
  return node("div", { class: "scroll", tabindex: 0 }, node("table", {}, ...parts, node("tbody", {}, ...body)));
}

/** Pairs of a name and what it is. */
export function pairsOf(pairs: readonly (readonly [name: string, value: string])[]): Markup {
  const items = pairs.map(([name, value]) =>
    // A browser would break `1.37e-4` behind its dash.
    node("div", {}, node("dt", {}, words(name)), node("dd", isNumber(value) ? { class: "whole" } : {}, words(value))),
  );
  return node("dl", { class: "pairs" }, ...items);
}

/** As long as figures are; cells of data may be longer, and are broken. */
function isNumber(text: string): boolean {
  return text.length <= 12 && /^-?\d[\d.,]*(?:e-?\d+)?$/u.test(text);
}
