/** Sentences whose verb goes with their first noun, whatever nouns stand between, drawn word by word. */
import { randomFrom } from "../../../scripts/lib/random.mjs";

/** Each noun and each verb for one, and next to it for several. */
const nouns = ["dog", "dogs", "girl", "girls", "ship", "ships"];
const verbs = ["sleeps", "sleep", "waits", "wait", "sings", "sing"];
const prepositions = ["near", "behind", "with"];
const adjectives = ["old", "red", "tall"];
/** A word's number is its place here. */
export const words = [".", "the", ...nouns, ...verbs, ...prepositions, ...adjectives];

export const length = 32;

/** What a word does in its sentence; a noun before the verb that is not its subject is `between`. */
export type Part = "subject" | "between" | "verb" | "end" | "other";

export interface Place {
  readonly word: string;
  readonly part: Part;
  /** Where a verb comes next: 1 if it is that of one, 2 if that of several; else 0. */
  readonly asked: number;
  /** Of a place where a verb comes next: how many other nouns stand between it and its subject. */
  readonly between: number;
}

function sentence(random: () => number): readonly Place[] {
  const one = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? "";
  const nounPhrase = (part: Part): readonly { readonly word: string; readonly part: Part }[] => [
    { word: "the", part: "other" },
    ...(random() < 0.3 ? [{ word: one(adjectives), part: "other" as const }] : []),
    { word: one(nouns), part },
  ];
  const between = Math.floor(random() * 5);
  const subject = nounPhrase("subject");
  const number = nouns.indexOf(subject.at(-1)?.word ?? "") % 2;
  const more = Array.from({ length: between }, () => [
    { word: one(prepositions), part: "other" as const },
    ...nounPhrase("between"),
  ]);
  const before = [...subject, ...more.flat()];
  return [
    ...before.map((place, at) => ({ ...place, between, asked: at === before.length - 1 ? 1 + number : 0 })),
    { word: verbs[2 * Math.floor((random() * verbs.length) / 2) + number] ?? "", part: "verb", asked: 0, between },
    { word: ".", part: "end", asked: 0, between },
  ];
}

/** Rows of sentences, one after the other, the last of each cut where the row ends. */
export function texts(rows: number, seed: number): readonly (readonly Place[])[] {
  const random = randomFrom(seed);
  return Array.from({ length: rows }, () => {
    const row: Place[] = [];
    while (row.length < length) row.push(...sentence(random));
    return row.slice(0, length);
  });
}

/** As nnc reads them. */
export function table(rows: readonly (readonly Place[])[]): string {
  const columns = (name: string): readonly string[] => Array.from({ length }, (_, at) => `${name}_${at + 1}`);
  const lines = rows.map((row) => [...row.map(({ word }) => words.indexOf(word)), ...row.map(({ asked }) => asked)]);
  return [[...columns("word"), ...columns("asked")], ...lines].map((line) => `${line.join(",")}\n`).join("");
}
