/** Which model of a file a command speaks to. */
import type { Manifest } from "../../compiler/program/artifact.ts";
import type { HostModel } from "../../compiler/program/host.ts";
import { listOf } from "../../compiler/diagnostics/lists.ts";
import { didYouMean } from "../../compiler/diagnostics/suggest.ts";
import { UsageError } from "../exit.ts";

/** The model of that name; by default the trained one, else the first of the file. `elsewhere` says where one is that is not here. */
export function chooseModel(
  { host }: Pick<Manifest, "host">,
  name: string | undefined,
  elsewhere: (name: string) => string | undefined = () => undefined,
): HostModel {
  const { models, train } = host;
  const chosen = name ?? train?.name;
  const model = models.find((one) => one.name === chosen) ?? (name === undefined ? models[0] : undefined);
  if (model !== undefined) return model;
  const names = models.map((one) => one.name);
  const hint = elsewhere(name ?? "") ?? didYouMean(name ?? "", names);
  throw new UsageError(
    `--model: expected ${listOf(names, 8, " or ")}, found ${JSON.stringify(name ?? "none")}${hint === undefined ? "" : `; ${hint}`}`,
  );
}
