/**
 * Names in generated code: user's names made into identifiers that are unique where they stand, and loop variables
 * named by what they do. Neutral of any target; a target says which characters and words it takes.
 */
import { allNodesOf } from "./traverse.ts";
import type { Statement } from "./types.ts";

/** What a language takes as an identifier. */
export interface NameRule {
  /** Matches each run of characters that may not stand in a name. */
  readonly illegal: RegExp;
  /** Matches a name that may not start as it does. */
  readonly badStart: RegExp;
  readonly reserved: ReadonlySet<string>;
  /** What stands for a name of which nothing legal is left, where that is not `_`. */
  readonly unnamed?: string;
}

/** The wanted name with everything illegal replaced by `_`; never empty, never reserved. */
export function legalName(wanted: string, rule: NameRule): string {
  const cleaned = wanted.replace(rule.illegal, "_");
  if (rule.unnamed !== undefined && (cleaned === "" || cleaned === "_")) return rule.unnamed;
  const started = cleaned === "" || rule.badStart.test(cleaned) ? `_${cleaned}` : cleaned;
  return rule.reserved.has(started) ? `${started}_` : started;
}

/**
 * Gives out names and takes them back: a name is given once until its scope closes. Scopes nest as blocks do, and a name
 * given in an outer scope while inner ones are open differs from theirs, too.
 */
export class Names {
  private readonly rule: NameRule;
  private readonly taken: Set<string>;
  private readonly scopes: string[][] = [[]];
  /** By name the number below which all are taken, so that a thousand of one name cost a thousand steps. */
  private readonly numbers = new Map<string, number>();

  constructor(rule: NameRule, taken: Iterable<string> = []) {
    this.rule = rule;
    this.taken = new Set(taken);
  }

  /** How many scopes are open; the outermost is 0. */
  get depth(): number {
    return this.scopes.length - 1;
  }

  open(): void {
    this.scopes.push([]);
  }

  close(): void {
    for (const name of this.scopes.pop() ?? []) this.taken.delete(name);
    this.numbers.clear();
  }

  /** The first of `wanted` that is free, else the last of them with a number. Lives as long as the scope at `depth`. */
  give(wanted: string | readonly string[], depth = this.depth): string {
    const candidates = (typeof wanted === "string" ? [wanted] : wanted).map((name) => legalName(name, this.rule));
    const last = candidates.at(-1) ?? "_";
    const name = candidates.find((candidate) => !this.taken.has(candidate)) ?? this.#numbered(last);
    this.taken.add(name);
    this.scopes[depth].push(name);
    return name;
  }

  #numbered(name: string): string {
    let n = this.numbers.get(name) ?? 2;
    while (this.taken.has(`${name}${n}`)) n += 1;
    this.numbers.set(name, n);
    return `${name}${n}`;
  }
}

type For = Extract<Statement, { readonly kind: "for" }>;

const outputLoops = ["i", "j", "l", "m", "n"];
const reductionLoops = ["k", "p", "q", "r", "s"];

/** Names for a loop's variable, best first: k, p, q … where it accumulates into something outside, else i, j, l …. */
export function loopVariableNames(loop: For): readonly string[] {
  return accumulates(loop) ? reductionLoops : outputLoops;
}

function accumulates(loop: For): boolean {
  const nodes = allNodesOf(loop.body);
  const defined = new Set(nodes.flatMap((node) => (node.kind === "define" ? [node.name] : [])));
  return nodes.some((node) => node.kind === "assign" && !defined.has(node.name));
}

/** The text without line breaks or control characters, so that it stays within a line comment. */
export function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what it removes
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, " ");
}

/** A name for the artifact's files: letters of any script, digits, `-` and `_`. */
export function fileName(name: string): string {
  const cleaned = name.replace(/[^\p{ID_Continue}-]+/gu, "_");
  return cleaned === "" ? "model" : cleaned;
}
