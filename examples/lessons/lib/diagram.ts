/** Networks as columns of neurons with a line for each weight. */
import { colourOf, element, number, text } from "../../../cli/plot/xml.ts";
import type { Colours } from "../../../cli/plot/xml.ts";
import type { Drawing } from "./panel.ts";

interface Layer {
  readonly neurons: number;
  /** Below the column. */
  readonly words: readonly string[];
  /** Between the column before and this one, above the lines. */
  readonly before?: string;
}

const [radius, apart, above] = [11, 34, 26];

/** A column for each layer; the first are the inputs, which are drawn hollow. */
export function networkDrawing(title: string, layers: readonly Layer[]): Drawing {
  const most = Math.max(...layers.map(({ neurons }) => neurons));
  const lines = Math.max(...layers.map(({ words }) => words.length));
  const height = above + most * apart + 6 + 16 * lines;
  return { kind: "drawing", title, height, draw: (width, colours) => draw(layers, width, most, colours) };
}

function draw(layers: readonly Layer[], width: number, most: number, colours: Colours): readonly string[] {
  const columns = layers.map((layer, at) => {
    const x = 50 + ((width - 100) * at) / (layers.length - 1);
    const top = above + ((most - layer.neurons) * apart) / 2;
    return { ...layer, x, ys: Array.from({ length: layer.neurons }, (_, one) => top + (one + 0.5) * apart) };
  });
  const pairs = columns.slice(1).map((to, at) => ({ from: columns[at], to }));
  const weights = pairs.map(({ from, to }) => {
    const d = from?.ys.flatMap((y) =>
      to.ys.map((end) => `M${number(from.x)} ${number(y)}L${number(to.x)} ${number(end)}`),
    );
    return element("path", { d: d?.join("") ?? "", fill: "none", stroke: colours.soft, "stroke-width": 0.8 });
  });
  const counts = pairs.flatMap(({ from, to }) =>
    from === undefined || to.before === undefined
      ? []
      : [text(to.before, { x: (from.x + to.x) / 2, y: 10, "text-anchor": "middle", fill: colours.strong })],
  );
  const neurons = columns.flatMap(({ x, ys }, at) =>
    ys.map((y) =>
      element("circle", {
        cx: x,
        cy: y,
        r: radius,
        fill: at === 0 ? "var(--card)" : colourOf(colours, 0),
        stroke: colourOf(colours, 0),
        "stroke-width": 1.5,
      }),
    ),
  );
  const names = columns.flatMap(({ x, words }) =>
    words.map((line, at) =>
      text(line, {
        x,
        y: above + most * apart + 16 * (at + 1),
        "text-anchor": "middle",
        fill: at === 0 ? colours.strong : colours.soft,
      }),
    ),
  );
  return [...weights, ...neurons, ...counts, ...names];
}
