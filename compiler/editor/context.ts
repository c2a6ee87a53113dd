/** What is being written at a place of a text, as its words tell: also where it does not parse, since it rarely does while somebody types. */
import type { EditorToken } from "../syntax/editor-tokens.ts";
import { declarationWords, spelling, statementWords } from "../syntax/tokens.ts";
import type { NameKind } from "./types.ts";

export interface LocalName {
  readonly name: string;
  readonly kind: NameKind;
}

/** An open bracket around the place. */
export interface Around {
  readonly sign: string;
  /** What is called, or what the braces belong to: `train`, `step`, `scan`, `block`. */
  readonly owner: string;
  /** Names before a colon in it: keys of a train, arguments of a call. */
  readonly labels: ReadonlySet<string>;
  /** The one that the place is behind. */
  readonly label: string | undefined;
}

export interface Context {
  /** The word that the declaration around begins with. */
  readonly declaration: string | undefined;
  /** Whether the place is in a signature: in its parentheses, or behind its arrow. */
  readonly inSignature: boolean;
  readonly around: Around | undefined;
  /** Of a train or step around, however many brackets are between. */
  readonly key: string | undefined;
  readonly previous: EditorToken | undefined;
  /** Those bound before the place, the nearest last. */
  readonly locals: readonly LocalName[];
  readonly inScan: boolean;
}

const declares: ReadonlySet<string> = new Set(declarationWords.map(spelling));

/** Where a statement begins. */
const statements: ReadonlySet<string> = new Set([...statementWords.map(spelling), "next", "emit", "<-", "}"]);

/** Behind these a value begins. */
export const beforeValues: ReadonlySet<string> = new Set(
  "= <- |> + - * / @ % ** == != < > <= >= ( [ , : and or not return emit in if require".split(" "),
);

interface Level {
  readonly sign: string;
  readonly owner: string;
  readonly labels: Set<string>;
  label: string | undefined;
  /** How many names were known outside. */
  readonly known: number;
}

class Reader {
  readonly levels: Level[] = [];
  readonly locals: LocalName[] = [];
  declaration: string | undefined;
  /** Of `let`s whose statement goes on: at which depth, and the names. */
  private fresh: { readonly depth: number; readonly local: LocalName }[] = [];
  /** Names that the next braces bind. */
  private pending: LocalName[] = [];
  private braces = "";
  private signature = false;
  private readonly tokens: readonly EditorToken[];

  constructor(tokens: readonly EditorToken[]) {
    this.tokens = tokens;
  }

  get inSignature(): boolean {
    return this.signature && this.levels.every(({ sign }) => sign !== "{");
  }

  read(): void {
    for (const [index, token] of this.tokens.entries()) this.take(token, index);
  }

  private at(index: number): string {
    return this.tokens[index]?.text ?? "";
  }

  private take(token: EditorToken, index: number): void {
    const { text, kind } = token;
    const isTop = this.levels.length === 0;
    if (statements.has(text)) this.settle();
    if (isTop && declares.has(text)) this.begin(text);
    // A declaration that lacks a bracket ends where the next one begins a line of its own.
    else if (text === "model" || text === "block" || text === "train") this.begin(text);
    else if ("([{".includes(text) && kind === "sign") this.open(text, index);
    else if (")]}".includes(text) && kind === "sign") this.close();
    else if (text === ":" && kind === "sign") this.labelled(index);
    else if (text === "," && kind === "sign") this.comma();
    else if (kind === "name" || kind === "word") this.word(text, index);
    if (isTop && this.signature && text === "=") this.signature = false;
  }

  private begin(word: string): void {
    this.levels.length = 0;
    this.locals.length = 0;
    this.pending = [];
    this.fresh = [];
    this.declaration = word;
    this.braces = word;
    this.signature = !["use", "const", "data"].includes(word);
  }

  private open(sign: string, index: number): void {
    const before = this.tokens[index - 1];
    const called = sign === "(" && before !== undefined && ["name", "word"].includes(before.kind) ? before.text : "";
    const owner = sign === "{" ? this.braces : called;
    this.levels.push({ sign, owner, labels: new Set(), label: undefined, known: this.locals.length });
    if (sign !== "{") return;
    this.signature = false;
    this.locals.push(...this.pending);
    this.pending = [];
    this.braces = "body";
  }

  /** A statement begins, so what the one before it binds is there. */
  settle(): void {
    const depth = this.levels.length;
    this.locals.push(...this.fresh.filter((one) => one.depth === depth).map(({ local }) => local));
    this.fresh = this.fresh.filter((one) => one.depth < depth);
  }

  private bind(name: string, kind: NameKind, depth: number): void {
    this.fresh.push({ depth, local: { name, kind } });
  }

  private close(): void {
    const level = this.levels.pop();
    this.fresh = this.fresh.filter(({ depth }) => depth <= this.levels.length);
    if (level?.sign === "{") this.locals.length = level.known;
  }

  private comma(): void {
    const level = this.levels.at(-1);
    if (level !== undefined && level.sign !== "{") level.label = undefined;
  }

  private labelled(index: number): void {
    const level = this.levels.at(-1);
    const name = this.tokens[index - 1];
    if (level === undefined || name === undefined || level.sign === "[") return;
    level.labels.add(name.text);
    level.label = name.text;
    if (!this.inSignature || this.levels.length !== 1) return;
    const isTensor =
      this.at(index + 1) === "[" || (["i32", "f32", "bool"].includes(this.at(index + 1)) && this.at(index + 2) === "[");
    this.locals.push({ name: name.text, kind: isTensor ? "input" : "setting" });
  }

  private word(text: string, index: number): void {
    const before = this.at(index - 1);
    const level = this.levels.at(-1);
    const isNew = !this.locals.some(({ name }) => name === text);
    if (this.inSignature && level?.sign === "[" && this.levels.length === 2 && isNew && /^\p{Lu}/u.test(text))
      this.locals.push({ name: text, kind: "dimension" });
    else if (
      this.inSignature &&
      level?.sign === "(" &&
      this.levels.length === 1 &&
      [",", ")"].includes(this.at(index + 1)) &&
      ["(", ","].includes(before)
    )
      this.locals.push({ name: text, kind: "input" });
    else if (before === "let" || before === "param" || before === "state") this.bind(text, before, this.levels.length);
    else if (this.at(index + 1) === "in" && (before === "scan" || before === "(" || before === ","))
      this.pending.push({ name: text, kind: "slice" });
    else if (this.at(index + 1) === "=" && (before === "with" || before === ","))
      this.pending.push({ name: text, kind: "carry" });
    else if (level?.sign === "(" && this.at(index - 1) !== ":" && this.isTargets(index))
      this.bind(text, "let", this.levels.length - 1);
    else if (text === "scan" || (text === "step" && level?.owner === "train")) this.braces = text;
  }

  /** Whether the parentheses around are those of `let (a, b) =`. */
  private isTargets(index: number): boolean {
    let at = index - 1;
    while (at > 0 && ["name", "sign"].includes(this.tokens[at]?.kind ?? "") && !["(", ")", "="].includes(this.at(at)))
      at -= 1;
    return this.at(at) === "(" && this.at(at - 1) === "let";
  }
}

/** The context behind `tokens`, which are those before the place, without comments. */
export function contextOf(tokens: readonly EditorToken[]): Context {
  const reader = new Reader(tokens);
  reader.read();
  if (!beforeValues.has(tokens.at(-1)?.text ?? "")) reader.settle();
  const { levels, locals, declaration, inSignature } = reader;
  const keyed = levels.findLast(({ sign, owner }) => sign === "{" && (owner === "train" || owner === "step"));
  return {
    declaration,
    inSignature,
    around: levels.at(-1),
    key: keyed?.label,
    previous: tokens.at(-1),
    locals,
    inScan: levels.some(({ sign, owner }) => sign === "{" && owner === "scan"),
  };
}
