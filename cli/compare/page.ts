/** A comparison as a page that stands alone: figures, curves together, and what differs in settings, data and source. */
import { node, tableOf } from "../plot/html.ts";
import type { Markup } from "../plot/html.ts";
import { words } from "../plot/xml.ts";
import { wholePage } from "../plot/page.ts";
import { card, cards, documentOf, note, plotCard } from "../report/sections.ts";
import type { Section } from "../report/sections.ts";
import { reportStyle } from "../report/style-text.ts";
import { curvePanels } from "../train/picture.ts";
import type { Difference, Differences, SourceDifference } from "./differences.ts";
import { figureTable } from "./figures.ts";
import { signs } from "./text.ts";
import type { Run } from "./run.ts";

export function comparisonPage(title: string, runs: readonly Run[], differences: Differences): string {
  const { settings, data, sources, notes } = differences;
  const panels = curvePanels(runs.map(({ history }) => history)).filter(({ curves }) =>
    curves.some(({ points }) => points.length > 0),
  );
  const sections: readonly Section[] = [
    {
      id: "figures",
      title: "Figures",
      content: card(tableOf(figureTable(runs))) + notes.map((text) => node("p", {}, words(text))).join(""),
    },
    ...(panels.length === 0 ? [] : [{ id: "curves", title: "Curves", content: cards(panels.map(plotCard)) }]),
    { id: "settings", title: "Settings that differ", content: differenceTable(runs, settings) },
    { id: "data", title: "Data that differ", content: differenceTable(runs, data) },
    { id: "source", title: "Source that differs", content: sourceMarkup(runs, sources) },
  ];
  const names = runs.map(({ name }) => name).join(", ");
  return wholePage({
    title,
    about: "A comparison of runs, exported by nnc. It fetches nothing and has no script.",
    style: reportStyle,
    body: documentOf(title, [node("p", {}, words(names))], sections),
  });
}

function differenceTable(runs: readonly Run[], differences: readonly Difference[]): Markup {
  if (differences.length === 0) return note(isKnown(runs) ? "None." : unknown);
  const heads = ["", ...runs.map(({ name }) => name)];
  return card(tableOf({ heads, rows: differences.map(({ name, values }) => [name, ...values]), numbers: false }));
}

function sourceMarkup(runs: readonly Run[], sources: readonly SourceDifference[]): Markup {
  if (sources.length === 0) return note(isKnown(runs) ? "None." : unknown);
  const first = runs[0]?.name ?? "";
  return sources
    .map(({ run, file, lines }) => {
      const shown = lines.map(({ kind, text }) => {
        const line = words(`${signs[kind]}${text}`);
        return kind === "gone" || kind === "come" ? node("span", { class: kind }, line) : line;
      });
      const head = node("h3", {}, words(`${file} of ${run}, beside that of ${first}`));
      return `${head}${node("div", { class: "diff", tabindex: 0 }, shown.join("\n"))}`;
    })
    .join("");
}

const unknown = "Not known: not every run kept a run.json.";

function isKnown(runs: readonly Run[]): boolean {
  return runs.every(({ facts }) => facts !== undefined);
}
