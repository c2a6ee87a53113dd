/**
 * What stands in a README between `<!-- =NAME -->` and `<!-- / -->` is written by the script: a figure or a text within a line, a text on lines of its own or,
 * for `file:NAME`, a file as a block of code. So nothing that is quoted goes stale.
 */
import type { Figure } from "./lesson.ts";

/** `figures.json`: what was found, and the losses of the first steps of each training by file and label. */
export interface Facts {
  readonly figures: Readonly<Record<string, Figure>>;
  readonly texts: Readonly<Record<string, string>>;
  readonly first: Readonly<Record<string, readonly number[]>>;
}

const marked = /<!-- =(.+?) -->[\s\S]*?<!-- \/ -->/g;

/** The README with all that it quotes as it now is. `read` gives the text of a file of the lesson's folder. */
export function filled(readme: string, { figures, texts }: Facts, read: (name: string) => string): string {
  return readme.replace(marked, (_found, name: string, at: number) => {
    const startsLine = at === 0 || readme[at - 1] === "\n";
    const between = (content: string): string => `<!-- =${name} -->${content}<!-- / -->`;
    const figure = figures[name];
    // Markdown takes a line that begins with a comment for HTML as a whole.
    if (figure !== undefined && startsLine)
      throw new Error(`the figure "${name}" is the first of its line, which Markdown does not read`);
    if (figure !== undefined) return between(figure.shown);
    if (name.startsWith("file:")) {
      const file = name.slice("file:".length);
      return between(`\n\`\`\`${file.split(".").at(-1)}\n${read(file)}\`\`\`\n`);
    }
    const text = texts[name];
    if (text === undefined) throw new Error(`README.md quotes "${name}", which the lesson does not say`);
    return between(startsLine ? `\n${text}\n` : text);
  });
}

/** The names that a README quotes. */
export function quoted(readme: string): ReadonlySet<string> {
  return new Set([...readme.matchAll(marked)].map(([, name = ""]) => name));
}
