/**
 * Which of the settings of `--set` each `train` of a file takes, where all are trained: what only some have is theirs, and a line says so. What
 * none has stays with all, each of which answers that it is a mistake.
 */
import { unknownOptimizerSetting } from "../../compiler/diagnostics/codes/settings.ts";
import { listOf } from "../../compiler/diagnostics/lists.ts";
import type { ProjectSource } from "../../compiler/project.ts";
import { optionText } from "../../runtime/save/options.ts";
import type { Context } from "../context.ts";
import type { Assignment } from "../flags.ts";
import { lines } from "../output/style.ts";
import type { SourceOptions } from "../source.ts";

type Setting = Assignment<number>;

/** By the label of each train. */
export async function settingsByTrain(
  { process: { stderr, env } }: Context,
  source: ProjectSource,
  labels: readonly string[],
  options: SourceOptions,
  settings: readonly Setting[] = [],
): Promise<ReadonlyMap<string, readonly Setting[]>> {
  const taken = new Map(labels.map((label): readonly [string, Setting[]] => [label, []]));
  for (const setting of settings) {
    const takers = await takersOf(source, labels, options, setting);
    const some = takers.length > 0 && takers.length < labels.length;
    if (some) {
      const others = labels.filter((label) => !takers.includes(label));
      const told = `--set ${optionText(setting)}: taken by ${quoted(takers)}, not by ${quoted(others)}`;
      stderr.write(lines(told, stderr, env));
    }
    for (const label of some ? takers : labels) taken.get(label)?.push(setting);
  }
  return taken;
}

/** Those whose optimizers have the setting. Other mistakes are told when the train is compiled. */
async function takersOf(
  { main }: ProjectSource,
  labels: readonly string[],
  options: SourceOptions,
  { name, value }: Setting,
): Promise<readonly string[]> {
  const { elaborateSource } = await import("../../compiler/front.ts");
  return labels.filter((train) => {
    const { diagnostics } = elaborateSource(main, { ...options, train, settings: { [name]: value }, allowOpen: true });
    return diagnostics.every(({ code }) => code !== unknownOptimizerSetting.code);
  });
}

function quoted(labels: readonly string[]): string {
  return listOf(labels.map((label) => `\`${label}\``));
}
