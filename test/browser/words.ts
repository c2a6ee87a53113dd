/** What is wrong with the words and lines of pictures, as a page sees it: these run there. */

/** In the page: words of a picture that lie over others, or are smaller than can be read. */
export function badWords(): readonly string[] {
  return [...document.querySelectorAll("svg")].flatMap((svg) => {
    const texts = [...svg.querySelectorAll("text")].map((text) => ({
      words: text.textContent,
      box: text.getBoundingClientRect(),
      size:
        Number.parseFloat(getComputedStyle(text).fontSize) *
        (svg.getBoundingClientRect().width / svg.viewBox.baseVal.width),
    }));
    const frame = svg.getBoundingClientRect();
    const small = texts.filter(({ size }) => size < 7).map(({ words, size }) => `${words} is ${size} pixels high`);
    const cut = texts
      .filter(
        ({ box }) =>
          box.left < frame.left - 1 ||
          box.right > frame.right + 1 ||
          box.top < frame.top - 1 ||
          box.bottom > frame.bottom + 1,
      )
      .map(({ words }) => `${words} leaves its picture`);
    const over = texts.flatMap((one, at) =>
      texts
        .slice(at + 1)
        .filter(({ box }) => {
          const across = Math.min(one.box.right, box.right) - Math.max(one.box.left, box.left);
          const down = Math.min(one.box.bottom, box.bottom) - Math.max(one.box.top, box.top);
          return across > 1 && down > 3;
        })
        .map(({ words }) => `${one.words} over ${words}`),
    );
    return [...small, ...cut, ...over];
  });
}

/** In the page: what stands out less than it must from its ground (WCAG 2.1: 4.5 of text, 3 of lines). */
export function paleThings(): readonly string[] {
  const parts = (colour: string): readonly number[] => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const light = (colour: string): number => {
    const [red = 0, green = 0, blue = 0] = parts(colour).map((part) => {
      const share = part / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const groundOf = (element: Element): string => {
    for (let at: Element | null = element; at !== null; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if (parts(backgroundColor)[3] !== 0) return backgroundColor;
    }
    return "rgb(255, 255, 255)";
  };
  const contrast = (one: string, other: string): number => {
    const [low = 0, high = 0] = [light(one), light(other)].toSorted((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const own = (element: Element): boolean =>
    [...element.childNodes].some(({ nodeType, textContent }) => nodeType === 3 && textContent?.trim() !== "");
  const texts = [...document.body.querySelectorAll("*")]
    .filter((one) => own(one) && !["title", "desc", "style"].includes(one.tagName))
    .map((one) => {
      const { color, fill } = getComputedStyle(one);
      return {
        what: one.textContent ?? "",
        ratio: contrast(one instanceof SVGElement ? fill : color, groundOf(one)),
        least: 4.5,
      };
    });
  // Pixels of a picture are no curves.
  const drawn = [...document.querySelectorAll("svg path")].filter(
    (one) => getComputedStyle(one).stroke !== "none" && one.closest("[shape-rendering=crispEdges]") === null,
  );
  const lines = drawn.map((one) => ({
    what: `the curve ${one.textContent ?? ""}`,
    ratio: contrast(getComputedStyle(one).stroke, groundOf(one)),
    least: 3,
  }));
  // The numbers of a matrix stand on its darkest cells, too.
  const shades = [...document.querySelectorAll("svg rect")].map((one) => ({
    what: "a number in a cell",
    ratio: contrast(getComputedStyle(document.body).color, getComputedStyle(one).fill),
    least: one.getAttribute("fill") === "var(--shade)" ? 4.5 : 0,
  }));
  return [...texts, ...lines, ...shades]
    .filter(({ ratio, least }) => ratio < least)
    .map(({ what, ratio }) => `${what.slice(0, 40)}: ${ratio.toFixed(2)}`);
}
