/** One line of JSON Lines: a JSON value, in whose object every key stands once. `JSON.parse` keeps the last of two equal ones without a word. */
import { repeatedKey, unsuitableValue } from "../../compiler/diagnostics/codes/data.ts";
import { failure, quoted } from "../../runtime/save/fail.ts";

/** Throws NN0814 for what is no JSON, NN0891 for a key that stands twice. */
export function parseLine(text: string, place: string): unknown {
  const value = parsed(text, place);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const different = Object.keys(value).length;
  if (colonsIn(text) === different) return value;
  const written = keysIn(text);
  if (written.length === different) return value;
  const seen = new Set<string>();
  // Equal keys may be escaped in different ways.
  const twice = written.map((key) => String(JSON.parse(key))).find((key) => seen.size === seen.add(key).size);
  throw failure(repeatedKey, { place, key: quoted(twice ?? "") });
}

function parsed(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw failure(unsuitableValue, {
      place,
      expected: "one JSON value on each line",
      found: JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text),
    });
  }
}

/** How many there are: each key has one behind it, which is quicker to know than the keys. */
function colonsIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf(":"); at >= 0; at = text.indexOf(":", at + 1)) count++;
  return count;
}

/** The keys of the outermost object as they are written, in quotes; one pass over a text that is JSON. */
function keysIn(text: string): readonly string[] {
  const keys: string[] = [];
  let depth = 0;
  let start = 0;
  let end = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '"':
        start = at;
        end = endOfString(text, at);
        at = end - 1;
        break;
      case "{":
      case "[":
        depth++;
        break;
      case "}":
      case "]":
        depth--;
        break;
      case ":":
        if (depth === 1) keys.push(text.slice(start, end));
        break;
    }
  }
  return keys;
}

/** Behind the quote that closes the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}
