/** WebAssembly text as trees: small constructors, and a printer that indents what does not fit on a line. */
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import { shortest } from "../../compiler/program/print.ts";

/** A word, or a parenthesised list that starts with its operator. A `Comment` stands on a line of its own. */
export type Text = string | readonly Text[] | Comment;

interface Comment {
  readonly comment: string;
}

const width = 110;

export function i32(value: number): Text {
  return ["i32.const", String(value)];
}

export function get(local: string): Text {
  return ["local.get", local];
}

export function set(local: string, value: Text): Text {
  return ["local.set", local, value];
}

/** Folded where both operands are numbers, or one does nothing. */
export function add(left: Text, right: Text): Text {
  const a = constantOf(left);
  const b = constantOf(right);
  if (a !== undefined && b !== undefined) return i32((a + b) | 0);
  if (a === 0) return right;
  return b === 0 ? left : ["i32.add", left, right];
}

export function multiply(left: Text, by: number): Text {
  const a = constantOf(left);
  if (a !== undefined) return i32(Math.imul(a, by));
  if (by === 1) return left;
  const exponent = Math.log2(by);
  return by > 0 && Number.isInteger(exponent) ? ["i32.shl", left, i32(exponent)] : ["i32.mul", left, i32(by)];
}

/** The number where the text is an i32 constant. */
export function constantOf(text: Text): number | undefined {
  return isList(text) && text[0] === "i32.const" ? Number(text[1]) : undefined;
}

/** True for a number or a local: it may stand in several places. */
export function isPlain(text: Text): boolean {
  return constantOf(text) !== undefined || (isList(text) && text[0] === "local.get");
}

/** An f32 in the fewest digits that give it back. */
export function f32Literal(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0";
  return String(shortest(value));
}

/** A string literal of the text format. */
export function stringLiteral(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const plain = (byte: number): boolean => byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
  return `"${Array.from(bytes, (byte) => (plain(byte) ? String.fromCharCode(byte) : `\\${byte.toString(16).padStart(2, "0")}`)).join("")}"`;
}

/** The text on indented lines. */
export function printText(text: Text, indent = ""): string {
  if (!isList(text)) return indent + word(text);
  const flat = flatText(text, width - indent.length);
  if (flat !== undefined) return indent + flat;
  const head = headLength(text);
  const first = text.slice(0, head).map(onOneLine).join(" ");
  const rest = joinLocals(text.slice(head), `${indent}  `);
  return `${indent}(${[first, ...rest].join("\n")})`;
}

/** A part of a first line, however wide it is: a name that a person wrote may be wider than any line. */
function onOneLine(part: Text): string {
  const flat = flatText(part, Infinity);
  if (flat === undefined) throw new InternalError("wasm", "a first line with a part that needs lines of its own");
  return flat;
}

/** Parts on a line each, but for the locals of a function, which share lines. */
function joinLocals(parts: readonly Text[], indent: string): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const part of parts) {
    const flat = isList(part) && part[0] === "local" ? flatText(part, width) : undefined;
    if (line !== "" && (flat === undefined || line.length + flat.length + 1 > width)) {
      lines.push(line);
      line = "";
    }
    if (flat === undefined) lines.push(printText(part, indent));
    else line = line === "" ? indent + flat : `${line} ${flat}`;
  }
  return line === "" ? lines : [...lines, line];
}

function word(text: string | Comment): string {
  return typeof text === "string" ? text : `;; ${text.comment}`;
}

export function isList(text: Text): text is readonly Text[] {
  return Array.isArray(text);
}

/** On one line, where it has room and no comment. */
function flatText(text: Text, room: number): string | undefined {
  if (typeof text === "string") return text;
  if (!isList(text)) return undefined;
  const blocks = text[0] === "func" || text[0] === "module" || text[0] === "loop" || text[0] === "if";
  if (blocks && text.length > 1) return undefined;
  const parts: string[] = [];
  let left = room;
  for (const part of text) {
    const flat = flatText(part, left);
    if (flat === undefined) return undefined;
    parts.push(flat);
    left -= flat.length + 1;
    if (left < 0) return undefined;
  }
  return `(${parts.join(" ")})`;
}

/** How many leading parts stand on the first line: the operator, its names and attributes; of a function its signature. */
function headLength(list: readonly Text[]): number {
  let n = 0;
  while (n < list.length && (typeof list[n] === "string" || isSignature(list[n]))) n++;
  return Math.max(1, n);
}

function isSignature(text: Text): boolean {
  return isList(text) && typeof text[0] === "string" && ["export", "param", "result"].includes(text[0]);
}
