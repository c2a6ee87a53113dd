/** The parts that reports are made of: a heading that can be linked to, cards of pictures, figures of any shape, single rows. */
import { printable } from "../../compiler/diagnostics/display.ts";
import type { MetricValue } from "../../runtime/load/index.ts";
import { formatLoss, formatValue, formatWhole, plural } from "../output/numbers.ts";
import { node, pairsOf, tableOf } from "../plot/html.ts";
import type { Markup } from "../plot/html.ts";
import { themed } from "../plot/page.ts";
import type { MatrixPanel, Panel } from "../plot/panel.ts";
import { drawInPage } from "../plot/svg.ts";
import { element, words } from "../plot/xml.ts";
import type { ClassNames } from "../train/figures.ts";
import { matrixOf } from "../train/figures.ts";
import type { Examination, WorstRow } from "./examine.ts";
import { mapColours } from "./parts.ts";
import type { Part } from "./parts.ts";

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Markup;
}

export function note(text: string): Markup {
  return node("p", { class: "note" }, words(text));
}

export function card(...content: readonly Markup[]): Markup {
  return node("div", { class: "card" }, ...content);
}

export function cards(content: readonly Markup[]): Markup {
  return node("div", { class: "cards" }, ...content);
}

/** Title, links to the sections, and the sections. */
export function documentOf(title: string, lead: readonly Markup[], sections: readonly Section[]): Markup {
  const links = sections.map(({ id, title: name }) => node("li", {}, node("a", { href: `#${id}` }, words(name))));
  const parts = sections.map(({ id, title: name, content }) =>
    node("section", { id }, node("h2", {}, words(name)), content),
  );
  return `${node(
    "main",
    {},
    node("h1", {}, words(title)),
    ...lead,
    node("nav", { "aria-label": "Sections" }, node("ul", {}, ...links)),
    ...parts,
  )}\n`;
}

/** A picture; below a matrix its numbers, since not all have room in it. */
export function plotCard(panel: Panel): Markup {
  const drawn = drawInPage(panel, themed);
  return panel.kind === "curves" ? card(drawn) : card(drawn, numbersOf(panel));
}

function numbersOf({ rows, rowNames, columnNames, rowLabel, columnLabel }: MatrixPanel): Markup {
  const heads = [`${rowLabel} ↓ ${columnLabel} →`, ...columnNames];
  const table = tableOf({ heads, rows: rows.map((row, at) => [rowNames[at] ?? "", ...row.map(formatValue)]) });
  return node("details", {}, node("summary", {}, "Numbers"), table);
}

/** Slices of a larger tensor that are shown, each a matrix. */
const mostSlices = 12;
/** Of a vector. */
const mostRows = 200;

/** A metric that is no number: a vector as a table, a matrix as a picture, what has more axes as one for each index of the outer ones. */
export function shapedCards(
  name: string,
  { shape, data }: Exclude<MetricValue, number>,
  { classes, positive }: ClassNames,
): readonly Markup[] {
  const title = name.replaceAll("_", " ");
  if (shape.length === 1) {
    const count = shape[0] ?? 0;
    const own = count === 1 && positive !== undefined ? [positive] : classes;
    const rows = [...data.subarray(0, mostRows)].map((value, at) => [
      own.length === count ? (own[at] ?? "") : String(at),
      formatValue(value),
    ]);
    const left = count > mostRows ? note(`… and ${plural(count - mostRows, "value")} more, in log.jsonl`) : "";
    return [card(node("h3", {}, words(title)), tableOf({ heads: ["", title], rows }), left)];
  }
  const [height = 0, width = 0] = shape.slice(-2);
  const size = height * width;
  const slices = size === 0 ? 0 : data.length / size;
  const shown = Array.from({ length: Math.min(slices, mostSlices) }, (_, at): readonly Markup[] => {
    const slice = { shape: [height, width], data: data.subarray(at * size, (at + 1) * size) };
    const matrix = matrixOf(slice, classes);
    const place = indexOf(at, shape.slice(0, -2));
    return matrix === undefined ? [] : [plotCard({ kind: "matrix", title: `${title}${place}`, ...matrix })];
  });
  const left =
    slices > mostSlices ? [note(`… and ${formatWhole(slices - mostSlices)} more of ${title}, in log.jsonl`)] : [];
  return [...shown.flat(), ...left];
}

/** `[2, 0]` of the outer axes; nothing where there are none. */
function indexOf(at: number, outer: readonly number[]): string {
  let rest = at;
  const index = outer.toReversed().map((size) => {
    const own = rest % size;
    rest = Math.floor(rest / size);
    return own;
  });
  return index.length === 0 ? "" : `[${index.toReversed().join(", ")}]`;
}

/** Pairs of classes that are mistaken most often. */
const mostPairs = 12;

export function confusionCards({ confusion, set }: Examination): readonly Markup[] {
  if (confusion === undefined) return [];
  const { classes, rows } = confusion;
  const panel: MatrixPanel = {
    kind: "matrix",
    title: set === "training" ? "confusion in training" : "confusion on the hold-out",
    rows,
    rowNames: classes,
    columnNames: classes,
    rowLabel: "target",
    columnLabel: "predicted",
  };
  const mistakes = rows
    .flatMap((row, own) => row.map((count, said) => ({ count, own, said })))
    .filter(({ count, own, said }) => own !== said && count > 0)
    .toSorted((a, b) => b.count - a.count)
    .slice(0, mostPairs);
  const table = tableOf({
    heads: ["target", "predicted", "times"],
    rows: mistakes.map(({ count, own, said }) => [classes[own] ?? "", classes[said] ?? "", formatValue(count)]),
    numbers: false,
  });
  const list = mistakes.length === 0 ? note("No place was taken for another class.") : table;
  return [plotCard(panel), card(node("h3", {}, "Mistaken most often"), list)];
}

export function worstRows({ worst, set, looked, rows, why, confusion }: Examination): Markup {
  if (worst.length === 0) return note(why ?? "There are no rows to look at.");
  const parts = worst.flatMap(({ inputs, answer }) => [...inputs, ...answer]);
  const isSmall = parts.every((part) => part.kind !== "text" && (part.kind === "image" || part.pairs.length < 4));
  const of = looked < rows ? `${formatWhole(looked)} of ${plural(rows, "row")}` : plural(rows, "row");
  const where = set === "training" ? "training set" : "hold-out";
  const text = `Of ${of} of the ${where}, those that the network is farthest from telling right, the worst first.`;
  const isMapped = parts.some((part) => part.kind === "image" && part.isMap);
  const grid = node("div", { class: isSmall ? "rows small" : "rows" }, ...worst.map(rowCard));
  return `${note(text)}${isMapped ? colourKey(confusion?.classes ?? []) : ""}${grid}`;
}

/** Which colour of a map is which class. */
function colourKey(classes: readonly string[]): Markup {
  const items = classes.slice(0, mapColours.length).map((name, id) => {
    const fill = `rgb(${(mapColours[id] ?? []).join(",")})`;
    const side = { width: 12, height: 12 };
    return node("li", {}, element("svg", side, [element("rect", { ...side, fill })]), words(` ${name}`));
  });
  return node("ul", { class: "key" }, ...items);
}

function rowCard({ row, loss, inputs, answer }: WorstRow): Markup {
  const parts = [...inputs, ...answer];
  const pictures = parts.flatMap((part) => (part.kind === "image" ? [part] : []));
  const texts = parts.flatMap((part) => (part.kind === "text" ? [lettersOf(part)] : []));
  const values = parts.flatMap((part) => (part.kind === "values" ? pairsOfPart(part) : []));
  const own = loss === undefined ? [] : [["loss", formatLoss(loss)] as const];
  return card(
    node("h3", {}, `Row ${row}`),
    ...(pictures.length === 0
      ? []
      : [node("div", { class: "pictures" }, ...pictures.map((one) => pictureOf(one, pictures.length > 2 ? 64 : 112)))]),
    ...texts,
    pairsOf([...own, ...values]),
  );
}

function pairsOfPart({ pairs, more }: Part & { readonly kind: "values" }): readonly (readonly [string, string])[] {
  return more === 0 ? pairs : [...pairs, ["…", `${more} more`]];
}

/** `side`: how large it is shown, but where it is larger itself. */
function pictureOf(
  { name, address, size: { width, height } }: Part & { readonly kind: "image" },
  side: number,
): Markup {
  const times = Math.max(1, side / Math.max(width, height));
  const shown = { width: Math.round(width * times), height: Math.round(height * times) };
  const image = node("img", { src: address, ...shown, alt: printable(name) });
  return node("figure", {}, image, node("figcaption", {}, words(name)));
}

function lettersOf({ name, letters, wrong }: Part & { readonly kind: "text" }): Markup {
  const shown = letters.map((letter, at) => {
    const own = words(letter === "\n" ? "↵" : letter);
    return wrong.has(at) ? node("mark", {}, own) : own;
  });
  return `${node("h3", {}, words(name))}${node("p", { class: "letters" }, ...shown)}`;
}
