/** `report.html`: a run as a page that stands alone, from what its log has, what it was made of, and what was seen of single rows. */
import type { Scores } from "../../runtime/train/index.ts";
import { formatBytes, formatDuration, formatLoss, formatValue, formatWhole, plural } from "../output/numbers.ts";
import { shellWord } from "../output/shell.ts";
import { node, pairsOf, tableOf } from "../plot/html.ts";
import type { Markup } from "../plot/html.ts";
import { words } from "../plot/xml.ts";
import { wholePage } from "../plot/page.ts";
import { shapedScores } from "../train/figures.ts";
import type { ClassNames } from "../train/figures.ts";
import { lastScores, scalarNames, scoreOf } from "../train/history.ts";
import type { History } from "../train/history.ts";
import { bestEpochOf, scorePanels, stepPanels } from "../train/picture.ts";
import { normPanels } from "../train/norms.ts";
import { probePanels } from "../train/probes.ts";
import type { Examination } from "./examine.ts";
import { flagsOf } from "./facts.ts";
import type { Fact, RunFacts } from "./facts.ts";
import { highlighted } from "./highlight.ts";
import { card, cards, confusionCards, documentOf, note, plotCard, shapedCards, worstRows } from "./sections.ts";
import type { Section } from "./sections.ts";
import { reportStyle } from "./style-text.ts";

export const reportName = "report.html";

/** How a run ended that did not come to its end. */
export interface Ended {
  readonly sentence: string;
  /** Its numbers are no longer finite: there is nothing to look at. */
  readonly diverged: boolean;
}

export interface Report {
  readonly title: string;
  readonly history: History;
  readonly facts: RunFacts;
  readonly names: ClassNames;
  /** Of one that goes on or came to its end, missing. */
  readonly ended?: Ended;
  /** Missing as long as the run goes on, and where it diverged. */
  readonly examination?: Examination;
  /** Parameters, by whose names one may probe. */
  readonly parameters: readonly string[];
}

export function reportPage(report: Report): string {
  const sections = [
    figures(report),
    curves(report),
    gradients(report),
    classesAndShapes(report),
    single(report),
    sizes(report),
    madeOf(report),
  ];
  return wholePage({
    title: report.title,
    about: "The report of a run, exported by nnc. It fetches nothing and has no script.",
    style: reportStyle,
    allowed: { images: true },
    body: documentOf(report.title, lead(report), sections.flat()),
  });
}

/** How far the run came. */
function lead({ history, ended }: Report): readonly Markup[] {
  const { epochs, start, done } = history;
  const last = epochs.at(-1)?.epoch ?? 0;
  const all = start?.epochs ?? last;
  const best = bestEpochOf(history);
  const state =
    ended?.sentence ??
    (done === undefined
      ? `Training: this is epoch ${last} of ${all}. The page is written again as it goes on.`
      : `${plural(done.epochs, "epoch")}${done.early ? ", stopped early" : ""}.`);
  return [node("p", {}, words(`${state}${best === undefined ? "" : ` The best epoch was ${best}.`}`))];
}

function figures({ history, facts }: Report): readonly Section[] {
  if (history.done === undefined && history.epochs.length === 0) return [];
  const { train, holdout } = lastScores(history);
  const parts = [["training", train] as const, ...(holdout === null ? [] : [["hold-out", holdout] as const])];
  const { losses } = history;
  const metrics = scalarNames(
    parts.map(([, scores]) => scores),
    losses,
  );
  const rows = parts.map(([name, scores]) => [
    name,
    ...losses.map((loss) => formatLoss(scoreOf(scores, loss))),
    ...metrics.map((metric) => formatScore(scores, metric)),
  ]);
  const table = tableOf({ heads: ["", ...losses, ...metrics], rows });
  const units = history.start?.units;
  const counted =
    units === undefined
      ? []
      : [
          note(
            `${units.name} is standardised: losses and metrics count in its standard deviation, ${(units.deviation ?? []).map(formatValue).join(", ")}.`,
          ),
        ];
  const loss = facts.settings.find(({ name }) => name === "loss");
  return [
    {
      id: "figures",
      title: "Figures",
      content: [
        card(table),
        ...counted,
        ...(loss === undefined ? [] : [note(`The loss is ${nameOfLoss(loss.value)}, without what regularisers add.`)]),
      ].join(""),
    },
  ];
}

/** Its name, without the checksum by which it is known again. */
export function nameOfLoss(value: string): string {
  return value.split(" with the checksum ")[0] ?? value;
}

function formatScore(scores: Scores, name: string): string {
  const value = scoreOf(scores, name);
  return Object.hasOwn(scores, name) ? formatValue(value) : "—";
}

function curves({ history }: Report): readonly Section[] {
  const panels = [...scorePanels([history]), ...stepPanels(history)];
  const drawn = panels.filter(({ curves: own }) => own.some(({ points }) => points.length > 0));
  if (drawn.length === 0) return [];
  return [{ id: "curves", title: "Curves", content: cards(drawn.map(plotCard)) }];
}

/** Norms and what was probed, or how to see them. */
function gradients({ history, facts, parameters }: Report): readonly Section[] {
  const panels = [...normPanels([history]), ...probePanels([history])];
  const content = panels.length > 0 ? cards(panels.map(plotCard)) : note(unprobed) + howToProbe(facts, parameters);
  return [{ id: "gradients", title: "Gradients", content }];
}

const unprobed =
  "Norms of gradients cost some time in each step, so they are measured where they are asked for: `--norms` of all gradients together, `--probe` of a layer, a model or a parameter. This run has neither.";

/** A command to copy, which trains once more what this run was; nothing where the file's name is none to type. */
export function howToProbe(facts: RunFacts, parameters: readonly string[]): Markup {
  const { sources, label } = facts;
  const file = sources[0]?.name ?? "net.nn";
  if (/\p{Cc}/u.test(file)) return "";
  // What begins with a dash would be read as a flag.
  const place = file.startsWith("-") ? `./${file}` : file;
  const start = ["nnc", "train", place, ...(label === "" ? [] : ["--label", label]), ...flagsOf(facts), "--norms"];
  const probes = parameters.slice(0, 3).flatMap((name) => ["--probe", name]);
  const command = [...start, ...probes].map(shellWord).join(" ");
  return `${note("To see some:")}${card(node("code", {}, words(command)))}`;
}

function classesAndShapes({ history, names, examination }: Report): readonly Section[] {
  const { train, holdout } = lastScores(history);
  const counts = examination?.confusion?.rows.flat() ?? [];
  // A metric that counts the same is not drawn twice.
  const shaped = shapedScores(holdout ?? train).filter(
    ({ value: { data } }) => data.length !== counts.length || counts.some((count, at) => count !== data[at]),
  );
  const content = [
    ...(examination === undefined ? [] : confusionCards(examination)),
    ...shaped.flatMap(({ name, value }) => shapedCards(name, value, names)),
  ];
  if (content.length === 0) return [];
  const set =
    (examination?.set ?? (holdout === null ? "training" : "hold-out")) === "training" ? "training set" : "hold-out";
  return [{ id: "classes", title: `Classes and shapes, on the ${set}`, content: cards(content) }];
}

function single({ examination, ended }: Report): readonly Section[] {
  const missing =
    ended?.diverged === true
      ? "A run that diverged has none: its network was not looked at."
      : "The rows that the network is worst at are looked for when the run ends.";
  return [
    { id: "rows", title: "Worst rows", content: examination === undefined ? note(missing) : worstRows(examination) },
  ];
}

function sizes({ history, facts }: Report): readonly Section[] {
  const { start, done, epochs } = history;
  const trained = epochs.reduce((sum, { seconds }) => sum + seconds, 0);
  const steps = done?.steps ?? epochs.at(-1)?.step ?? 0;
  const pairs: readonly (readonly [string, string])[] = [
    ...(start === undefined
      ? []
      : ([
          ["parameters", formatWhole(start.parameters)],
          ["memory of the program", formatBytes(start.peakBytes)],
          ["threads", String(start.threads)],
          ["rows trained on", formatWhole(start.rows)],
          ["rows held out", formatWhole(start.holdoutRows)],
          ["steps in an epoch", formatWhole(start.stepsPerEpoch)],
        ] as const)),
    ["steps", formatWhole(steps)],
    ["time of the epochs", formatDuration(trained)],
    ...(steps === 0 || trained === 0
      ? []
      : [["time of a step", `${formatValue((1000 * trained) / steps)} ms, evaluation included`] as const]),
    ["compiled program", formatBytes(facts.artifactBytes)],
  ];
  return [{ id: "sizes", title: "Sizes and time", content: card(pairsOf(pairs)) }];
}

/** Settings, data and source. */
function madeOf({ facts: { settings, data, sources } }: Report): readonly Section[] {
  const pairs = (facts: readonly Fact[]): Markup => pairsOf(facts.map(({ name, value }) => [name, value] as const));
  const files = sources.map(({ name, text }) => `${node("h3", {}, words(name))}${highlighted(text)}`);
  return [
    {
      id: "settings",
      title: "Settings and data",
      content: cards([card(node("h3", {}, "Settings"), pairs(settings)), card(node("h3", {}, "Data"), pairs(data))]),
    },
    { id: "source", title: "Source", content: files.join("") },
  ];
}
