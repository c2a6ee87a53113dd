/** A run as horizontal bars on a logarithmic axis, one group for each comparison; plain SVG. */
import { groupsOf, milliseconds } from "./groups.mjs";

const width = 860;
const left = 150;
const right = 90;
const bar = 15;
const head = 34;
const top = 44;

export function plot({ rows, machine: { cpu, date } }) {
  if (rows.length === 0) return frame(top, [text(10, 20, "nothing was measured")]);
  const times = rows.map(timeOf);
  const first = Math.floor(Math.log10(Math.min(...times)));
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...times))));
  const at = (value) => left + ((Math.log10(value) - first) / (last - first)) * (width - left - right);
  const parts = [text(10, 20, `Milliseconds (median, logarithmic) · ${cpu} · ${date.slice(0, 10)}`, "bold")];
  let y = top;
  for (const group of groupsOf(rows)) {
    parts.push(text(10, y + head - 12, group.title, "bold"));
    y += head;
    for (const row of group.rows) {
      const { system } = row;
      const time = timeOf(row);
      parts.push(
        text(left - 6, y + bar - 4, system, "end"),
        `<rect class="${system.startsWith("nnc") ? "own" : "peer"}" x="${left}" y="${y}" width="${(at(time) - left).toFixed(1)}" height="${bar - 2}"/>`,
        text(at(time) + 5, y + bar - 4, `${row.atLeastMs === undefined ? "" : "> "}${milliseconds(time)}`),
      );
      y += bar;
    }
  }
  return frame(y + 40, [...grid(first, last, at, y), ...parts]);
}

/** Of who was stopped, what it takes at least. */
const timeOf = ({ medianMs, atLeastMs }) => medianMs ?? atLeastMs;

function grid(first, last, at, bottom) {
  return Array.from({ length: last - first + 1 }, (_, step) => first + step).flatMap((power) => [
    `<line x1="${at(10 ** power).toFixed(1)}" x2="${at(10 ** power).toFixed(1)}" y1="${top}" y2="${bottom + 6}"/>`,
    text(at(10 ** power), bottom + 22, `${Number(`1e${power}`)}`, "middle"),
  ]);
}

function text(x, y, content, style = "") {
  const escaped = String(content).replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" class="${style}">${escaped}</text>`;
}

function frame(height, parts) {
  const style = `text { font: 12px system-ui, sans-serif; fill: #222 } .bold { font-weight: 600 } .end { text-anchor: end } .middle { text-anchor: middle }
    .own { fill: #c2410c } .peer { fill: #94a3b8 } line { stroke: #e2e8f0 }`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
  <style>${style}</style>
  <rect width="100%" height="100%" fill="#fff"/>
  ${parts.join("\n  ")}
</svg>
`;
}
