/**
 * The report: one page that fetches nothing and runs no script. Names, files and texts of the program stand in it as
 * texts alone.
 */
import { formatCount, plural } from "../output/numbers.ts";
import { themed, wholePage } from "../plot/page.ts";
import { element, words } from "../plot/xml.ts";
import { drawPanel, heightOf, panelsOf, panelWidth, svg, systemsOf } from "./chart.ts";
import type { Comparison } from "./compare.ts";
import { nameOf } from "./compare.ts";
import type { Document } from "./document.ts";
import { formatShare, formatTime } from "./figures.ts";
import { reportStyle } from "./page-style.ts";
import { drawFlame } from "./profile/flame.ts";
import type { Profile } from "./profile/profile.ts";
import { byLine, totalOf } from "./profile/summary.ts";
import type { Total } from "./profile/summary.ts";
import {
  buildsSheet,
  changesSheet,
  kernelsSheet,
  layersSheet,
  linesSheet,
  profileNote,
  profileTitle,
  timesSheet,
} from "./text.ts";
import type { Sheet } from "./text.ts";

/** The texts of the user's files by the names that lines have. */
type Texts = ReadonlyMap<string, string>;

export function reportPage(document: Document, comparison: Comparison | undefined, texts: Texts): string {
  const { network, skipped } = document;
  const title = `${network.file}: how fast ${network.model} is`;
  const body = `<main>
<h1>${words(title)}</h1>
${introduction(document)}
<h2>Times</h2>
${pictures(document)}
${sheetHtml(timesSheet(document))}
<h2>Builds</h2>
<p class="soft">Compiling goes from source text to artifact. The artifact is what a program loads. Peak memory is the arena: all that the program ever uses.</p>
${sheetHtml(buildsSheet(document))}
${skipped.length === 0 ? "" : `<h2>Left out</h2>\n${listHtml(skipped.map((one) => `${placeOf(one)}: ${one.reason}`))}`}
${comparison === undefined ? "" : comparisonHtml(comparison)}
${(document.profiles ?? []).map((profile) => profileHtml(profile, texts)).join("\n")}
<footer><p>How to read this: docs/benchmarks.md of nnc.</p></footer>
</main>
`;
  const about = "A report of nnc bench, measured by nnc. It fetches nothing and runs no script.";
  return wholePage({ title, about, style: reportStyle, body });
}

function introduction({ network, machine, settings }: Document): string {
  const { cpu, cores, node, flopsPerSecond } = machine;
  const train = network.train === null ? "" : `, trained as ${network.train}`;
  return `<p class="soft">${words(
    `${network.model}${train}: ${plural(network.parameters, "parameter")}. ${cpu}, ${plural(cores, "processor")}, Node.js ${node}; ` +
      `the peak loop reaches ${formatCount(flopsPerSecond)}FLOP/s on one thread. ${plural(settings.rounds, "round")}, ${settings.seconds} s for each case.`,
  )}</p>`;
}

function pictures(document: Document): string {
  const systems = systemsOf(document);
  const panels = panelsOf(document).map((panel) => {
    const picture = svg(panelWidth, heightOf(panel), panel.title, drawPanel(panel, systems, themed));
    return `<div class="card">${picture}</div>`;
  });
  return `<div class="panels">\n${panels.join("\n")}\n</div>`;
}

function placeOf({ target, threads = 1, case: figure, rows }: Document["skipped"][number]): string {
  if (figure !== undefined) return nameOf({ target, threads, figure, ...(rows === undefined ? {} : { rows }) });
  return threads === 1 ? target : `${target}, ${threads} threads`;
}

function listHtml(items: readonly string[]): string {
  return `<ul class="notes">\n${items.map((item) => `<li>${words(item)}</li>`).join("\n")}\n</ul>`;
}

function sheetHtml({ columns, rows }: Sheet, classOf: (row: number) => string = () => ""): string {
  const cell = (tag: "th" | "td", at: number, content: string, extra = ""): string => {
    const names = [columns[at]?.align === "right" ? "right" : "", extra].filter((name) => name !== "");
    return `<${tag}${names.length === 0 ? "" : ` class="${names.join(" ")}"`}>${words(content)}</${tag}>`;
  };
  const head = columns.map((column, at) => cell("th", at, column.head)).join("");
  const body = rows.map(
    (row, line) =>
      `<tr>${row.map((content, at) => cell("td", at, content, at === row.length - 1 ? classOf(line) : "")).join("")}</tr>`,
  );
  return `<div class="wide"><table><thead><tr>${head}</tr></thead>\n<tbody>\n${body.join("\n")}\n</tbody></table></div>`;
}

function comparisonHtml(comparison: Comparison): string {
  const { changes, notes } = comparison;
  const sheet = changesSheet(comparison);
  const classOf = (row: number): string => {
    const kind = changes[row]?.verdict ?? "same";
    return kind === "same" ? "" : kind;
  };
  return `<h2>${words(sheet.title)}</h2>\n${changes.length === 0 ? "" : sheetHtml(sheet, classOf)}\n${notes.length === 0 ? "" : listHtml(notes)}`;
}

function profileHtml(profile: Profile, texts: Texts): string {
  const title = profileTitle(profile);
  const sheets = [layersSheet(profile), linesSheet(profile)].map(
    (sheet) => `<h3>${words(sheet.title)}</h3>\n${sheetHtml(sheet)}`,
  );
  const kernels = kernelsSheet(profile);
  return `<h2>${words(title)}</h2>
<p class="soft">${words(profileNote(profile))}</p>
<div class="wide">${drawFlame(profile, title.replace(/^Profile of /, ""), themed)}</div>
${sourcesHtml(profile, texts)}
${sheets.join("\n")}
<details><summary>${words(kernels.title)}</summary>
${sheetHtml(kernels)}
</details>`;
}

/** The files that have a line with time, each with the times in its margin. */
function sourcesHtml(profile: Profile, texts: Texts): string {
  const all = totalOf(profile.calls).seconds;
  const files = new Map<string, Map<number, Total>>();
  for (const { line, ...total } of byLine(profile)) {
    if (line === undefined) continue;
    const lines = files.get(line.file) ?? new Map<number, Total>();
    files.set(line.file, lines.set(line.line, total));
  }
  return [...texts]
    .flatMap(([file, text]) => {
      const lines = files.get(file);
      return lines === undefined ? [] : [sourceHtml(file, text, lines, all)];
    })
    .join("\n");
}

function sourceHtml(file: string, text: string, lines: ReadonlyMap<number, Total>, all: number): string {
  const rows = text
    .replace(/(\r\n|\r|\n)$/, "")
    .split(/\r\n|\r|\n/)
    .map((code, at) => {
      const total = lines.get(at + 1);
      const [time, share] = total === undefined ? ["", 0] : [formatTime(total.seconds), total.seconds / all];
      const hot = share >= 0.1 ? " hot" : "";
      return `<tr><td class="right${hot}">${time}</td><td class="right${hot}">${total === undefined ? "" : formatShare(share)}</td><td class="share">${bar(share)}</td><td class="right">${at + 1}</td><td><code>${words(code)}</code></td></tr>`;
    });
  return `<h3>${words(file)}</h3>\n<div class="wide"><table class="source"><tbody>\n${rows.join("\n")}\n</tbody></table></div>`;
}

/** A style of its own would need a policy of its own: a bar is a picture. */
function bar(share: number): string {
  if (share === 0) return "";
  const attributes = { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" };
  return element("svg", attributes, [
    element("rect", { width: Math.max(1, 100 * share), height: 10, fill: "var(--curve-0)" }),
  ]);
}
