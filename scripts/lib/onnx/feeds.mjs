/** Rows to try a model with: numbers as its data could have them, drawn from a seed, for a runtime and for `nnc predict`. */
import { normalFrom, randomFrom } from "../random.mjs";

/**
 * `[{ name, words, feed: { type, shape, data } }]`, one for each input. `sizeOf` answers a dimension's size; `fitted` is what was fitted to the training
 * rows, so that raw numbers are drawn from about where those lie.
 */
export function drawInputs(inputs, sizeOf, fitted, seed) {
  const random = randomFrom(seed);
  return inputs.map(({ name, dtype, shape, limit }) => {
    const sizes = shape.map(sizeOf);
    const length = sizes.reduce((product, size) => product * size, 1);
    const words = fitted.classes.find((one) => one.name === name)?.values;
    const fit = fitted.inputs.find((one) => one.name === name);
    const draw = drawerOf(dtype, words?.length ?? limit ?? 5, fit, random);
    const type = dtype === "f32" && isFarOff(fit) ? "f64" : dtype;
    return { name, words, feed: { type, shape: sizes, data: Array.from({ length }, (_, at) => draw(at)) } };
  });
}

function drawerOf(dtype, below, fit, random) {
  if (dtype === "bool") return () => Math.floor(2 * random());
  if (dtype === "i32") return () => Math.floor(below * random());
  if (fit === undefined) return () => Math.fround(random());
  const { scale, mean, deviation } = fit;
  if (mean === null) return () => Math.fround(random() / scale);
  const wide = isFarOff(fit) ? (value) => value : Math.fround;
  return (at) => wide((mean[at % mean.length] + normalFrom(random) * deviation[at % mean.length]) / scale);
}

/** Where an exported model takes numbers of 64 bits (docs/exporting.md). */
function isFarOff(fit) {
  return fit?.mean?.some((mean, at) => fit.deviation[at] > 0 && Math.abs(mean) >= 16 * fit.deviation[at]) ?? false;
}

/** The rows as JSON lines, each an object by input. */
export function jsonLines(inputs, rows) {
  return Array.from({ length: rows }, (_, row) => {
    const cells = inputs.map(({ name, words, feed: { type, data } }) => {
      const width = data.length / rows;
      const own = data.slice(row * width, (row + 1) * width);
      const values = own.map((value) => (words === undefined ? (type === "bool" ? value === 1 : value) : words[value]));
      return [name, width === 1 ? values[0] : values];
    });
    return `${JSON.stringify(Object.fromEntries(cells))}\n`;
  }).join("");
}
