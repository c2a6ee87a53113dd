/** Tokens as their writer put them: lines, columns, the brackets that belong together, comments and line ends between two tokens. */
import type { IToken, TokenType } from "chevrotain";
import type { Comment, Seam } from "./layout.ts";
import * as t from "./tokens.ts";

export const openers: readonly TokenType[] = [t.LeftParenthesis, t.LeftBracket, t.LeftBrace];
export const closers: readonly TokenType[] = [t.RightParenthesis, t.RightBracket, t.RightBrace];

function lineEnds(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}

export class Written {
  /** On which line each token stands, and how far in. */
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  /** The other one of a pair of brackets. */
  readonly match: ReadonlyMap<number, number>;
  readonly #text: string;
  readonly #tokens: readonly IToken[];
  readonly #all: readonly IToken[];
  readonly #commentColumns: readonly number[];
  /** Which comments stand before each token, and behind all. */
  readonly #comments: readonly { readonly start: number; readonly end: number }[];

  constructor(text: string, tokens: readonly IToken[], comments: readonly IToken[]) {
    this.#text = text;
    this.#tokens = tokens;
    this.#all = comments;
    const places = placesOf(text, tokens);
    this.rows = places.map(({ row }) => row);
    this.columns = places.map(({ column }) => column);
    this.#commentColumns = placesOf(text, comments).map(({ column }) => column);
    this.match = matching(tokens);
    let end = 0;
    this.#comments = [...tokens.map(({ startOffset }) => startOffset), Infinity].map((until) => {
      const start = end;
      while ((comments[end]?.startOffset ?? Infinity) < until) end += 1;
      return { start, end };
    });
  }

  /** Whether an empty line or a comment on a line of its own stands before a word. */
  standsFree(word: number): boolean {
    return this.between(word).ends > 1;
  }

  /** What the writer put between two words: comments and line ends. No empty line is kept where brackets open and close. */
  between(word: number): Pick<Seam, "ends" | "comments" | "after"> {
    const { start, end } = this.#comments[word] ?? { start: 0, end: 0 };
    const [previous, here] = [this.#tokens[word - 1], this.#tokens[word]];
    const isOpened = previous === undefined || openers.includes(previous.tokenType);
    const isClosed = here === undefined || closers.includes(here.tokenType);
    let at = previous === undefined ? 0 : previous.startOffset + previous.image.length;
    let ends = 0;
    const comments = this.#all.slice(start, end).map(({ startOffset, image }, index): Comment => {
      const written = this.#text.slice(at, startOffset);
      const before = Math.min(lineEnds(written), isOpened && index === 0 ? 1 : 2);
      at = startOffset + image.length;
      ends += before;
      return {
        text: image.replaceAll(/\r\n|\r/g, "\n").trimEnd(),
        before,
        column: this.#commentColumns[start + index] ?? 0,
        gap: /^ *$/.test(written) ? written.length : 0,
      };
    });
    const most = isClosed || (isOpened && comments.length === 0) ? 1 : 2;
    const after = Math.min(lineEnds(this.#text.slice(at, here?.startOffset ?? this.#text.length)), most);
    return { ends: ends + after, comments, after };
  }
}

function matching(tokens: readonly IToken[]): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  const open: number[] = [];
  for (const [word, { tokenType }] of tokens.entries()) {
    if (openers.includes(tokenType)) open.push(word);
    const opener = closers.includes(tokenType) ? open.pop() : undefined;
    if (opener !== undefined) found.set(opener, word).set(word, opener);
  }
  return found;
}

/** On which line each token stands, and how far in. */
function placesOf(
  text: string,
  tokens: readonly IToken[],
): readonly { readonly row: number; readonly column: number }[] {
  let [row, begin, at] = [0, 0, 0];
  return tokens.map(({ startOffset }) => {
    for (; at < startOffset; at += 1) {
      const isEnd = text[at] === "\n" || (text[at] === "\r" && text[at + 1] !== "\n");
      if (isEnd) [row, begin] = [row + 1, at + 1];
    }
    return { row, column: startOffset - begin };
  });
}
