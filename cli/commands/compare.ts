/** `nnc compare RUN…`: runs of `nnc train -o` side by side: their figures, their curves, and what differs in what they were made of. */
import { drawSvg } from "../plot/svg.ts";
import { differencesOf } from "../compare/differences.ts";
import type { Differences } from "../compare/differences.ts";
import { sizesOf } from "../compare/figures.ts";
import { comparisonPage } from "../compare/page.ts";
import { readRun } from "../compare/run.ts";
import type { Run } from "../compare/run.ts";
import { comparisonText } from "../compare/text.ts";
import type { Context } from "../context.ts";
import { exitCodes, UsageError } from "../exit.ts";
import { inFolder, placeOf } from "../files.ts";
import { realPlace, requireOutput, requireOutputForForce, writeOutput } from "../outputs.ts";
import { writeJson } from "../output/json.ts";
import { lookOf } from "../output/style.ts";
import { factsName } from "../report/facts.ts";
import { lastScores } from "../train/history.ts";
import { logName } from "../train/log.ts";
import { bestEpochOf, curvePanels } from "../train/picture.ts";
import { showPanels } from "../train/show.ts";
import path from "node:path";

export type CompareFlags = { readonly out?: string; readonly force: boolean; readonly json: boolean };

export async function compare(
  context: Context,
  { out, force, json }: CompareFlags,
  ...folders: readonly string[]
): Promise<number> {
  requireOutputForForce(force, out);
  if (folders.length < 2)
    throw new UsageError(`expected two runs or more to compare, found ${folders.length || "none"}`);
  const form = out === undefined ? undefined : formOf(out);
  const runs = folders.map((folder) => readRun(context, folder));
  requireDifferent(context, folders);
  const differences = differencesOf(runs);
  const histories = runs.map(({ history }) => history);
  if (out !== undefined) {
    const reads = folders.flatMap((folder) =>
      [logName, factsName].map((name) => path.join(placeOf(context, folder), name)),
    );
    await inFolder(context, path.dirname(out), () => {
      requireOutput(context, out, { force, reads });
      const title = "Runs side by side";
      const content =
        form === "svg" ? drawSvg(title, curvePanels(histories)) : comparisonPage(title, runs, differences);
      writeOutput(context, out, Buffer.from(content), { force, reads });
    });
  }
  const { stdout, stderr, env } = context.process;
  if (json) writeJson(stdout, jsonOf(runs, differences));
  else {
    showPanels(context, histories);
    stdout.write(comparisonText(runs, differences, lookOf(stdout, env)));
  }
  if (out !== undefined) stderr.write(`wrote ${out}\n`);
  return exitCodes.success;
}

function formOf(out: string): "html" | "svg" {
  const end = path.extname(out).toLowerCase();
  if (end === ".html" || end === ".svg") return end === ".html" ? "html" : "svg";
  throw new UsageError(`--out: expected a name that ends in .html or .svg, found ${JSON.stringify(out)}`);
}

/** One folder under two names is one run. */
function requireDifferent(context: Context, folders: readonly string[]): void {
  const seen = new Set<string>();
  for (const folder of folders) {
    const place = realPlace(placeOf(context, folder));
    if (seen.has(place)) throw new UsageError(`expected different runs, found ${folder} twice`);
    seen.add(place);
  }
}

function jsonOf(runs: readonly Run[], { settings, data, sources, notes }: Differences): object {
  return {
    ok: true,
    runs: runs.map((run) => ({
      run: run.name,
      label: run.facts?.label ?? run.history.start?.name ?? null,
      ...lastScores(run.history),
      ...sizesOf(run),
      bestEpoch: bestEpochOf(run.history) ?? null,
      ended: run.history.done !== undefined,
    })),
    settings,
    data,
    sources,
    notes,
  };
}
