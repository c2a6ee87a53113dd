/** Small constructors of SVG elements. Everything that is not a number is escaped here, once. */

import { printable } from "../../compiler/diagnostics/display.ts";

export type Attributes = Readonly<Record<string, string | number>>;

/** What a picture is drawn in. */
export interface Colours {
  readonly strong: string;
  readonly soft: string;
  readonly grid: string;
  /** Of the cells of a matrix; text in `strong` is read on it. */
  readonly shade: string;
  readonly curves: readonly string[];
}

/**
 * Dark on white, for a picture that stands alone. Of the curves, eight colours that people with any colour vision tell apart (Okabe and Ito 2008,
 * yellow darkened for a white ground).
 */
export const paper: Colours = {
  strong: "#1f2328",
  soft: "#656d76",
  grid: "#e4e7eb",
  shade: "#56b4e9",
  curves: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#b8860b", "#7a5195", "#4d4d4d"],
};

/** What a panel is drawn on. */
export interface Canvas {
  readonly width: number;
  /** Without the legend. */
  readonly height: number;
  /** How many letters of a title are as wide. */
  readonly letters: number;
  readonly colours: Colours;
}

export function colourOf({ curves, strong }: Colours, index: number): string {
  return curves[index % curves.length] ?? strong;
}

/** `<name …>children content</name>`; `content` is text, shown as `words` shows it. */
export function element(name: string, attributes: Attributes, children: readonly string[] = [], content = ""): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === "number" ? number(value) : escape(value)}"`,
  );
  const body = children.map((child) => `\n${child}`).join("") + words(content);
  const open = `<${name}${written.join("")}`;
  if (body === "") return `${open}/>`;
  return children.length === 0 ? `${open}>${body}</${name}>` : `${open}>${body}\n</${name}>`;
}

/** A line of words. */
export function text(content: string, attributes: Attributes): string {
  return element("text", attributes, [], printable(content));
}

export function group(at: { readonly x: number; readonly y: number }, children: readonly string[]): string {
  return element("g", { transform: `translate(${number(at.x)} ${number(at.y)})` }, children);
}

/** At most two places after the point: a hundredth of a pixel. */
export function number(value: number): string {
  return String(Number(value.toFixed(2)));
}

/** A text that is shown as it is: no sign of it is markup, and none moves or hides what stands beside it. Lines stay lines. */
export function words(content: string): string {
  return content
    .split("\n")
    .map((line) => escape(printable(line)))
    .join("\n");
}

/** For attributes, and for text that was made here; characters that XML 1.0 cannot hold become U+FFFD. */
export function escape(content: string): string {
  return content
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
