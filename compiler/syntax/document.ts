/** A program as a document for `layout.ts`: its tokens as words, and from its tree where lines may end and what belongs together. */
import type { IToken, TokenType } from "chevrotain";
import type * as ast from "./ast.ts";
import { walk } from "./children.ts";
import type { Document, Group, Seam, SeamKind } from "./layout.ts";
import { gap } from "./spacing.ts";
import * as t from "./tokens.ts";
import { closers, openers, Written } from "./written.ts";

/** What a group says of one of its seams. */
interface Mark {
  readonly word: number;
  readonly kind: SeamKind;
  readonly steps: number;
}

interface Draft extends Group {
  readonly hangsFrom: number;
  readonly marks: readonly Mark[];
}

/** Members stand apart by more than words do where they share a line. */
const betweenMembers = "  ";

function isBreak(word: number): Mark {
  return { word, kind: "break", steps: 1 };
}

function byPlace(one: Draft, other: Draft): number {
  return one.first - other.first || other.last - one.last;
}

/** The tokens of one text, and what is found in it; one is made for one text. */
class Draughtsman {
  private readonly tokens: readonly IToken[];
  private readonly starts: ReadonlyMap<number, number>;
  private readonly ends: ReadonlyMap<number, number>;
  private readonly written: Written;
  private readonly drafts: Draft[] = [];
  private readonly below = new Map<number, number>();
  private readonly gaps = new Map<number, string>();
  /** Offsets of values behind words such as `in`, from which they keep apart though they look like calls. */
  private readonly apart = new Set<number>();
  /** Where lists of numbers open. */
  private readonly numbers = new Set<number>();
  /** Where signatures open, with the last word of what they give. */
  private readonly signatures = new Map<number, number>();

  constructor(text: string, tokens: readonly IToken[], comments: readonly IToken[]) {
    this.tokens = tokens;
    this.starts = new Map(tokens.map(({ startOffset }, word) => [startOffset, word]));
    this.ends = new Map(tokens.map(({ startOffset, image }, word) => [startOffset + image.length, word]));
    this.written = new Written(text, tokens, comments);
  }

  private first({ span }: ast.Placed): number {
    return this.starts.get(span.from) ?? 0;
  }

  private last({ span }: ast.Placed): number {
    return this.ends.get(span.to) ?? this.tokens.length - 1;
  }

  private typeAt(word: number): TokenType | undefined {
    return this.tokens[word]?.tokenType;
  }

  private add(kind: Group["kind"], first: number, last: number, marks: readonly Mark[], hangsFrom = first): void {
    this.drafts.push({ kind, first, last, marks, hangsFrom });
  }

  draw(module: ast.Module): Document {
    const declarations = module.declarations.map((one) => this.first(one));
    const end = this.tokens.length;
    this.add(
      "open",
      0,
      end,
      [0, ...declarations, end].map((word) => ({ word, kind: "break", steps: 0 })),
    );
    for (const node of walk(module)) this.visit(node);
    this.brackets();
    // Stable: what was added first is the outer one of two alike.
    const drafts = this.drafts.toSorted(byPlace);
    const words = this.tokens.map(({ image }) => image);
    const groups = drafts.map(({ first, last, kind, hangsFrom }): Group => ({ first, last, kind, hangsFrom }));
    return { words, columns: this.written.columns, seams: this.seams(drafts), groups };
  }

  // Groups ------------------------------------------------------------------------------------------------------------

  private visit(node: ast.Node): void {
    switch (node.kind) {
      case "pipe":
        return this.chain(node, node.stages.slice(1));
      case "chain":
        return this.chain(
          node,
          node.rest.map(({ operand }) => operand),
        );
      case "binary":
        return node.operator === "**" ? undefined : this.chain(node, [node.right]);
      case "const":
      case "data":
        return this.definition(node);
      case "let":
      case "next":
      case "update":
        return this.assignment(node.value, operates(node.value));
      case "param":
      case "state":
        return this.assignment(node.start, operates(node.start));
      case "require":
        return this.add("soft", this.first(node), this.last(node), [isBreak(this.first(node.message))]);
      case "scan":
        return this.scan(node);
      case "if":
        return this.branches(node);
      case "emit":
        return void this.apart.add(node.value.span.from);
      case "list":
        if (node.items.length > 1 && node.items.every(isNumber)) this.numbers.add(this.first(node));
        return undefined;
      case "train":
      case "step":
        return this.training(node);
      default:
        return this.callable(node);
    }
  }

  private callable(node: ast.Node): void {
    if (!("parameters" in node)) return;
    const { name, result, body } = node;
    const open = this.last(name) + 1;
    if (result !== undefined) this.signatures.set(open, this.last(result));
    if (body.form === "statements") this.body(body);
    const [value] = body.statements;
    if (body.form === "expression" && value?.kind === "return") this.assignment(value.value, true);
  }

  /** Operands behind the first, each with its operator before it. */
  private chain(node: ast.Expression, operands: readonly ast.Expression[]): void {
    const [first, last] = this.unwrapped(node);
    const operators = operands.map((operand) => this.before(this.first(operand)));
    const isAlone =
      openers.includes(this.typeAt(first - 1) ?? t.Comma) && this.written.match.get(first - 1) === last + 1;
    this.add(isAlone ? "alone" : "soft", first, last, operators.map(isBreak));
    const seen = new Map<number, number>();
    for (const operator of operators) {
      const column = this.written.columns[operator] ?? 0;
      const earlier = seen.get(column);
      if (earlier === undefined) seen.set(column, operator);
      else this.below.set(operator, earlier);
    }
  }

  /** The words of an expression without parentheses around all of it. */
  private unwrapped(node: ast.Expression): [number, number] {
    let [first, last] = [this.first(node), this.last(node)];
    while (this.typeAt(first) === t.LeftParenthesis && this.written.match.get(first) === last)
      [first, last] = [first + 1, last - 1];
    return [first, last];
  }

  /** The word before `word` and the parentheses that open there. */
  private before(word: number): number {
    let found = word - 1;
    while (this.typeAt(found) === t.LeftParenthesis) found -= 1;
    return found;
  }

  /** What stands behind `=` or `<-`: operators begin a line of their own rather than being parted, what has brackets goes on in them. */
  private assignment(value: ast.Expression, ownLine: boolean): void {
    const first = this.first(value);
    this.add("soft", first - 1, this.last(value), [{ word: first, kind: ownLine ? "break" : "kept", steps: 1 }]);
  }

  private scan({ inputs, along, carries, checkpoint, body, span }: ast.Scan): void {
    for (const { source } of inputs) this.apart.add(source.span.from);
    if (along?.axis !== undefined) this.apart.add(along.axis.span.from);
    if (checkpoint !== undefined) this.apart.add(checkpoint.span.from);
    const [carry, ...others] = carries.map((one) => this.first(one));
    const clauses = [
      ...(along === undefined ? [] : [this.first(along)]),
      ...(carry === undefined ? [] : [carry - 1]),
      ...(checkpoint === undefined ? [] : [this.before(this.first(checkpoint))]),
    ];
    const first = this.starts.get(span.from) ?? 0;
    // Further in than the body, and further carries below the first.
    const marks = [
      ...clauses.map((word): Mark => ({ word, kind: "break", steps: 2 })),
      ...others.map((word): Mark => ({ word, kind: "break", steps: 4.5 })),
    ];
    this.add("soft", first, this.first(body), marks);
    this.body(body, first);
  }

  /** Data on one line are read beside the trains that take them, and stay as those do. */
  private definition(node: ast.Definition): void {
    const [first, last] = [this.first(node), this.last(node)];
    if (node.kind === "data" && !this.isMultiline(first, last)) this.add("frozen", first, last, []);
    else this.assignment(node.value, operates(node.value));
  }

  // Braces ------------------------------------------------------------------------------------------------------------

  private isMultiline(open: number, close: number): boolean {
    return this.written.rows[open] !== this.written.rows[close];
  }

  private marksOf(close: number, members: readonly number[]): readonly Mark[] {
    return [...members.map(isBreak), { word: close, kind: "close", steps: 0 }];
  }

  private body({ statements, span }: ast.Body, hangsFrom?: number): void {
    this.braces(
      this.ends.get(span.to) ?? 0,
      statements.map((one) => this.first(one)),
      hangsFrom,
    );
  }

  private braces(close: number, members: readonly number[], hangsFrom?: number): void {
    const open = this.written.match.get(close) ?? close;
    this.space(open, members);
    const kind = this.isMultiline(open, close) ? "open" : "soft";
    this.add(kind, open, close, this.marksOf(close, members), hangsFrom);
  }

  private space(open: number, members: readonly number[]): void {
    for (const member of members) if (member !== open + 1) this.gaps.set(member, betweenMembers);
  }

  /** Branches on a line each are one group: where one has to be broken, all are. */
  private branches(node: ast.If): void {
    const bodies = [
      ...node.branches.map(({ body }) => body),
      ...(node.otherwise === undefined ? [] : [node.otherwise]),
    ];
    const braces = bodies.map(({ statements, span }) => {
      const close = this.ends.get(span.to) ?? 0;
      return { open: this.written.match.get(close) ?? close, close, members: statements.map((one) => this.first(one)) };
    });
    const words = braces.slice(0, -1).map(({ close }) => close + 1);
    if (braces.some(({ open, close }) => this.isMultiline(open, close))) {
      for (const body of bodies) this.body(body, body === bodies[0] ? this.first(node) : undefined);
      for (const word of words) this.elses.add(word);
      return;
    }
    const marks = braces.flatMap(({ open, close, members }) => {
      this.space(open, members);
      return this.marksOf(close, members);
    });
    const kept = words.map((word): Mark => ({ word, kind: "kept", steps: 0 }));
    this.add("soft", this.first(node), this.last(node), [...marks, ...kept]);
    for (const [index, { open }] of braces.entries()) {
      const earlier = braces[index - 1]?.open;
      if (earlier !== undefined && this.written.columns[earlier] === this.written.columns[open])
        this.below.set(open, earlier);
    }
  }

  /** Words `else` behind braces of several lines: they begin a line where they were written so. */
  private readonly elses = new Set<number>();

  private training(node: ast.Train | ast.Step): void {
    const parts = [...node.entries, ...node.lets, ...(node.kind === "train" ? node.steps : [])];
    const members = parts.map((one) => this.first(one)).sort((a, b) => a - b);
    const close = this.last(node);
    const open = this.written.match.get(close) ?? close;
    // A train on one line is a row of a table.
    if (node.kind === "train" && !this.isMultiline(open, close)) {
      this.space(open, members);
      this.add("frozen", this.first(node), close, this.marksOf(close, members));
    } else this.braces(close, members);
    if (this.isMultiline(open, close)) this.alignEntries(node.entries, members);
  }

  /** Entries on lines that follow each other have their values in one column. */
  private alignEntries(entries: readonly ast.KeyValue[], members: readonly number[]): void {
    const keyed = new Map(entries.map((entry) => [this.first(entry), entry]));
    let run: ast.KeyValue[] = [];
    const finish = (): void => {
      const widest = Math.max(0, ...run.map(({ key }) => key.text.length));
      for (const { key, value } of run) this.gaps.set(this.first(value), " ".repeat(1 + widest - key.text.length));
      run = [];
    };
    for (const member of members) {
      const entry = keyed.get(member);
      if (entry === undefined || this.written.standsFree(member)) finish();
      if (entry !== undefined) run.push(entry);
    }
    finish();
  }

  // Brackets ----------------------------------------------------------------------------------------------------------

  private brackets(): void {
    const stack: { readonly open: number; readonly commas: number[] }[] = [];
    for (const [word, { tokenType }] of this.tokens.entries()) {
      if (openers.includes(tokenType)) stack.push({ open: word, commas: [] });
      if (tokenType === t.Comma) stack.at(-1)?.commas.push(word + 1);
      if (!closers.includes(tokenType)) continue;
      const found = stack.pop();
      // What holds a single word is no better on a line of its own.
      if (found === undefined || tokenType === t.RightBrace || word - found.open <= 2) continue;
      this.bracket(found.open, word, found.commas);
    }
  }

  private bracket(open: number, close: number, items: readonly number[]): void {
    const kind = this.numbers.has(open) ? "fill" : "break";
    const marks = items.map((word): Mark => ({ word, kind, steps: 1 }));
    this.add("soft", open, this.signatures.get(open) ?? close, [
      isBreak(open + 1),
      ...marks,
      { word: close, kind: "close", steps: 0 },
    ]);
    for (const word of items) {
      const isBelow =
        this.written.columns[word] === this.written.columns[open + 1] &&
        this.written.rows[open] === this.written.rows[open + 1];
      if (isBelow) this.below.set(word, open + 1);
    }
  }

  // Seams -------------------------------------------------------------------------------------------------------------

  private seams(drafts: readonly Draft[]): readonly Seam[] {
    const marks = new Map<number, Mark & { readonly group: number }>();
    for (const [group, draft] of drafts.entries())
      for (const mark of draft.marks) marks.set(mark.word, { ...mark, group });
    const seams: Seam[] = [];
    const around: number[] = [];
    const bracketsOpen: TokenType[] = [];
    let next = 0;
    for (let word = 0; word <= this.tokens.length; word += 1) {
      while (around.length > 0 && (drafts[around.at(-1) ?? 0]?.last ?? 0) < word) around.pop();
      const inIndex = bracketsOpen.at(-1) === t.LeftBracket;
      const group = around.at(-1) ?? 0;
      const isBody = group > 0 && drafts[group]?.kind === "open";
      const plain = {
        group,
        kind: this.elses.has(word) ? "kept" : "none",
        steps: isBody && !this.elses.has(word) ? 2 : 1,
      } as const;
      const { kind, steps, group: owner } = marks.get(word) ?? plain;
      const below = this.below.get(word);
      seams.push({
        kind,
        steps,
        group: owner,
        gap: this.gapBefore(word, inIndex),
        ...this.written.between(word),
        ...(below === undefined ? {} : { below }),
      });
      const type = this.typeAt(word);
      if (type !== undefined && openers.includes(type)) bracketsOpen.push(type);
      if (type !== undefined && closers.includes(type)) bracketsOpen.pop();
      for (; next < drafts.length && drafts[next]?.first === word; next += 1) around.push(next);
    }
    return seams;
  }

  private gapBefore(word: number, inIndex: boolean): string {
    return this.gaps.get(word) ?? gap(this.tokens, word, inIndex, this.apart);
  }
}

function operates({ kind }: ast.Expression): boolean {
  return kind === "pipe" || kind === "chain" || kind === "binary";
}

function isNumber(node: ast.Expression): boolean {
  return node.kind === "number" || (node.kind === "unary" && node.operand.kind === "number");
}

/** The document of a program without mistakes. */
export function documentOf(
  text: string,
  module: ast.Module,
  tokens: readonly IToken[],
  comments: readonly IToken[],
): Document {
  return new Draughtsman(text, tokens, comments).draw(module);
}
