/** The arena over time as elements of SVG: calls to the right, addresses upwards; a buffer is as wide as it lives and as high as it is large. */
import { positionOn, tightAxis } from "../plot/axis.ts";
import type { Axis } from "../plot/axis.ts";
import { formatBytes } from "../output/numbers.ts";
import { widthOfText } from "./measure.ts";
import type { Memory, MemoryBuffer } from "./memory.ts";
import { make, round } from "./scene.ts";
import type { Element } from "./scene.ts";

export const memorySize = { width: 1120, height: 640 } as const;
const inner = { left: 84, right: 16, top: 30, bottom: 46 };
const wide = memorySize.width - inner.left - inner.right;
const high = memorySize.height - inner.top - inner.bottom;
const textHeight = 15;

/** From numbers to places. */
interface Scales {
  readonly x: (call: number) => number;
  readonly y: (bytes: number) => number;
  readonly bytes: Axis;
}

export function memoryScene(memory: Memory): readonly Element[] {
  const calls = Math.max(memory.calls.length, 1);
  const bytes = tightAxis([0, Math.max(memory.arenaBytes, 64)], 6);
  const scales: Scales = {
    x: (call) => inner.left + (call / calls) * wide,
    y: (value) => inner.top + (1 - positionOn(bytes, value)) * high,
    bytes,
  };
  return [
    ...grid(scales),
    ...memory.buffers.map((buffer, at) => drawBuffer(buffer, at, scales)),
    ...callTicks(calls, scales),
    ...bounds(memory, scales),
  ];
}

function grid({ bytes, y }: Scales): readonly Element[] {
  return bytes.ticks.flatMap((tick) => [
    make("line", { class: "grid", x1: inner.left, x2: inner.left + wide, y1: round(y(tick)), y2: round(y(tick)) }),
    text(formatBytes(tick), inner.left - 8, y(tick) + 4, "soft end"),
  ]);
}

function callTicks(calls: number, { x }: Scales): readonly Element[] {
  const { ticks } = tightAxis([0, Math.max(calls - 1, 0)], 12);
  const bottom = inner.top + high;
  return [
    make("line", { class: "axis", x1: inner.left, x2: inner.left + wide, y1: bottom, y2: bottom }),
    ...ticks
      .filter((tick) => Number.isInteger(tick) && tick < calls)
      .map((tick) => text(String(tick), x(tick + 0.5), bottom + 18, "soft middle")),
    text("calls of the entry, in order", inner.left + wide / 2, bottom + 38, "soft middle"),
  ];
}

function drawBuffer(buffer: MemoryBuffer, at: number, { x, y }: Scales): Element {
  const { name, role, bytes, offset, from, to, always, shape } = buffer;
  const [left, top] = [x(from), y(offset + bytes)];
  const [width, height] = [x(to) - left, y(offset) - top];
  const sized = `${name} ${formatBytes(bytes)}`;
  const fitting = [sized, name].find((one) => widthOfText(one) + 8 <= width && textHeight <= height);
  const life = always ? "always" : from + 1 === to ? `call ${from}` : `calls ${from} to ${to - 1}`;
  return make("g", { class: `buffer ${role}${always ? " always" : ""}`, "data-buffer": at }, [
    make("title", {}, [], `${name}: ${role}, ${shape}, ${formatBytes(bytes)} from ${offset}, ${life}`),
    make("rect", { x: round(left), y: round(top), width: round(width), height: round(Math.max(height, 0.6)) }),
    ...(fitting === undefined ? [] : [text(fitting, left + 5, top + Math.min(height / 2, 40) + 4, "")]),
  ]);
}

/** Lines at the peak and at the lower bound; their names stand above the picture, side by side. */
function bounds({ arenaBytes, lowerBound, peakBytes }: Memory, { y }: Scales): readonly Element[] {
  const line = (bytes: number): Element =>
    make("line", { class: "bound", x1: inner.left, x2: inner.left + wide, y1: round(y(bytes)), y2: round(y(bytes)) });
  const ratio = lowerBound === 0 ? 1 : arenaBytes / lowerBound;
  const told = `arena ${formatBytes(arenaBytes)}, ${ratio.toFixed(3)} times the lower bound ${formatBytes(lowerBound)} of all entries; at most ${formatBytes(peakBytes)} in use here`;
  return [
    line(arenaBytes),
    ...(lowerBound === arenaBytes ? [] : [line(lowerBound)]),
    text(told, inner.left, 14, "bound-name"),
  ];
}

function text(content: string, x: number, y: number, kind: string): Element {
  return make("text", { class: kind, x: round(x), y: round(y) }, [], content);
}
