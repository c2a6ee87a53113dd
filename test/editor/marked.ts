/** Sources with marks: `‸` is where the cursor stands. */
import { inspect, type Inspection } from "../../compiler/editor.ts";

export interface Marked {
  readonly inspection: Inspection;
  readonly source: string;
  /** Where the marks were. */
  readonly at: readonly number[];
}

export function marked(text: string, files?: ReadonlyMap<string, string>): Marked {
  const parts = text.split("‸");
  const source = parts.join("");
  let offset = 0;
  const at = parts.slice(0, -1).map((part) => (offset += part.length));
  const inspection = inspect({ name: "main.nn", source, ...(files === undefined ? {} : { files }) });
  return { inspection, source, at };
}
