/** The parameters of a network with layers of 3, 5, 5 and 4, counted by `nnc check`, and how they grow with the layers' width. */
import { networkDrawing } from "../lib/diagram.ts";
import { exact } from "../lib/lesson.ts";
import type { Lesson } from "../lib/lesson.ts";
import { pictureOf } from "../lib/picture.ts";
import type { Workshop } from "../lib/workshop.ts";

const widths = [5, 50, 100, 200, 300, 400, 500];

/** How many parameters each model has, by its name. */
function counted(nnc: Workshop, flags: readonly string[]): ReadonlyMap<string, number> {
  // As `nnc check --json` prints.
  const { models } = JSON.parse(nnc.nnc(["check", "network.nn", "--json", ...flags])) as {
    models: readonly { name: string; parameters: number }[];
  };
  return new Map(models.map(({ name, parameters }) => [name, parameters]));
}

export const lesson: Lesson = {
  summary: "neurons make layers, layers make a network; how many numbers there are to learn.",
  run: (nnc) => {
    const parameters = widths.map((width) => {
      const count = counted(nnc, ["--const", `hidden=${width}`]).get("Network") ?? 0;
      return [width, count] as const;
    });
    const bare = counted(nnc, []).get("Bare") ?? 0;
    const of = (width: number) => exact(parameters.find(([one]) => one === width)?.[1] ?? 0);
    const [table = ""] = nnc.nnc(["check", "network.nn"]).split("\nmemory");
    return {
      figures: { parameters: of(5), weights: exact(bare), "of 50": of(50), "of 500": of(500) },
      texts: { check: `\`\`\`\n${table.trimEnd()}\n\`\`\`` },
      pictures: {
        "network.svg": pictureOf(
          "A network of 3, 5, 5 and 4 neurons, and how many parameters it has when it is wider",
          [
            networkDrawing("A line is a weight, a filled circle has a bias", [
              { neurons: 3, words: ["3 inputs"] },
              { neurons: 5, words: ["5 neurons", "5 biases"], before: "3 · 5 = 15" },
              { neurons: 5, words: ["5 neurons", "5 biases"], before: "5 · 5 = 25" },
              { neurons: 4, words: ["4 neurons", "4 biases"], before: "5 · 4 = 20" },
            ]),
            {
              kind: "chart",
              title: "Twice as wide, almost four times the parameters",
              x: { label: "neurons in each hidden layer", from: 0, to: 500 },
              y: { label: "parameters", from: 0, to: 300_000 },
              marks: [
                { kind: "line", points: parameters, colour: 0 },
                { kind: "dots", points: parameters, colour: 0 },
              ],
            },
          ],
        ),
      },
    };
  },
};
