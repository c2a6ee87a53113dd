/**
 * `nnc fmt`: one way to write a program. Spaces and indentation are decided here; where lines end, the writer decides,
 * except that in braces over several lines each statement has a line of its own. Comments stay where they are. The result
 * has the same tree, and formatting it again changes nothing.
 */
import type { IToken } from "chevrotain";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Module } from "./ast.ts";
import { walk } from "./children.ts";
import { parse } from "./parse.ts";
import type { Source } from "./source.ts";
import { gap } from "./spacing.ts";
import * as t from "./tokens.ts";

/** Offsets where the tree says that something begins. */
interface Starts {
  readonly declarations: ReadonlySet<number>;
  /** Statements, entries and steps. */
  readonly members: ReadonlySet<number>;
  readonly entries: ReadonlySet<number>;
  /** Values behind words such as `in`, from which they keep apart though they look like calls. */
  readonly apart: ReadonlySet<number>;
}

/** A pair of braces, or the file around all. */
interface Level {
  /** The indentation of what stands in it. */
  readonly indent: number;
  readonly multiline: boolean;
  /** The lines on which brackets were opened that are still open. */
  readonly brackets: { readonly line: number; readonly isIndex: boolean }[];
  /** Whether the statement at hand has gone on to a new line right behind its `=`. */
  hanging: boolean;
}

interface Line {
  readonly indent: number;
  text: string;
  /** Where the value of an entry begins in `text`. */
  value?: number;
  /** It goes on with what the line before it began. */
  readonly continues: boolean;
}

function startsOf(module: Module): Starts {
  const starts = {
    declarations: new Set<number>(),
    members: new Set<number>(),
    entries: new Set<number>(),
    apart: new Set<number>(),
  };
  for (const declaration of module.declarations) starts.declarations.add(declaration.span.from);
  for (const node of walk(module)) {
    if (node.kind === "keyValue") starts.entries.add(node.span.from);
    if (node.kind === "body" && node.form === "statements")
      node.statements.forEach(({ span }) => starts.members.add(span.from));
    if (node.kind === "train" || node.kind === "step") {
      const members = [...node.entries, ...node.lets, ...(node.kind === "train" ? node.steps : [])];
      members.forEach(({ span }) => starts.members.add(span.from));
    }
    if (node.kind === "scanInput") starts.apart.add(node.source.span.from);
    if (node.kind === "emit") starts.apart.add(node.value.span.from);
    if (node.kind === "along" && node.axis !== undefined) starts.apart.add(node.axis.span.from);
    if (node.kind === "scan" && node.checkpoint !== undefined) starts.apart.add(node.checkpoint.span.from);
  }
  return starts;
}

function lineEnds(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}

function isComment({ tokenType }: IToken): boolean {
  return tokenType === t.Comment || tokenType === t.DocComment;
}

/** For each `{`, by offset, whether its `}` stands on another line. */
function multilineBraces(text: string, tokens: readonly IToken[]): ReadonlySet<number> {
  const found = new Set<number>();
  const open: number[] = [];
  for (const { tokenType, startOffset } of tokens) {
    if (tokenType === t.LeftBrace) open.push(startOffset);
    const opener = tokenType === t.RightBrace ? open.pop() : undefined;
    if (opener !== undefined && lineEnds(text.slice(opener, startOffset)) > 0) found.add(opener);
  }
  return found;
}

/** Writes tokens into lines; one is made for one text. */
class Writer {
  readonly lines: Line[] = [];
  private readonly levels: Level[] = [{ indent: 0, multiline: true, brackets: [], hanging: false }];
  private readonly text: string;
  private readonly starts: Starts;
  private readonly multiline: ReadonlySet<number>;
  /** Without the comments. */
  private readonly tokens: readonly IToken[];
  private index = 0;
  private previous: IToken | undefined;

  constructor(text: string, starts: Starts, tokens: readonly IToken[]) {
    this.text = text;
    this.starts = starts;
    this.tokens = tokens;
    this.multiline = multilineBraces(text, tokens);
  }

  private get level(): Level {
    return this.levels.at(-1) ?? { indent: 0, multiline: true, brackets: [], hanging: false };
  }

  private begins({ startOffset }: IToken): boolean {
    return this.starts.declarations.has(startOffset) || this.starts.members.has(startOffset);
  }

  private forcesLine(token: IToken): boolean {
    if (this.starts.declarations.has(token.startOffset)) return true;
    if (!this.level.multiline || isComment(token)) return false;
    return token.tokenType === t.RightBrace || (this.starts.members.has(token.startOffset) && this.levels.length > 1);
  }

  /** How far a line that begins with `token` is indented. */
  private indentOf(token: IToken): number {
    const { indent, brackets, hanging } = this.level;
    if (token.tokenType === t.RightBrace) return Math.max(0, indent - 1);
    const isCloser = token.tokenType === t.RightParenthesis || token.tokenType === t.RightBracket;
    const open = new Set((isCloser ? brackets.slice(0, -1) : brackets).map(({ line }) => line)).size;
    if (open > 0 || isCloser) return indent + open + (hanging ? 1 : 0);
    if (this.begins(token) || token.tokenType === t.ElseWord || isComment(token)) return indent;
    return indent + 1 + (hanging && this.previous?.tokenType !== t.Equal ? 1 : 0);
  }

  private breakLine(token: IToken, blank: boolean): void {
    const last = this.lines.at(-1);
    const opened = this.previous?.tokenType === t.LeftBrace;
    const continues = this.level.brackets.length > 0 || !(this.begins(token) || isComment(token));
    if (blank && last !== undefined && !opened && token.tokenType !== t.RightBrace)
      this.lines.push({ indent: 0, text: "", continues });
    if (this.previous?.tokenType === t.Equal && !isComment(token)) this.level.hanging = true;
    this.lines.push({ indent: this.indentOf(token), text: "", continues });
  }

  private gapBefore(token: IToken): string {
    if (this.previous === undefined) return "";
    if (isComment(token)) return token.image.startsWith("//") ? "  " : " ";
    if (isComment(this.previous)) return " ";
    if (this.starts.members.has(token.startOffset) && this.previous.tokenType !== t.LeftBrace) return "  ";
    return gap(this.tokens, this.index, this.level.brackets.at(-1)?.isIndex === true, this.starts.apart);
  }

  private open(token: IToken): void {
    const line = this.lines.length;
    if (token.tokenType === t.LeftBrace) {
      this.levels.push({
        indent: (this.lines.at(-1)?.indent ?? 0) + 1,
        multiline: this.multiline.has(token.startOffset),
        brackets: [],
        hanging: false,
      });
    }
    if (token.tokenType === t.LeftParenthesis) this.level.brackets.push({ line, isIndex: false });
    if (token.tokenType === t.LeftBracket) this.level.brackets.push({ line, isIndex: true });
    if (token.tokenType === t.RightParenthesis || token.tokenType === t.RightBracket) this.level.brackets.pop();
    if (token.tokenType === t.RightBrace) this.levels.pop();
  }

  write(token: IToken): void {
    const { previous } = this;
    const end = previous === undefined ? 0 : previous.startOffset + previous.image.length;
    const ends = previous === undefined ? 0 : lineEnds(this.text.slice(end, token.startOffset));
    const fresh = previous === undefined || ends > 0 || this.forcesLine(token);
    if (fresh && this.begins(token)) this.level.hanging = false;
    if (fresh) this.breakLine(token, ends > 1);
    const line = this.lines.at(-1);
    if (line === undefined) return;
    if (this.previous?.tokenType === t.Colon && this.entryColon === this.previous.startOffset)
      line.value = line.text.length;
    line.text += (fresh ? "" : this.gapBefore(token)) + token.image.replaceAll(/\r\n|\r/g, "\n").trimEnd();
    if (!isComment(token)) this.advance(token, fresh);
    this.previous = token;
  }

  private entryColon = -1;

  private advance(token: IToken, fresh: boolean): void {
    this.open(token);
    const colon = this.tokens[this.index + 1];
    if (fresh && this.starts.entries.has(token.startOffset) && colon !== undefined) this.entryColon = colon.startOffset;
    this.index += 1;
  }
}

/** Entries on lines that follow each other, but for the rest of their values, have those in one column. */
function align(lines: readonly Line[]): void {
  let run: Line[] = [];
  const finish = (): void => {
    const column = Math.max(0, ...run.map(({ value }) => value ?? 0));
    for (const line of run) {
      const at = line.value ?? 0;
      line.text = `${line.text.slice(0, at)}${" ".repeat(column - at)}${line.text.slice(at)}`;
    }
    run = [];
  };
  for (const line of lines) {
    if (line.continues) continue;
    if (line.value === undefined || run.some(({ indent }) => indent !== line.indent)) finish();
    if (line.value !== undefined) run.push(line);
  }
  finish();
}

/** The program in canonical form; a program with mistakes is left as it is, and they are reported. */
export function format(source: Source): { readonly text: string; readonly diagnostics: readonly Diagnostic[] } {
  const { module, diagnostics } = parse(source);
  if (diagnostics.length > 0) return { text: source.text, diagnostics };
  const { tokens, groups } = t.lexer.tokenize(source.text);
  const comments = groups["comments"] ?? [];
  const all = [...tokens, ...comments].sort((a, b) => a.startOffset - b.startOffset);
  const writer = new Writer(
    source.text,
    startsOf(module),
    tokens.filter((token) => !isComment(token)),
  );
  for (const token of all) writer.write(token);
  align(writer.lines);
  const text = writer.lines.map((line) =>
    (line.text === "" ? "" : `${"  ".repeat(line.indent)}${line.text}`).trimEnd(),
  );
  return { text: text.length === 0 ? "" : `${text.join("\n")}\n`, diagnostics };
}
