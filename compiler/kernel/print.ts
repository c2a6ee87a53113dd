/** Kernels as text: a head with what is read and written, the grid as loops, a line or a block for each stage. */
import { combineSign, printAxes, printElement, printOrder, printScalar } from "../loops/print.ts";
import { accountOf } from "./accesses.ts";
import type { Account } from "./accesses.ts";
import { isLoop, type KernelStep } from "./steps.ts";
import type { Kernel, Let, Stage, Store } from "./types.ts";

/** Kernels, and loops of them: `loop t in T`, what it runs indented. */
export function printSteps(steps: readonly KernelStep[]): string {
  return steps
    .map((step) => {
      if (!isLoop(step)) return printKernel(step);
      const inner = printSteps(step.steps)
        .split("\n")
        .map((line) => `  ${line}`);
      return [`loop ${step.index} in ${step.extent.key}`, ...inner].join("\n");
    })
    .join("\n");
}

/** `kernel dense(x: f32, w: f32) -> y: f32   // Digits.dense`, then its loops. */
export function printKernel(kernel: Kernel): string {
  const indent = kernel.grid.length === 0 ? "  " : "    ";
  return [
    printHead(kernel),
    ...kernel.rows.map(
      ({ name, dtype, shape }) => `  row ${name}: ${dtype}[${shape.map(({ key }) => key).join(", ")}]`,
    ),
    ...(kernel.grid.length === 0 ? [] : [`  for ${printAxes(kernel.grid)}`]),
    ...kernel.stages.flatMap(printStage).map((line) => indent + line),
  ].join("\n");
}

function printHead(kernel: Kernel): string {
  const { name, rows, origins } = kernel;
  const { loads, stores } = accountOf(kernel);
  const own = new Set(rows.map((row) => row.name));
  const list = (accesses: Account["loads"]): string =>
    [...accesses].flatMap(([tensor, [{ dtype }]]) => (own.has(tensor) ? [] : [`${tensor}: ${dtype}`])).join(", ");
  const paths = [...new Set(origins.map(({ path }) => path).filter((path) => path !== ""))];
  return `kernel ${name}(${list(loads)}) -> ${list(stores)}${paths.length === 0 ? "" : `   // ${paths.join(", ")}`}`;
}

function printLet({ name, value }: Let): string {
  return `let ${name} = ${printScalar(value)}`;
}

function printStore({ tensor, indices, value }: Store): string {
  return `${printElement(tensor, indices)} = ${printScalar(value)}`;
}

function block(head: string, lines: readonly string[]): readonly string[] {
  return [head, ...lines.map((line) => `  ${line}`)];
}

function printStage(stage: Stage): readonly string[] {
  switch (stage.kind) {
    case "let":
      return [printLet(stage)];
    case "store":
      return [printStore(stage.store)];
    case "reduce": {
      const loops = `${printAxes(stage.over)}${printOrder(stage.order)}`;
      const [only] = stage.results;
      if (stage.lets.length === 0 && stage.results.length === 1) {
        return [`${only.name} = ${combineSign(only.combine)} ${loops}: ${printScalar(only.value)}`];
      }
      const results = stage.results.map(
        ({ name, combine, value }) => `${name} = ${combineSign(combine)} ${printScalar(value)}`,
      );
      return block(`reduce ${loops}`, [...stage.lets.map(printLet), ...results]);
    }
    case "sweep":
      return block(`for ${printAxes(stage.over)}`, [...stage.lets.map(printLet), ...stage.stores.map(printStore)]);
    case "nest":
      return block(`for ${printAxes(stage.over)}`, stage.stages.flatMap(printStage));
    case "scatter": {
      const zero = `${printElement(stage.tensor, stage.zeroIndices)} = 0`;
      const zeros = stage.zero.length === 0 ? [zero] : block(`for ${printAxes(stage.zero)}`, [zero]);
      const add = `${printElement(stage.tensor, stage.at)} += ${printScalar(stage.value)}`;
      return [...zeros, ...block(`for ${printAxes(stage.over)} in order`, [...stage.lets.map(printLet), add])];
    }
  }
}
