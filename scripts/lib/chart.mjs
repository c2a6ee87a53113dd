/** Charts of a series over the years, as SVG: what was, and what others said. */

const [width, height, left, top] = [640, 150, 44, 26];

/** A line through a value a year from a year on; `place` says where in the panel. */
function curve({ from, values, colour, width: wide }, place) {
  const d = values.map((value, at) => `${at === 0 ? "M" : "L"}${place(from + at, value).join(" ")}`).join("");
  return `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${wide}" stroke-linejoin="round"/>`;
}

/** Panels below each other, each a title and lines, over the same years, from 0 to `most`; below them what the lines are. */
export function yearsChart({ panels, years, most, every }) {
  const [first, last] = years;
  const place = (year, value) => [
    Number(((width * (year - first)) / (last - first)).toFixed(1)),
    Number((height * (1 - value / most)).toFixed(1)),
  ];
  const levels = Array.from({ length: Math.floor(most / every) + 1 }, (_, at) => every * at);
  const decades = Array.from({ length: last - first + 1 }, (_, at) => first + at).filter((year) => year % 10 === 0);
  const grid = levels.map((level) => {
    const [, y] = place(first, level);
    return `<path d="M0 ${y}H${width}" stroke="#e4e7eb"/><text x="-6" y="${y + 4}" text-anchor="end" fill="#656d76">${level}</text>`;
  });
  const names = decades.map(
    (year) => `<text x="${place(year, 0)[0]}" y="${height + 16}" text-anchor="middle" fill="#656d76">${year}</text>`,
  );
  const rise = top + height + 26;
  const drawn = panels.map(
    ({ title, lines }, row) =>
      `<g transform="translate(${left} ${top + row * rise})"><text y="-9" fill="#1f2328">${title}</text>` +
      `${grid.join("")}${names.join("")}${lines.map((line) => curve(line, place)).join("")}</g>`,
  );
  const legend = panels[0].lines.map(
    ({ name, colour }, at) =>
      `<g transform="translate(${left + 200 * at} ${panels.length * rise + 14})"><path d="M0 -4H18" stroke="${colour}" stroke-width="3"/>` +
      `<text x="24" fill="#1f2328">${name}</text></g>`,
  );
  const [all, high] = [left + width + 16, panels.length * rise + 28];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${all}" height="${high}" font-family="system-ui, sans-serif" font-size="12">` +
    `<rect width="100%" height="100%" fill="#ffffff"/>${drawn.join("")}${legend.join("")}</svg>\n`
  );
}
