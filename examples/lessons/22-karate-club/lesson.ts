/** A network on a graph finds places in a plane for the members of a club: where they are as it learns, from the sides of two. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { exact, figure } from "../lib/lesson.ts";
import type { Lesson } from "../lib/lesson.ts";
import type { LessonPanel, Mark, Point } from "../lib/panel.ts";
import { pictureOf } from "../lib/picture.ts";
import type { Workshop } from "../lib/workshop.ts";

const epochs = 100;
const count = 34;
const shown = [0, 8, 25, 100];
const seeds = [4, 1, 2, 3, 5];

/** The club's tables, row after row. */
interface Club {
  readonly members: readonly number[];
  readonly adjacency: readonly number[];
  readonly side: readonly number[];
  readonly leaders: readonly number[];
}

function clubOf(folder: string): Club {
  const read = (name: string): readonly number[] =>
    readFileSync(path.join(folder, `${name}.csv`), "utf8")
      .trim()
      .split(/[,\n]/)
      .map(Number);
  return { members: read("members"), adjacency: read("adjacency"), side: read("side"), leaders: read("leaders") };
}

/** Before the first step, and after each. */
interface Moment {
  readonly places: readonly Point[];
  /** What of the members whose side was never told is told right. */
  readonly right: number;
  readonly wrong: readonly number[];
  /** Of the next step; none behind the last. */
  readonly loss: number;
}

/** The training, watched from step to step. */
async function watch(nnc: Workshop, club: Club, seed: number, neighbours: boolean): Promise<readonly Moment[]> {
  const network = await nnc.network("club.nn", { dims: { V: count, F: count }, consts: { neighbours } }, { seed });
  const matrix = (data: readonly number[]) => ({ data: Float32Array.from(data), shape: [count, data.length / count] });
  const inputs = { members: matrix(club.members), adjacency: matrix(club.adjacency) };
  const told = { target: Int32Array.from(club.side), mask: Float32Array.from(club.leaders) };
  const moments: Moment[] = [];
  for (let epoch = 0; epoch <= epochs; epoch += 1) {
    const [places] = await network.predict("Places", inputs);
    const [scores] = await network.predict("Club", inputs);
    if (places === undefined || scores === undefined) throw new Error("both models have an output");
    const of = (data: ArrayLike<number>, member: number): Point => [data[2 * member] ?? 0, data[2 * member + 1] ?? 0];
    const each = Array.from({ length: count }, (_, member) => member);
    const wrong = each.filter((member) => {
      const [one, other] = of(scores.data, member);
      return Number(other > one) !== club.side[member];
    });
    const { loss } = epoch < epochs ? await network.step({ ...inputs, ...told }) : { loss: Number.NaN };
    moments.push({
      places: each.map((member) => of(places.data, member)),
      wrong,
      right: count - 2 - wrong.filter((member) => club.leaders[member] === 0).length,
      loss,
    });
  }
  network.close();
  return moments;
}

/** The club at a moment: who meets whom, and who is of which side in the end. */
function planePanel(club: Club, { places, wrong, right }: Moment, epoch: number): LessonPanel {
  const met = places.flatMap((from, one) =>
    places.flatMap((to, other): readonly Point[] =>
      one < other && club.adjacency[one * count + other] === 1 ? [from, to, [Number.NaN, Number.NaN]] : [],
    ),
  );
  const of = (side: number): readonly Point[] => places.filter((_, member) => club.side[member] === side);
  const leaders = places.filter((_, member) => club.leaders[member] === 1);
  const most = Math.max(...places.flat().map(Math.abs)) * 1.15;
  const label = (member: number, at: Point): Mark => ({
    kind: "label",
    at,
    words: String(member + 1),
    anchor: at[0] > most / 2 ? "end" : "start",
  });
  return {
    kind: "chart",
    title: epoch === 0 ? `Before: ${right} of 32 right` : `After ${epoch} epochs: ${right} of 32`,
    x: { label: "first number", from: -most, to: most },
    y: { label: "second number", from: -most, to: most },
    square: true,
    marks: [
      { kind: "line", points: met, colour: 7, thick: 0.4 },
      { kind: "dots", points: leaders, colour: 7, radius: 6.5, ring: true },
      { kind: "dots", points: wrong.flatMap((member) => places.slice(member, member + 1)), colour: 3, radius: 5 },
      { kind: "dots", points: of(0), colour: 0, radius: 3 },
      { kind: "dots", points: of(1), colour: 1, radius: 3 },
      ...places.flatMap((at, member) => (club.leaders[member] === 1 ? [label(member, at)] : [])),
    ],
  };
}

export const lesson: Lesson = {
  summary: "a network on a graph: who is friends with whom tells which side a member of a club will take.",
  run: async (nnc) => {
    const club = clubOf(path.join(nnc.folder, "../../karate/data"));
    const runs = await Promise.all(seeds.map((seed) => watch(nnc, club, seed, true)));
    const alone = await watch(nnc, club, 4, false);
    const [own = []] = runs;
    const at = (epoch: number): Moment => {
      const moment = own[epoch];
      if (moment === undefined) throw new Error(`there is no epoch ${epoch}`);
      return moment;
    };
    const ends = runs.map((moments) => moments.at(-1)?.right ?? 0);
    const curve = (moments: readonly Moment[]): readonly Point[] => moments.map(({ right }, epoch) => [epoch, right]);
    return {
      figures: {
        "first loss": figure(at(0).loss, 2),
        "last loss": figure(at(epochs - 1).loss, 3),
        ...Object.fromEntries(shown.map((epoch) => [`right after ${epoch}`, exact(at(epoch).right)])),
        "fewest right": exact(Math.min(...ends)),
        "most right": exact(Math.max(...ends)),
        "right alone": exact(alone.at(-1)?.right ?? 0),
        "loss alone": figure(alone.at(-2)?.loss ?? 0, 3),
      },
      texts: {
        wrong: at(epochs)
          .wrong.map((member) => member + 1)
          .join(", "),
      },
      pictures: {
        "club.svg": pictureOf(
          "The places of the members as the network learns",
          shown.map((epoch) => planePanel(club, at(epoch), epoch)),
          2,
        ),
        "right.svg": pictureOf("How many members are told right", [
          {
            kind: "chart",
            title: "Members told right, of the 32 whose side was never told",
            x: { label: "epoch", from: 0, to: epochs },
            y: { label: "members", from: 0, to: 32 },
            marks: [
              { kind: "line", points: curve(own), colour: 0, name: "with neighbours" },
              { kind: "line", points: curve(alone), colour: 1, name: "each member alone", dashed: true },
            ],
          },
        ]),
      },
    };
  },
};
