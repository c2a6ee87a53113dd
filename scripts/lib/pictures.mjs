/** Coloured pictures as SVG, each pixel several wide, with words below them. */

/** Squares, so many a row and as many rows, as paths: one for each look that `lookAt` says of a square, as attributes, none where it says nothing. */
function squares(side, size, lookAt) {
  const strokes = new Map();
  for (let row = 0; row < side; row += 1)
    for (let from = 0, to = 0; from < side; from = to) {
      const look = lookAt(row * side + from);
      while (to < side && lookAt(row * side + to) === look) to += 1;
      strokes.set(look, `${strokes.get(look) ?? ""}M${from} ${row + 0.5}H${to}`);
    }
  const paths = [...strokes].map(([look, d]) => (look === "" ? "" : `<path d="${d}" ${look}/>`));
  return `<g transform="scale(${size / side})" shape-rendering="crispEdges">${paths.join("")}</g>`;
}

/** A picture: three levels up to 255 for each pixel. */
function picture(levels, side, size) {
  const colourAt = (pixel) => Buffer.from(levels.slice(3 * pixel, 3 * pixel + 3)).toString("hex");
  return squares(side, size, (pixel) => `stroke="#${colourAt(pixel)}"`);
}

/** A veil over a picture whose squares are the thinner, the higher their share of the greatest is. */
function veil(shares, size) {
  const most = Math.max(...shares);
  return squares(Math.sqrt(shares.length), size, (at) => {
    const thick = Math.round(17 * (1 - shares[at] / most)) / 20;
    return thick === 0 ? "" : `stroke="#000000" stroke-opacity="${thick}"`;
  });
}

/**
 * Rows of pictures: of each its levels, what lies over it (`shares`, of as many squares as pleases), and lines of text below it, each with its
 * colour.
 */
export function pictureSheet(rows, { side, zoom }) {
  const size = side * zoom;
  const [gap, letters] = [14, 15];
  const across = size + gap;
  let y = gap;
  const cells = [];
  for (const row of rows) {
    row.forEach(({ levels, shares, texts }, column) => {
      const below = texts.map(
        ({ text, colour }, at) => `<text y="${size + letters * (at + 1)}" fill="${colour}">${text}</text>`,
      );
      const over = shares === undefined ? "" : veil(shares, size);
      const drawn = `${picture(levels, side, size)}${over}${below.join("")}`;
      cells.push(`<g transform="translate(${gap + column * across} ${y})">${drawn}</g>`);
    });
    y += size + gap + letters * Math.max(...row.map(({ texts }) => texts.length));
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${gap + rows[0].length * across}" height="${y}" font-family="system-ui, sans-serif" font-size="12">` +
    `<rect width="100%" height="100%" fill="#ffffff"/>${cells.join("")}</svg>\n`
  );
}
