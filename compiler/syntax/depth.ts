/** Refuses trees so deep that a phase which recurses over them could run out of stack. */
import { diagnose, label } from "../diagnostics/diagnostic.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { nestingTooDeep } from "../diagnostics/codes/syntax.ts";
import { maximalDepth } from "./ast.ts";
import type { Node } from "./ast.ts";
import { children } from "./children.ts";

/** The diagnostic for the first node deeper than `maximalDepth`, if there is one. */
export function checkDepth(root: Node): Diagnostic | undefined {
  let level: readonly Node[] = [root];
  for (let depth = 1; level.length > 0; depth += 1) {
    const [first] = level;
    if (depth > maximalDepth && first !== undefined) {
      return diagnose(nestingTooDeep, { limit: maximalDepth }, [label(first.span, "")], "name a part of it with `let`");
    }
    level = level.flatMap(children);
  }
  return undefined;
}
