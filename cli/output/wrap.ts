/** Text in lines of a given width. */

/** At most so many letters; where some are cut off, the last one is `…`. */
export function cut(text: string, width: number): string {
  const letters = Array.from(text);
  if (letters.length <= width) return text;
  return width < 1 ? "" : `${letters.slice(0, width - 1).join("")}…`;
}

/** At most so many letters; where some are cut out, a `…` stands in the middle: names of runs begin alike, and end in what tells them apart. */
export function shorten(text: string, width: number): string {
  const letters = Array.from(text);
  if (letters.length <= width) return text;
  const end = Math.floor((width - 1) / 2);
  return end < 1 ? cut(text, width) : `${cut(text, width - end)}${letters.slice(-end).join("")}`;
}

/** Breaks at spaces; a word longer than the width keeps a line of its own. */
export function wrap(text: string, width: number): string {
  return text
    .split("\n")
    .map((paragraph) => wrapParagraph(paragraph, width))
    .join("\n");
}

export function indent(text: string, by = "    "): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : by + line))
    .join("\n");
}

function wrapParagraph(text: string, width: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join("\n");
}
