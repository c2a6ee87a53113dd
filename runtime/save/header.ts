/**
 * The JSON header of a safetensors file, read by a scanner of its own: `JSON.parse` keeps the last of two equal keys
 * and follows any nesting. Linear, without recursion, and it knows exactly the two levels that such a header has.
 */
import {
  duplicateKey,
  headerMalformed,
  headerNested,
  headerNotObject,
  incompleteEntry,
} from "../../compiler/diagnostics/codes/checkpoint.ts";
import { failure, quoted } from "./fail.ts";

/** An entry as written; nothing about it is checked but its form. */
export interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  readonly entries: ReadonlyMap<string, HeaderEntry>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** Parses the text of a header. Throws NN0905 to NN0909. */
export function parseHeader(file: string, text: string): Header {
  const scanner = new Scanner(file, text);
  const entries = new Map<string, HeaderEntry>();
  let metadata: ReadonlyMap<string, string> = new Map();
  if (!text.startsWith("{"))
    throw failure(headerNotObject, { file, found: text === "" ? "nothing" : quoted(text.slice(0, 1)) });
  scanner.object((name) => {
    if (name === "__metadata__") metadata = readMetadata(scanner);
    else entries.set(name, readEntry(scanner, file, name));
  });
  scanner.end();
  return { entries, metadata };
}

function readMetadata(scanner: Scanner): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  scanner.object((key) => metadata.set(key, scanner.string()));
  return metadata;
}

function readEntry(scanner: Scanner, file: string, name: string): HeaderEntry {
  let dtype: string | undefined;
  let shape: readonly number[] | undefined;
  let offsets: readonly number[] | undefined;
  scanner.object((key) => {
    if (key === "dtype") dtype = scanner.string();
    else if (key === "shape") shape = scanner.integers();
    else if (key === "data_offsets") offsets = scanner.integers();
    else scanner.fail("dtype, shape or data_offsets", quoted(key));
  });
  const [begin, end] = offsets ?? [];
  const incomplete = (key: string): never => {
    throw failure(incompleteEntry, { file, tensor: quoted(name), key });
  };
  if (dtype === undefined) return incomplete("dtype");
  if (shape === undefined) return incomplete("shape");
  if (begin === undefined || end === undefined || offsets?.length !== 2)
    return incomplete("data_offsets of two numbers");
  return { dtype, shape, begin, end };
}

/** Walks the text once; each method reads one value at the position and leaves it behind the value. */
class Scanner {
  readonly #file: string;
  readonly #text: string;
  #position = 0;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
  }

  /** Reads an object, calling `member` with each key when its value is next. Keys must differ. */
  object(member: (key: string) => void): void {
    const seen = new Set<string>();
    this.#open("{");
    if (this.#take("}")) return;
    do {
      this.#blank();
      const position = this.#position;
      const key = this.string();
      if (seen.has(key)) throw failure(duplicateKey, { file: this.#file, key: quoted(key), position });
      seen.add(key);
      this.#expect(":");
      member(key);
    } while (this.#take(","));
    this.#expect("}");
  }

  string(): string {
    this.#blank();
    this.#rejectNesting();
    if (this.#text[this.#position] !== '"') this.fail("a string");
    const start = this.#position;
    for (let position = start + 1; position < this.#text.length; position++) {
      const sign = this.#text[position];
      if (sign === "\\") position++;
      else if (sign === '"') return this.#unescape(start, position + 1);
    }
    return this.fail("the end of the string", "the end of the header");
  }

  /** A list of whole numbers from 0 to 2^53 − 1. */
  integers(): readonly number[] {
    const values: number[] = [];
    this.#open("[");
    if (this.#take("]")) return values;
    do values.push(this.#integer());
    while (this.#take(","));
    this.#expect("]");
    return values;
  }

  /** Only blanks may follow. */
  end(): void {
    this.#blank();
    if (this.#position < this.#text.length) this.fail("the end of the header");
  }

  fail(expected: string, found?: string): never {
    const next = this.#text[this.#position];
    const shown = found ?? (next === undefined ? "the end of the header" : quoted(next));
    throw failure(headerMalformed, { file: this.#file, position: this.#position, expected, found: shown });
  }

  #integer(): number {
    this.#blank();
    this.#rejectNesting();
    const start = this.#position;
    let end = start;
    while (end < this.#text.length && /[0-9.eE+-]/.test(this.#text[end] ?? "")) end++;
    const text = this.#text.slice(start, end);
    const value = /^(?:0|[1-9]\d{0,15})$/.test(text) ? Number(text) : NaN;
    if (!Number.isSafeInteger(value))
      this.fail("a whole number from 0 to 2^53 - 1", text === "" ? undefined : quoted(text));
    this.#position = end;
    return value;
  }

  #unescape(start: number, end: number): string {
    try {
      const value: unknown = JSON.parse(this.#text.slice(start, end));
      this.#position = end;
      if (typeof value === "string") return value;
    } catch {
      // Reported below, at the string's beginning.
    }
    this.#position = start;
    return this.fail("a JSON string", "an escape or a control character that JSON has not");
  }

  #open(bracket: "{" | "["): void {
    this.#blank();
    const found = this.#text[this.#position];
    if (found !== bracket && (found === "{" || found === "[")) this.#rejectNesting();
    this.#expect(bracket);
  }

  #rejectNesting(): void {
    const found = this.#text[this.#position];
    if (found === "{" || found === "[") throw failure(headerNested, { file: this.#file, position: this.#position });
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) this.fail(quoted(sign));
  }

  #take(sign: string): boolean {
    this.#blank();
    if (this.#text[this.#position] !== sign) return false;
    this.#position++;
    return true;
  }

  #blank(): void {
    while (/[ \t\n\r]/.test(this.#text[this.#position] ?? "")) this.#position++;
  }
}
