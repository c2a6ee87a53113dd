/** What plots share: the frame with its axes, and the legend below it. */
import { shorten } from "../output/wrap.ts";
import { positionOn, tickText } from "./axis.ts";
import type { Axis } from "./axis.ts";
import { colourOf, element, text } from "./xml.ts";
import type { Attributes, Colours } from "./xml.ts";

/** Of all that is drawn, what stands at a name in the legend. */
export interface Signed {
  readonly name: string;
  readonly colour: number;
  readonly sign: "line" | "dashed" | "dot" | "ring";
}

/** Letters of a proportional font of 12 pixels are at most about so wide on average. */
export const letterWidth = 7.4;
export const legendLine = 16;

/** Where a palette begins anew, lines of the same colour are told apart by what they are made of: whole ones, and thin ones that are dashed. */
const whole = [undefined, "9 3", "7 2 2 2", "2 2"] as const;
const thin = ["4 3", "4 3 1 3", "4 3 1 3 1 3", "1 3"] as const;

export function dashOf({ curves }: Colours, colour: number, secondary: boolean): Attributes {
  const patterns = secondary ? thin : whole;
  const dash = patterns[Math.floor(colour / Math.max(1, curves.length)) % patterns.length];
  return dash === undefined ? {} : { "stroke-dasharray": dash };
}

/** Where values are drawn, in the panel's own coordinates. */
export interface Frame {
  readonly x: Axis;
  readonly y: Axis;
  readonly width: number;
  readonly height: number;
  readonly colours: Colours;
}

/** In the frame. */
export function place(frame: Frame, x: number, y: number): readonly [number, number] {
  return [positionOn(frame.x, x) * frame.width, (1 - positionOn(frame.y, y)) * frame.height];
}

/** Ticks with their numbers, and a line across at each of y. */
export function grid(frame: Frame): readonly string[] {
  const { colours } = frame;
  const across = frame.y.ticks.flatMap((tick) => {
    const y = (1 - positionOn(frame.y, tick)) * frame.height;
    return [
      element("line", { x1: 0, x2: frame.width, y1: y, y2: y, stroke: colours.grid }),
      text(tickText(frame.y, tick), { x: -8, y: y + 4, "text-anchor": "end", fill: colours.soft }),
    ];
  });
  const down = frame.x.ticks.flatMap((tick) => {
    const x = positionOn(frame.x, tick) * frame.width;
    return [
      element("line", { x1: x, x2: x, y1: frame.height, y2: frame.height + 4, stroke: colours.soft }),
      text(tickText(frame.x, tick), { x, y: frame.height + 17, "text-anchor": "middle", fill: colours.soft }),
    ];
  });
  return [
    ...across,
    element("line", { x1: 0, x2: frame.width, y1: frame.height, y2: frame.height, stroke: colours.soft }),
    ...down,
  ];
}

/** A sign and a name for each; as many in a row as fit in so many pixels. */
export function legend(signed: readonly Signed[], room: number, colours: Colours): readonly string[] {
  return legendRows(signed, room).flatMap((row, line) => {
    let x = 0;
    return row.flatMap((one) => {
      const y = line * legendLine + 8;
      const drawn = [
        drawSign(one, x, y, colours),
        text(shorten(one.name, legendLetters(room)), { x: x + 26, y: y + 4, fill: colours.strong }),
      ];
      x += legendWidth(one.name, room);
      return drawn;
    });
  });
}

function drawSign({ sign, colour }: Signed, x: number, y: number, colours: Colours): string {
  const shade = colourOf(colours, colour);
  if (sign === "dot") return element("circle", { cx: x + 14, cy: y, r: 3.5, fill: shade });
  if (sign === "ring")
    return element("circle", { cx: x + 14, cy: y, r: 4, fill: "none", stroke: shade, "stroke-width": 1.5 });
  const dash = dashOf(colours, colour, sign === "dashed");
  const width = sign === "dashed" ? 1.3 : 2;
  return element("line", { x1: x, x2: x + 20, y1: y, y2: y, stroke: shade, "stroke-width": width, ...dash });
}

export function legendRows(signed: readonly Signed[], room: number): readonly (readonly Signed[])[] {
  const rows: Signed[][] = [];
  let used = Infinity;
  for (const one of signed) {
    const own = legendWidth(one.name, room);
    if (used + own > room) {
      rows.push([]);
      used = 0;
    }
    rows.at(-1)?.push(one);
    used += own;
  }
  return rows;
}

function legendLetters(room: number): number {
  return Math.floor((room - 44) / letterWidth);
}

function legendWidth(name: string, room: number): number {
  return 26 + letterWidth * Math.min(legendLetters(room), Array.from(name).length) + 18;
}
