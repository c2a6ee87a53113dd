/** Two neurons in a row, whose gradient is found by hand, by nudging each parameter, by `grad`, and by the training itself. */
import { colourOf, element, text } from "../../../cli/plot/xml.ts";
import type { Colours } from "../../../cli/plot/xml.ts";
import { exact, figure } from "../lib/lesson.ts";
import type { Lesson } from "../lib/lesson.ts";
import type { Drawing } from "../lib/panel.ts";
import { pictureOf } from "../lib/picture.ts";
import { tableOf } from "../lib/table.ts";
import type { Workshop } from "../lib/workshop.ts";

const names = ["w", "b", "v", "c"] as const;
type Parameters = Readonly<Record<(typeof names)[number], number>>;

const [x, y] = [2, 3];
const start: Parameters = { w: 3, b: -1, v: 0.5, c: 1 };

/** What README.md does on paper: forward, then back. */
function byHand({ w, b, v, c }: Parameters) {
  const product = w * x;
  const z = product + b;
  const h = Math.max(0, z);
  const scaled = v * h;
  const guess = scaled + c;
  const ofGuess = 2 * (guess - y);
  const ofH = ofGuess * v;
  const ofZ = z > 0 ? ofH : 0;
  const slopes: Parameters = { w: ofZ * x, b: ofZ, v: ofGuess * h, c: ofGuess };
  return { values: [x, product, z, h, scaled, guess], back: [undefined, ofZ, ofZ, ofH, ofGuess, ofGuess], slopes };
}

type Asked = (parameters: Parameters) => Promise<{ readonly loss: number; readonly slopes: Parameters }>;

/** What nnc says of a loss and its slopes. */
async function asking<Answer>(nnc: Workshop, work: (asked: Asked) => Promise<Answer>): Promise<Answer> {
  const network = await nnc.network("slopes.nn", {});
  const answer = await work(async (parameters) => {
    const inputs = Object.entries({ x, y, ...parameters }).map(([name, value]) => [name, Float32Array.of(value)]);
    const outputs = await network.predict(Object.fromEntries(inputs));
    const [loss = 0, w = 0, b = 0, v = 0, c = 0] = outputs.map(({ data }) => data[0] ?? 0);
    return { loss, slopes: { w, b, v, c } };
  });
  network.close();
  return answer;
}

/** The loss's rise when one parameter is a thousandth larger, for each thousandth. */
async function nudged(asked: Asked): Promise<Parameters> {
  const nudge = 0.001;
  const { loss } = await asked(start);
  const riseOf = async (name: keyof Parameters) => {
    const after = await asked({ ...start, [name]: start[name] + nudge });
    return (after.loss - loss) / nudge;
  };
  return { w: await riseOf("w"), b: await riseOf("b"), v: await riseOf("v"), c: await riseOf("c") };
}

/** Boxes in a row, values on the arrows between them, and slopes below. */
function chainDrawing(title: string, { values, back, slopes }: ReturnType<typeof byHand>): Drawing {
  const boxes = [
    { words: "· w", parameter: "w" },
    { words: "+ b", parameter: "b" },
    { words: "ReLU" },
    { words: "· v", parameter: "v" },
    { words: "+ c", parameter: "c" },
    { words: "loss" },
  ] as const;
  const [top, boxWidth, boxHeight] = [52, 42, 30];
  const draw = (width: number, colours: Colours): readonly string[] => {
    const [forward, backward] = [colourOf(colours, 0), colourOf(colours, 1)];
    const apart = (width - boxWidth - 26) / (boxes.length - 1);
    const middle = top + boxHeight / 2;
    const centred = { "text-anchor": "middle" } as const;
    return boxes.flatMap((box, at) => {
      const left = 26 + at * apart;
      const gap = at === 0 ? 26 : apart - boxWidth;
      const between = left - gap / 2;
      const slope = back[at];
      const parameter = "parameter" in box ? box.parameter : undefined;
      return [
        element("path", {
          d: `M${left - gap} ${middle}H${left - 1}m-5 -4l5 4l-5 4`,
          fill: "none",
          stroke: colours.soft,
        }),
        text(String(values[at]), { x: between, y: middle - 8, fill: forward, ...centred }),
        ...(slope === undefined
          ? []
          : [text(String(slope), { x: between, y: middle + 18, fill: backward, ...centred })]),
        element("rect", {
          x: left,
          y: top,
          width: boxWidth,
          height: boxHeight,
          rx: 4,
          fill: "none",
          stroke: colours.soft,
        }),
        text(box.words, { x: left + boxWidth / 2, y: middle + 4, fill: colours.strong, ...centred }),
        ...(parameter === undefined
          ? []
          : [
              text(`${parameter} = ${start[parameter]}`, { x: left + boxWidth / 2, y: 14, fill: forward, ...centred }),
              text(String(slopes[parameter]), { x: left + boxWidth / 2, y: 32, fill: backward, ...centred }),
              element("path", { d: `M${left + boxWidth / 2} 37V${top - 1}`, fill: "none", stroke: colours.soft }),
            ]),
      ];
    });
  };
  return { kind: "drawing", title, height: top + boxHeight + 16, draw };
}

export const lesson: Lesson = {
  summary: "how a network knows in which direction to move each weight: the chain rule, by hand and by the compiler.",
  data: () => ({ "data/one.csv": `x,y\n${x},${y}\n` }),
  run: async (nnc) => {
    const hand = byHand(start);
    const { found, nudges } = await asking(nnc, async (asked) => ({
      found: await asked(start),
      nudges: await nudged(asked),
    }));
    const probes = names.flatMap((name) => ["--probe", `Chain.${name}`]);
    const run = nnc.train("chain.nn", { flags: probes });
    const moved = nnc.parameters(run);
    const dead = nnc.train("chain.nn", { flags: [...probes, "--const", "bias=-7"] });
    const normOf = (of: typeof run, name: string) => of.steps[0]?.probes?.[`Chain.${name}`]?.gradientNorm ?? Number.NaN;
    const rows = names.map((name) => {
      const slopes = [hand.slopes[name], nudges[name].toFixed(3), found.slopes[name], normOf(run, name)];
      return [`$${name}$`, ...slopes, start[name], moved.get(`Chain.${name}`)?.[0]?.toFixed(3) ?? ""];
    });
    const head = [
      "parameter",
      "by hand",
      "nudged by 0.001",
      "`grad`",
      "in the training",
      "before the step",
      "after it",
    ];
    return {
      figures: {
        loss: figure(found.loss, 2),
        "loss after": figure(Number(run.done?.train.loss), 3),
        "dead loss": exact(dead.steps[0]?.loss ?? Number.NaN),
        "dead slope of c": exact(normOf(dead, "c")),
        "dead slope of w": exact(normOf(dead, "w")),
      },
      texts: { table: tableOf(head, rows) },
      pictures: {
        "chain.svg": pictureOf("Two neurons in a row: values go forward, slopes come back", [
          chainDrawing("Values forward (blue), slopes of the loss back (orange)", hand),
        ]),
        "backward.svg": nnc.picture("chain.nn", ["--backward"]),
      },
    };
  },
};
