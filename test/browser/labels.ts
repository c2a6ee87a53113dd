/** What is wrong with the labels of a graph or of memory, as a page sees it: this runs there. */

/** In the page: labels that leave their boxes or their lines, lie over others, or stand out too little from what is behind them (WCAG 2.1: 4.5). */
export function faults(): readonly string[] {
  const found: string[] = [];
  const texts = [...document.querySelectorAll<SVGTextElement>("svg text")];
  const areas = texts.map((text) => text.getBoundingClientRect());
  for (const [at, text] of texts.entries()) {
    const area = areas[at] ?? new DOMRect();
    const box = text.closest("g[data-box], g.port, g.buffer")?.querySelector(":scope > rect");
    const around = box?.getBoundingClientRect();
    const isOut =
      around !== undefined &&
      (area.left < around.left ||
        area.right > around.right ||
        area.top < around.top - 1 ||
        area.bottom > around.bottom + 1);
    if (isOut) found.push(`${text.textContent} leaves its box`);
    for (const [other, second] of areas.slice(at + 1).entries()) {
      const width = Math.min(area.right, second.right) - Math.max(area.left, second.left);
      const height = Math.min(area.bottom, second.bottom) - Math.max(area.top, second.top);
      // Lines of one box touch by what letters do not use.
      if (width > 0.5 && height > 2.5)
        found.push(`${text.textContent} and ${texts[at + 1 + other]?.textContent} overlap`);
    }
  }
  // Both are drawn in the same place of the same picture.
  const marks = [...document.querySelectorAll<SVGPathElement>("svg path.edge")].flatMap((edge) => {
    const length = edge.getTotalLength();
    return Array.from({ length: Math.ceil(length / 4) + 1 }, (_, at) =>
      edge.getPointAtLength(Math.min(length, 4 * at)),
    );
  });
  for (const plate of document.querySelectorAll<SVGRectElement>("svg rect.plate")) {
    const { x, y, width, height } = plate.getBBox();
    const isOn = marks.some(
      (one) => one.x >= x - 2 && one.x <= x + width + 2 && one.y >= y - 2 && one.y <= y + height + 2,
    );
    if (!isOn) found.push(`${plate.nextElementSibling?.textContent} lies on no line`);
  }
  const channels = (colour: string): readonly number[] => (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
  const luminance = (colour: string): number => {
    const [red = 0, green = 0, blue = 0] = channels(colour).map((one) => {
      const share = one / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrasts = texts.map((text) => {
    const plate = text.previousElementSibling?.matches(".plate") === true ? text.previousElementSibling : undefined;
    const ground = plate ?? text.closest("g[data-box], g.port, g.buffer")?.querySelector(":scope > rect");
    const behind =
      ground === undefined || ground === null
        ? getComputedStyle(document.documentElement).getPropertyValue("--ground").trim()
        : getComputedStyle(ground).fill;
    const hex = /^#(..)(..)(..)$/
      .exec(behind)
      ?.slice(1)
      .map((pair) => parseInt(pair, 16))
      .join(", ");
    const [one, other] = [
      luminance(getComputedStyle(text).fill),
      luminance(hex === undefined ? behind : `rgb(${hex})`),
    ];
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  });
  for (const [at, contrast] of contrasts.entries())
    if (contrast < 4.5) found.push(`${texts[at]?.textContent} has a contrast of ${contrast.toFixed(1)}`);
  if (texts.length < 4) found.push("there is nothing to read");
  return found;
}
