/** Colours of text on a terminal: a function that paints, or leaves the text alone where colours are not wanted. */
import { hasColour, isTerminal, widthOf } from "../context.ts";
import type { Context, Output } from "../context.ts";
import { wrap } from "./wrap.ts";

type Style = "strong" | "faint" | "good" | "bad" | "accent";
export type Paint = (style: Style, text: string) => string;

/** SGR codes (ECMA-48). */
const codes: Readonly<Record<Style, string>> = { strong: "1", faint: "2", good: "32", bad: "31", accent: "36" };

export const plain: Paint = (_style, text) => text;

export function painter(stream: Output, env: Context["process"]["env"]): Paint {
  return hasColour(stream, env) ? (style, text) => `\u001b[${codes[style]}m${text}\u001b[0m` : plain;
}

/** How text looks where it goes: its colours, and how wide a line may be; no limit where it is no terminal. */
export interface Look {
  readonly paint: Paint;
  readonly width: number;
}

export function lookOf(stream: Output, env: Context["process"]["env"]): Look {
  return { paint: painter(stream, env), width: isTerminal(stream, env) ? widthOf(stream) : Infinity };
}

/** A text as a line, or as several where a terminal is narrower. */
export function lines(text: string, stream: Output, env: Context["process"]["env"]): string {
  return `${wrap(text, lookOf(stream, env).width)}\n`;
}
