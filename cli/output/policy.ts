/** What a page that nnc writes allows by its Content-Security-Policy: its own style and script, by their hashes. */
import { createHash } from "node:crypto";

/** Of an element's text, to the byte. */
export function hashOf(content: string): string {
  return `'sha256-${createHash("sha256").update(content).digest("base64")}'`;
}
