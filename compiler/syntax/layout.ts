/**
 * A document as it is laid out: words in a row, parted by seams, in groups. A group stays as its writer laid it out where all of its lines fit
 * the width; else every break of it ends a line, an outer group's before an inner one's. That is Wadler's algebra, written flat, so that no
 * nesting is walked by recursion.
 */

/** How wide a line of code may be. What cannot be broken, a comment or a long string, may be wider. */
export const lineWidth = 100;

const step = 2;

export interface Comment {
  readonly text: string;
  /** Line ends between it and what stands before it. */
  readonly before: number;
  /** Where its writer began it: the column, and how many spaces stand before it. */
  readonly column: number;
  readonly gap: number;
}

/**
 * What a seam may do: `break` ends a line where its group is broken, and where the writer ended one; `close` as well, and what follows stands
 * as far left as the group's own line; `fill` breaks where the next item does not fit; `kept` ends a line only where the writer did; `none` never.
 */
export type SeamKind = "break" | "close" | "fill" | "kept" | "none";

/** What stands before a word. */
export interface Seam {
  readonly kind: SeamKind;
  /** The innermost group around it, whose break it is. */
  readonly group: number;
  /** How many steps further in than its group's line a line begins that it begins. */
  readonly steps: number;
  /** What it is where it ends no line. */
  readonly gap: string;
  /** How many lines end here as the writer has it. */
  readonly ends: number;
  readonly comments: readonly Comment[];
  /** Line ends behind the last comment. */
  readonly after: number;
  /** The word below which the writer put the one behind this seam. */
  readonly below?: number;
}

/**
 * From word `first` to word `last`. `open` is broken whatever its width, `frozen` never, nor is what stands in it; `alone` fills brackets, so
 * that it needs no step of its own where it begins a line.
 */
export interface Group {
  readonly first: number;
  readonly last: number;
  readonly kind: "soft" | "open" | "frozen" | "alone";
  /** The word whose line its lines are indented from; else its first one. */
  readonly hangsFrom?: number;
}

export interface Document {
  readonly words: readonly string[];
  /** Where the writer had them. */
  readonly columns: readonly number[];
  /** One before each word, and one behind all. */
  readonly seams: readonly Seam[];
  /** The first is around all; an outer one comes before an inner one that begins at the same word. */
  readonly groups: readonly Group[];
}

/** A line as it comes out. */
export interface Line {
  readonly indent: number;
  text: string;
  /** A comment behind the code. */
  comment?: Comment;
  /** The first of its words; undefined where it holds none. */
  word?: number;
}

export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += character.length > 0 ? 1 : 0;
  return width;
}

/** Where the line is that is being written. */
interface Pen {
  readonly column: number;
  readonly indent: number;
}

class Layout {
  readonly lines: Line[] = [];
  private readonly document: Document;
  private readonly broken: boolean[];
  /** The column that the line of a group begins at, and where each word stands, as far as is known. */
  private readonly bases: number[];
  private readonly columns: number[];
  private readonly indents: number[];
  private readonly opening = new Map<number, number[]>();
  private pen: Pen = { column: 0, indent: 0 };
  /** Up to this word all stays as it was written. */
  private settled = -1;

  constructor(document: Document) {
    this.document = document;
    this.broken = document.groups.map(({ kind }) => kind === "open");
    this.bases = document.groups.map(() => 0);
    this.columns = document.words.map(() => 0);
    this.indents = document.words.map(() => 0);
    document.groups.forEach(({ first }, group) => {
      const opened = this.opening.get(first);
      if (opened === undefined) this.opening.set(first, [group]);
      else opened.push(group);
    });
  }

  run(): readonly Line[] {
    const { words, seams } = this.document;
    for (const [word, text] of words.entries()) {
      this.cross(word, true);
      this.place(word, text, true);
      for (const group of this.opening.get(word) ?? []) this.begin(group, word);
    }
    const end = seams[words.length];
    if (end !== undefined) this.comments(end, true);
    return this.lines;
  }

  /** Decides about a group at its first word. */
  private begin(group: number, word: number): void {
    this.anchor(group);
    const found = this.document.groups[group];
    if (found === undefined || found.last <= this.settled) return;
    if (found.kind === "frozen") this.settled = found.last;
    if (found.kind === "frozen" || found.kind === "open") return;
    if (this.fits(group, word)) this.settled = found.last;
    else this.broken[group] = true;
  }

  private anchor(group: number): void {
    const found = this.document.groups[group];
    if (found === undefined) return;
    const { first, kind, hangsFrom = first } = found;
    const indent = this.indents[hangsFrom] ?? 0;
    this.bases[group] = indent - (kind === "alone" && this.columns[first] === indent ? step : 0);
  }

  /** Whether all lines of a group fit as they were written, the rest of its last one included, up to where that may be broken. */
  private fits(group: number, word: number): boolean {
    const { words, groups, seams } = this.document;
    const { pen } = this;
    const last = groups[group]?.last ?? word;
    let fits = pen.column <= lineWidth;
    for (let index = word + 1; fits && index < words.length; index += 1) {
      const seam = seams[index];
      if (index > last && (seam === undefined || this.mayEnd(seam))) break;
      this.cross(index, false);
      this.place(index, words[index] ?? "", false);
      fits = this.pen.column <= lineWidth;
      const opened = this.opening.get(index) ?? [];
      for (const inner of opened) this.anchor(inner);
      // The lines in braces are no lines of what is around them.
      const body = opened.find((inner) => groups[inner]?.kind === "open");
      if (body !== undefined && index < last) index = (groups[body]?.last ?? index) - 1;
    }
    this.pen = pen;
    return fits;
  }

  private mayEnd(seam: Seam): boolean {
    if (seam.comments.some(({ text }) => text.startsWith("//"))) return true;
    if (seam.kind === "none") return false;
    return seam.ends > 0 || seam.kind !== "kept";
  }

  private endsLine(seam: Seam, word: number): boolean {
    if (seam.kind === "none") return false;
    const broken = this.broken[seam.group] === true;
    if (broken && seam.kind === "fill") return this.overflows(seam, word);
    if (broken && seam.kind !== "kept") return true;
    return seam.ends > 0;
  }

  /** Whether the item that begins at `word` is too long for the line at hand. */
  private overflows({ group, gap }: Seam, word: number): boolean {
    const { words, seams } = this.document;
    let column = this.pen.column + gap.length;
    for (let index = word; index < words.length && column <= lineWidth; index += 1) {
      const seam = seams[index];
      if (index > word && seam !== undefined && seam.group === group && seam.kind !== "none") break;
      column += (index > word ? (seam?.gap.length ?? 0) : 0) + widthOf(words[index] ?? "");
    }
    return column > lineWidth;
  }

  private newLine(column: number, blank: boolean, writes: boolean): void {
    this.pen = { column, indent: column };
    if (!writes) return;
    if (blank && this.lines.length > 0) this.lines.push({ indent: 0, text: "" });
    this.lines.push({ indent: column, text: "" });
  }

  private write(text: string, writes: boolean): void {
    const rest = text.slice(text.lastIndexOf("\n") + 1);
    const before = rest.length < text.length ? 0 : this.pen.column;
    this.pen = { ...this.pen, column: before + widthOf(rest) };
    const line = this.lines.at(-1);
    if (!writes) return;
    if (line === undefined) this.lines.push({ indent: 0, text });
    else line.text += text;
  }

  /** Writes what stands before a word. */
  private cross(word: number, writes: boolean): void {
    const seam = this.document.seams[word];
    if (seam === undefined) return;
    const { comments, below } = seam;
    const outer = this.bases[seam.group] ?? 0;
    const inner = outer + step * seam.steps;
    const ends = word > 0 && this.endsLine(seam, word);
    const begins = this.comments(seam, writes, ends && seam.ends === 0 ? inner : undefined);
    if (comments.length === 0 ? ends : begins) {
      const aligned = below === undefined || this.broken[seam.group] === true ? undefined : this.columns[below];
      const blank = (comments.length === 0 ? seam.ends : seam.after) > 1;
      this.newLine(aligned ?? (seam.kind === "close" ? outer : inner), blank, writes);
    } else if (word > 0 || comments.length > 0) this.write(comments.length === 0 ? this.gap(seam) : " ", writes);
  }

  /** Braces that the writer put below others go there. */
  private gap({ gap, kind, below }: Seam): string {
    if (kind !== "none" || below === undefined) return gap;
    return gap + " ".repeat(Math.max(0, (this.columns[below] ?? 0) - this.pen.column - gap.length));
  }

  /**
   * Writes the comments of a seam, and answers whether the word behind them begins a line. With `column`, a line ends before them that the writer
   * did not end.
   */
  private comments(seam: Seam, writes: boolean, column?: number): boolean {
    const indent = (this.bases[seam.group] ?? 0) + step * (seam.kind === "close" ? 1 : seam.steps);
    let ends = column !== undefined;
    for (const comment of seam.comments) {
      const isLine = comment.text.startsWith("//");
      const last = this.lines.at(-1);
      const own = comment.before > 0 || ends || (writes && last === undefined);
      if (own) this.newLine(indent, comment.before > 1, writes);
      ends = false;
      if (own || !isLine) this.write(own ? comment.text : ` ${comment.text}`, writes);
      else if (writes && last !== undefined) last.comment = comment;
    }
    return seam.after > 0;
  }

  private place(word: number, text: string, writes: boolean): void {
    this.columns[word] = this.pen.column;
    this.indents[word] = this.pen.indent;
    this.write(text, writes);
    const line = this.lines.at(-1);
    if (writes && line !== undefined) line.word ??= word;
  }
}

/** The lines of a document. Takes time in proportion to its length, times how deep groups nest that are too long. */
export function layOut(document: Document): readonly Line[] {
  return new Layout(document).run();
}
