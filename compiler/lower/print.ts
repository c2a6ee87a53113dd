/** Computes of an entry as text, in the order in which they run; `loop t in T`, then what it runs, indented. */
import { printCompute } from "../loops/print.ts";
import { stepsOf, type Level } from "./lowered.ts";

export function printLevel(level: Level): string {
  const blocks = stepsOf(level).map((step) => {
    if (!("body" in step)) return printCompute(step.compute, step.tensor);
    const inner = printLevel(step.body).split("\n");
    return [`loop ${step.index} in ${step.extent.key}`, ...inner.map((line) => `  ${line}`)].join("\n");
  });
  return blocks.join("\n");
}
