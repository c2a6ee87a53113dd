/** A network with gates reads sentences: which gate is open at which word, and what the cells hold. */
import { readFileSync } from "node:fs";
import { colourOf, element, text } from "../../../cli/plot/xml.ts";
import type { Colours } from "../../../cli/plot/xml.ts";
import { figure, mean, percent } from "../lib/lesson.ts";
import type { Lesson } from "../lib/lesson.ts";
import type { LessonPanel } from "../lib/panel.ts";
import { pictureOf } from "../lib/picture.ts";
import { tableOf } from "../lib/table.ts";
import type { Run, Workshop } from "../lib/workshop.ts";
import { length, table, texts, words } from "./sentences.ts";
import type { Part, Place } from "./sentences.ts";

const shown = "the girls behind the old ship near the dog sleep . the ship waits .".split(" ");
const gates = ["keep", "take", "show"] as const;

/** What is seen behind a word: how far the three gates were open, and what the cell then held. */
type Seen = Readonly<Record<(typeof gates)[number] | "cell", number>>;

/** What the one unit does over rows of words, all as long. */
async function watch(nnc: Workshop, run: Run, rows: readonly (readonly string[])[]): Promise<readonly Seen[][]> {
  const [count, long] = [rows.length, rows[0]?.length ?? 0];
  const compiling = { train: "Gated", bounds: { N: count, T: Math.max(length, long) } };
  const network = await nnc.network("gates.nn", compiling, { parameters: readFileSync(run.params) });
  const ids = Int32Array.from(rows.flatMap((row) => row.map((word) => words.indexOf(word))));
  const outputs = await network.predict("Gated", { text: { data: ids, shape: [count, long] } });
  network.close();
  const [, keep = [], take = [], show = [], cell = []] = outputs.map(({ data }) => Array.from(data));
  return rows.map((row, number) =>
    row.map((_word, column) => {
      const [kept = 0, taken = 0, said = 0, held = 0] = [keep, take, show, cell].map(
        (all) => all[number * long + column],
      );
      return { keep: kept, take: taken, show: said, cell: held };
    }),
  );
}

/** The sentences across, with a row of squares for each gate, and below what the cell holds, up or down from the middle. */
function sentencePanel(seen: readonly Seen[]): LessonPanel {
  const [left, top, row, high] = [48, 56, 24, 96];
  const most = Math.max(...seen.map(({ cell }) => Math.abs(cell)));
  const draw = (width: number, colours: Colours): readonly string[] => {
    const wide = (width - left) / seen.length;
    const middle = top + gates.length * row + 12 + high / 2;
    const named = (name: string, y: number): string =>
      text(name, { x: left - 8, y, "text-anchor": "end", fill: colours.strong });
    const column = (one: Seen, at: number): readonly string[] => {
      const x = left + at * wide + 1;
      const squares = gates.flatMap((gate, down) => {
        const [y, filled] = [top + down * row + 1, one[gate] * (row - 2)];
        return [
          element("rect", { x, y: y + row - 2 - filled, width: wide - 2, height: filled, fill: colours.shade }),
          element("rect", { x, y, width: wide - 2, height: row - 2, fill: "none", stroke: colours.soft }),
        ];
      });
      const long = ((Math.abs(one.cell) / most) * high) / 2;
      const look = { x, width: wide - 2, height: long, fill: colourOf(colours, one.cell > 0 ? 0 : 1) };
      return [...squares, element("rect", { ...look, y: one.cell > 0 ? middle - long : middle })];
    };
    const headings = shown.map((word, at) =>
      text(word, {
        transform: `translate(${(left + (at + 0.5) * wide + 4).toFixed(1)} ${top - 6}) rotate(-90)`,
        fill: colours.strong,
      }),
    );
    const line = { x1: left, x2: width, y1: middle, y2: middle, stroke: colours.soft };
    return [
      ...headings,
      ...gates.map((gate, down) => named(gate, top + down * row + 16)),
      named("cell", middle + 4),
      named(`+${most.toFixed(1)}`, middle - high / 2 + 9),
      named(`−${most.toFixed(1)}`, middle + high / 2),
      ...seen.flatMap(column),
      element("line", line),
    ];
  };
  return {
    kind: "drawing",
    title: "Three gates (full is open), and what the cell holds",
    height: top + gates.length * row + 12 + high,
    draw,
  };
}

interface Found extends Seen {
  readonly place: Place;
}

/** A line for each part of a sentence: the means over all such places. */
function gatesTable(found: readonly Found[]): string {
  const parts: Readonly<Record<Part, string>> = {
    subject: "the subject",
    between: "another noun",
    other: "*the*, *old*, *near* and the like",
    verb: "the verb",
    end: "the full stop",
  };
  const rows = Object.entries(parts).map(([part, name]) => {
    const there = found.filter(({ place }) => place.part === part);
    return [name, ...gates.map((gate) => mean(there.map((one) => one[gate])).toFixed(2))];
  });
  return tableOf(["at", ...gates], rows);
}

/** The share of the verbs that go with the noun right before them. */
function rightByLastNoun(rows: readonly (readonly Place[])[]): number {
  const asked = rows.flat().filter((place) => place.asked > 0);
  return mean(asked.map(({ word, asked: number }) => Number(number === (word.endsWith("s") ? 2 : 1))));
}

/** The share that is right of the hold-out, epoch by epoch. */
const rightOf = (run: Run): readonly number[] => run.epochs.map(({ holdout }) => Number(holdout?.right));

const lastRight = (run: Run) => percent(rightOf(run).at(-1) ?? 0);

export const lesson: Lesson = {
  summary:
    "a network that reads word after word, and three gates by which it keeps, takes in and shows what it has read.",
  data: () => ({
    "data/sentences.csv": table(texts(600, 1)),
    "data/words.txt": words.map((word) => `${word}\n`).join(""),
  }),
  run: async (nnc) => {
    const gated = nnc.train("gates.nn", { label: "Gated" });
    const keeps = nnc.train("gates.nn", { label: "Gated", flags: ["--const", "forget=false"] });
    const plain = nnc.train("gates.nn", { label: "Plain" });
    const wide = nnc.train("gates.nn", { label: "Plain", flags: ["--const", "units=4"] });
    const others = texts(200, 2);
    const seen = await watch(
      nnc,
      gated,
      others.map((row) => row.map(({ word }) => word)),
    );
    const found = others.flatMap((row, number) =>
      row.flatMap((place, at): readonly Found[] => {
        const one = seen[number]?.[at];
        return one === undefined ? [] : [{ ...one, place }];
      }),
    );
    const before = (number: number): number =>
      mean(found.filter(({ place }) => place.asked === number).map(({ cell }) => cell));
    const [own = []] = await watch(nnc, gated, [shown]);
    const curve = (run: Run) => rightOf(run).map((right, at) => [at + 1, 100 * right] as const);
    return {
      figures: {
        "by the last noun": percent(rightByLastNoun(others)),
        right: lastRight(gated),
        "right without forgetting": lastRight(keeps),
        "right without gates": lastRight(plain),
        "right without gates, with four units": lastRight(wide),
        "cell before one": figure(before(1), 1),
        "cell before several": figure(before(2), 1),
      },
      texts: { gates: gatesTable(found) },
      pictures: {
        "gates.svg": pictureOf("Gates and cell over two sentences; how many verbs are right", [
          sentencePanel(own),
          {
            kind: "chart",
            title: "Verbs that are right, of sentences that were held out",
            x: { label: "epoch", from: 0, to: 20 },
            y: { label: "%", from: 40, to: 100 },
            marks: [
              { kind: "line", points: curve(gated), colour: 0, name: "three gates" },
              { kind: "line", points: curve(keeps), colour: 1, name: "never forgets", dashed: true },
              { kind: "line", points: curve(plain), colour: 2, name: "no gates" },
            ],
          },
        ]),
      },
    };
  },
};
