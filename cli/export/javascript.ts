/** A module of TypeScript as JavaScript: the same text without its types. */
import { tsMorph } from "../../targets/typescript/ts-morph.ts";

export function withoutTypes(text: string): string {
  const { ts } = tsMorph();
  return ts.transpileModule(text, { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 } })
    .outputText;
}
