/** The fenced blocks of a page of the manual: their language, the words behind it, their text, and where that lies. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export interface Block {
  readonly language: string;
  /** What stands behind the language: a file that the block is; `fails`, `warns`; `values`; `parsed`, of commands that would take too long; `part`, of a file that is no program by itself. */
  readonly words: readonly string[];
  readonly body: string;
  /** Offsets of the body in the page. */
  readonly from: number;
  readonly to: number;
}

export const docs = path.resolve(import.meta.dirname, "../../docs");

export const pageText = (page: string): string => readFileSync(path.join(docs, page), "utf8");

/** The pages in a folder of the manual and below. */
export function pagesIn(folder: string): readonly string[] {
  return readdirSync(path.join(docs, folder), { recursive: true, encoding: "utf8" })
    .map((file) => path.posix.join(folder, file.split(path.sep).join("/")))
    .filter((file) => file.endsWith(".md"));
}

export function blocksOf(text: string): readonly Block[] {
  return [...text.matchAll(/^```(\w+)([^\n]*)\n([\s\S]*?)^```$/gm)].map((match) => {
    const [whole, language = "", words = "", body = ""] = match;
    const from = match.index + whole.indexOf("\n") + 1;
    return { language, words: words.split(" ").filter((word) => word !== ""), body, from, to: from + body.length };
  });
}

/** The file that a block is: named behind the language, or by a comment in its first line. */
export function fileOf({ words, body }: Block): string | undefined {
  return words.find((word) => word.includes(".")) ?? /^(?:\/\/|#) (\S+\.\w+)$/m.exec(body.split("\n")[0] ?? "")?.[1];
}
