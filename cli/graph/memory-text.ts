/** The arena over time as a file of SVG, and as a table for a terminal. */
import { formatBytes, formatWhole } from "../output/numbers.ts";
import type { Look } from "../output/style.ts";
import { left, right, table } from "../output/table.ts";
import { memoryScene, memorySize } from "./memory-scene.ts";
import type { Memory } from "./memory.ts";
import { wrap } from "../output/wrap.ts";
import { standAlone } from "./svg.ts";

export function memorySvg(memory: Memory): string {
  return standAlone(memory, memorySize.width, memorySize.height, memoryScene(memory));
}

const columns = [left("buffer"), left("role"), left("shape"), right("size"), right("from"), left("calls")] as const;

export function memoryText(memory: Memory, { paint, width }: Look): string {
  const { title, subtitle, buffers, arenaBytes, lowerBound, peakBytes } = memory;
  const rows = buffers
    .toSorted((one, other) => other.bytes - one.bytes)
    .map(({ name, role, shape, bytes, offset, from, to, always }) => {
      return [name, role, shape, formatBytes(bytes), formatWhole(offset), always ? "always" : `${from} to ${to - 1}`];
    });
  const ratio = lowerBound === 0 ? 1 : arenaBytes / lowerBound;
  const bounds = `arena ${formatBytes(arenaBytes)}, ${ratio.toFixed(3)} times the lower bound ${formatBytes(lowerBound)}; at most ${formatBytes(peakBytes)} in use here`;
  return `${paint("strong", title)}: ${subtitle}\n${table(columns, rows, paint, { width })}${wrap(bounds, width)}\n`;
}
