/** The curves of runs on a terminal, as text as wide as it is. */
import { hasColour, isTerminal, widthOf } from "../context.ts";
import type { Context } from "../context.ts";
import { drawTerminal } from "../plot/terminal.ts";
import type { History } from "./history.ts";
import { curvePanels } from "./picture.ts";

/** Lines of a plot, and how wide it is at most. */
const height = 10;
const mostColumns = 100;

/** Nothing where standard error is no terminal. */
export function showPanels(context: Context, runs: readonly History[]): void {
  const { stderr, env } = context.process;
  if (!isTerminal(stderr, env)) return;
  const size = { width: Math.min(mostColumns, widthOf(stderr) - 1), height, colour: hasColour(stderr, env) };
  for (const panel of curvePanels(runs)) stderr.write(`\n${drawTerminal(panel, size)}`);
  stderr.write("\n");
}
