/**
 * Text on a terminal: words of files, such as the names of classes and columns, may hold sequences that move the cursor, rename the window or hide
 * what follows. On a terminal they are shown, not obeyed; what nnc itself paints passes, and pipes and files get every byte.
 */
import { printable } from "../../compiler/diagnostics/display.ts";
import type { Output } from "../context.ts";

/** What nnc writes: ends of lines, the colours of its styles, and a line that is drawn again. */
// oxlint-disable-next-line no-control-regex -- The sequences are what is looked for.
const own = /(\n|^\r|\u001b\[K|\u001b\[(?:[012]|(?:1;)?[39]\d)m)/;

/** The stream itself where it is no terminal. */
export function guarded(stream: Output): Output {
  if (stream.isTTY !== true) return stream;
  const write = (content: string | Uint8Array): unknown =>
    stream.write(typeof content === "string" ? shownText(content) : content);
  // All but `write` is the stream's own, its prototype's.
  return Object.create(stream, { write: { value: write } }) as Output;
}

function shownText(text: string): string {
  return text
    .split(own)
    .map((part, at) => (at % 2 === 0 ? printable(part) : part))
    .join("");
}
