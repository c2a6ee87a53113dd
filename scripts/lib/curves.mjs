/** Lines in panels side by side that share their axes, as one SVG that stands alone. */

const [width, height] = [420, 290];
const margin = { left: 52, right: 20, top: 34, bottom: 46 };
const across = width - margin.left - margin.right;
const down = height - margin.top - margin.bottom;
const ink = { soft: "#656d76", grid: "#e4e7eb", strong: "#1f2328" };

function text(content, x, y, attributes) {
  return `<text x="${x}" y="${y}" ${attributes}>${content}</text>`;
}

/** The multiples of the axis's step that lie on it. */
function ticksOf({ from, to, step }) {
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor(to / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, at) => (first + at) * step);
}

function gridOf(x, y, place) {
  const levels = ticksOf(y).map((tick) => {
    const [, at] = place([x.from, tick]);
    const name = text(tick, -8, at + 4, `text-anchor="end" fill="${ink.soft}"`);
    return `<line x2="${across}" y1="${at}" y2="${at}" stroke="${ink.grid}"/>${name}`;
  });
  const steps = ticksOf(x).map((tick) =>
    text(tick, place([tick, y.from])[0], down + 18, `text-anchor="middle" fill="${ink.soft}"`),
  );
  return [...levels, ...steps, text(x.label, across / 2, down + 38, `text-anchor="middle" fill="${ink.soft}"`)].join(
    "",
  );
}

/** What stands for the lines, in the corner above on the right, where falling losses leave room. */
function legendOf(lines) {
  const entries = lines.map(({ name, ...look }, row) => {
    const y = 14 + 17 * row;
    return `${stroke(`M${across - 28} ${y}h28`, look)}${text(name, across - 36, y + 4, `text-anchor="end" fill="${ink.strong}"`)}`;
  });
  // Over the grid, which would cross the names.
  const ground = `<rect x="${across - 200}" y="4" width="200" height="${17 * lines.length + 4}" fill="#ffffff"/>`;
  return ground + entries.join("");
}

function stroke(d, { colour, thick, dash }) {
  const dashed = dash === undefined ? "" : ` stroke-dasharray="${dash}"`;
  return `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${thick}" stroke-linejoin="round"${dashed}/>`;
}

/**
 * A panel has a title and lines; a line has a name, points, a colour, how thick it is, and perhaps a `dash` as SVG has it. An axis has a label,
 * `from`, `to`, and the `step` between two ticks. What is above an axis's end is cut off.
 */
export function curvesPicture({ panels, x, y }) {
  const place = ([atX, atY]) => {
    const spot = [(across * (atX - x.from)) / (x.to - x.from), down * (1 - (atY - y.from) / (y.to - y.from))];
    return spot.map((one) => Number(one.toFixed(1)));
  };
  const line = ({ points, ...look }) =>
    stroke(points.map((point, at) => `${at === 0 ? "M" : "L"}${place(point).join(" ")}`).join(""), look);
  const parts = panels.map(
    ({ title, lines }, column) =>
      `<g transform="translate(${column * width + margin.left} ${margin.top})">` +
      text(title, 0, -14, `font-size="13" font-weight="600" fill="${ink.strong}"`) +
      `${gridOf(x, y, place)}<svg width="${across}" height="${down}">${lines.map(line).join("")}</svg>${legendOf(lines)}</g>`,
  );
  const turned = `text-anchor="middle" fill="${ink.soft}" transform="translate(14 ${margin.top + down / 2}) rotate(-90)"`;
  const all = width * panels.length;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${all}" height="${height}" viewBox="0 0 ${all} ${height}" ` +
    `font-family="system-ui, sans-serif" font-size="12"><rect width="100%" height="100%" fill="#ffffff"/>` +
    `${text(y.label, 0, 0, turned)}${parts.join("")}</svg>\n`
  );
}
