/** The examples of all codes that a source alone cannot show, by code. And those that no folder shows, each with why. */
import { data } from "./data.ts";
import { running } from "./running.ts";
import { savedFiles } from "./saved.ts";
import type { SceneExamples } from "./scene.ts";
import { sources } from "./sources.ts";

export { sceneText } from "./scene.ts";
export type { Scene } from "./scene.ts";

export const sceneExamples: SceneExamples = { ...sources, ...running, ...data, ...savedFiles };

/** What only a fault of nnc, or a machine of another kind, can show. */
export const withoutExample: Readonly<Record<string, string>> = {
  NN0002: "a fault of nnc: none is known that would show it",
  NN0650: "a kernel whose rows the scheduler should have kept in memory: none is known",
  NN0652: "a GPU too small for the program",
  NN0653: "a GPU that fails while the program runs",
  NN0654: "a page, where ts-morph cannot be loaded",
  NN0703: "an engine without WebAssembly or its vector instructions",
  NN0704: "a machine that is out of memory",
  NN0709: "a GPU, or a page whose threads share the program",
  NN0721: "a GPU that holds newer values",
  NN0727: "a thread that the machine ended",
  NN0738: "a module that was changed into one that fails while it runs",
  NN0804: "a file beyond half a gigabyte",
  NN0872: "an install without its optional packages",
};
