/** Doc comments of exported modules, which no character of their lines can leave. */
import { commentText } from "../../targets/typescript/code.ts";

export function comment(lines: readonly string[]): string {
  return ["/**", ...lines.map((line) => ` * ${commentText(line)}`.trimEnd()), " */"].join("\n");
}
