/** A run as tables for a terminal. */
import { printable } from "../../compiler/diagnostics/display.ts";
import { formatBytes, formatCount, plural } from "../output/numbers.ts";
import type { Look } from "../output/style.ts";
import { left, right, table } from "../output/table.ts";
import type { Column } from "../output/table.ts";
import { nameOf } from "./compare.ts";
import type { Change, Comparison } from "./compare.ts";
import type { Document, Result } from "./document.ts";
import { formatChange, formatShare, formatTime } from "./figures.ts";
import type { Profile } from "./profile/profile.ts";
import { byLayer, byLine, joinedCalls, shareOfLimit, totalOf } from "./profile/summary.ts";
import type { Total } from "./profile/summary.ts";

/** A table as data, for a terminal and for a page. */
export interface Sheet {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

/** How many rows of a profile's table a terminal shows; the page and the JSON have all. */
const shownRows = 24;

export function textOf(document: Document, comparison: Comparison | undefined, look: Look): string {
  const sheets = [
    timesSheet(document),
    buildsSheet(document),
    ...(comparison === undefined || comparison.changes.length === 0 ? [] : [changesSheet(comparison)]),
  ];
  const profiles = (document.profiles ?? []).map((profile) => profileText(profile, look));
  const notes = comparison?.notes ?? [];
  return [
    ...sheets.map((sheet) => sheetText(sheet, look)),
    ...(notes.length === 0 ? [] : [notes.map((note) => `note: ${printable(note)}\n`).join("")]),
    ...profiles,
  ].join("\n");
}

function sheetText({ title, columns, rows }: Sheet, { paint, width }: Look, most = Infinity): string {
  const shown = rows.slice(0, most).map((cells) => cells.map(printable));
  const rest = rows.length - shown.length;
  const more = rest === 0 ? "" : `… and ${plural(rest, "row")} more; -o and --json have all\n`;
  return `${paint("strong", printable(title))}\n${table(columns, shown, paint, { indent: "", width })}${more}`;
}

const timeColumns: readonly Column[] = [
  left("case"),
  right("rows"),
  left("target"),
  right("threads"),
  right("median"),
  right("±"),
  right("rows/s"),
];

/** The same case of all targets side by side. */
export function timesSheet({ results, settings }: Document): Sheet {
  return {
    title: `Times: medians of ${plural(settings.rounds, "round")}`,
    columns: timeColumns,
    rows: inOrder(results).map((one) => [
      one.case,
      String(one.rows),
      one.target,
      String(one.threads),
      formatTime(one.seconds),
      formatShare(one.margin),
      formatCount(one.rowsPerSecond),
    ]),
  };
}

/** Training, then inference, each from many rows to few; systems as they were measured. */
export function inOrder(results: readonly Result[]): readonly Result[] {
  const place = ({ case: what }: Result): number => (what === "training step" ? 0 : 1);
  return results.toSorted((a, b) => place(a) - place(b) || b.rows - a.rows);
}

export function buildsSheet({ builds }: Document): Sheet {
  return {
    title: "Builds",
    columns: [left("target"), right("compile"), right("artifact"), right("gzip"), right("peak memory")],
    rows: builds.map((one) => [
      one.target,
      formatTime(one.compileSeconds),
      formatBytes(one.artifactBytes),
      formatBytes(one.gzipBytes),
      formatBytes(one.peakBytes),
    ]),
  };
}

const words: Readonly<Record<Change["unit"], Readonly<Record<Change["verdict"], string>>>> = {
  seconds: { same: "within the noise", better: "faster", worse: "SLOWER" },
  bytes: { same: "the same", better: "smaller", worse: "LARGER" },
};

export function changesSheet({ file, changes }: Comparison): Sheet {
  return {
    title: `Beside ${file}`,
    columns: [left("figure"), right("before"), right("now"), right("change"), left("")],
    rows: changes.map((one) => [
      nameOf(one),
      amount(one, one.before),
      amount(one, one.after),
      formatChange(one.change),
      words[one.unit][one.verdict],
    ]),
  };
}

function amount({ unit }: Change, value: number): string {
  return unit === "bytes" ? formatBytes(value) : formatTime(value);
}

const profileColumns: readonly Column[] = [
  right("time"),
  right("share"),
  right("backward"),
  right("FLOP/s"),
  right("bytes"),
  right("of limit"),
];

function profileCells(total: Total, all: Total): readonly string[] {
  const { seconds, backwardSeconds, flops, bytes } = total;
  return [
    formatTime(seconds),
    formatShare(seconds / all.seconds),
    backwardSeconds === 0 ? "" : formatTime(backwardSeconds),
    seconds === 0 ? "–" : formatCount(flops / seconds),
    formatBytes(Math.round(bytes)),
    formatShare(shareOfLimit(total)),
  ];
}

export function layersSheet(profile: Profile): Sheet {
  const all = totalOf(profile.calls);
  const rows = byLayer(profile).map((layer) => [layer.name, ...profileCells(layer, all)]);
  return { title: "By layer", columns: [left("layer"), ...profileColumns], rows };
}

export function linesSheet(profile: Profile): Sheet {
  const all = totalOf(profile.calls);
  const rows = byLine(profile).map(({ line, ...total }) => [
    line === undefined ? "no line" : `${line.file}:${line.line}`,
    ...profileCells(total, all),
  ]);
  return { title: "By line", columns: [left("line"), ...profileColumns], rows };
}

export function kernelsSheet(profile: Profile): Sheet {
  const all = totalOf(profile.calls);
  const rows = profile.calls
    .toSorted((a, b) => b.seconds - a.seconds)
    .map((call) => [
      call.kernel,
      [...new Set(call.parts.map(({ layer }) => layer))].join(", "),
      String(call.turns),
      ...profileCells(totalOf([call]), all),
    ]);
  return { title: "By kernel", columns: [left("kernel"), left("layers"), right("calls"), ...profileColumns], rows };
}

/** `Profile of wasm: training step, 32 rows`. */
export function profileTitle({ target, case: what, rows }: Profile): string {
  return `Profile of ${target}: ${what}, ${plural(rows, "row")}`;
}

/** What was measured, and what the clock adds. */
export function profileNote(profile: Profile): string {
  const { calls, wholeSeconds, clockSeconds, runs } = profile;
  const joined = joinedCalls(profile).length;
  const turns = calls.reduce((sum, call) => sum + call.turns, 0);
  const { seconds } = totalOf(calls);
  return (
    `${plural(turns, "call")} of kernels, ${formatTime(seconds)} in all, medians of ${plural(runs, "run")}; run without a clock it takes ${formatTime(wholeSeconds)}. ` +
    `The clock costs ${formatTime(clockSeconds)} a call, which is taken off.` +
    (joined === 0
      ? ""
      : ` ${plural(joined, "kernel")} of several layers: the time is shared out by how much of the work is whose.`)
  );
}

function profileText(profile: Profile, look: Look): string {
  return [
    `${look.paint("strong", printable(profileTitle(profile)))}\n${profileNote(profile)}\n`,
    sheetText(layersSheet(profile), look, shownRows),
    sheetText(linesSheet(profile), look, shownRows),
  ].join("\n");
}
