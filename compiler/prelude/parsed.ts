/**
 * The prelude's syntax trees. Here they are parsed; the build puts `pack.ts`'s text of them in this module's place, since
 * parsing twelve files takes longer than compiling most programs.
 */
import type { SourceModule } from "../semantics/module.ts";
import { parse } from "../syntax/parse.ts";
import { preludeFiles } from "./index.ts";

export function parsePrelude(): readonly SourceModule[] {
  return preludeFiles.map(({ name, text }) => ({ name, module: parse({ name, text }).module }));
}
