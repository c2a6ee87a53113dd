/** An exported model beside `nnc predict`: the same rows to both, of one and of several. */
import { readFileSync } from "node:fs";
import { drawInputs, jsonLines } from "./feeds.mjs";
import { nnc } from "./programs.mjs";

/** Relative to the greatest of 1, the number and, where it is in the units of the data, their deviation. */
export const tolerance = 1e-5;

/** How many rows go in at once, and how long open sizes are beside them. */
const trials = [
  { rows: 1, share: 1 },
  { rows: 7, share: 0.5 },
];

/** A row of the report: `{ file, model, out, bytes, nodes, with, differences }`, a difference for each runtime, or why there is no file. */
export async function compareModel({ file, model, out, params, bounds, fitted, manifest, network }, runtimes) {
  const base = { file, model: model.name };
  const { mistake } = nnc(["export", file, "--params", params, ...bounds, "--model", model.name, "-o", out]);
  if (mistake !== undefined) return { ...base, refused: mistake };
  const bytes = readFileSync(out);
  const units = unitsOf(manifest, model, fitted);
  const answers = trials.map(({ rows, share }, at) => {
    const inputs = drawInputs(model.inputs, sizeIn(manifest, model, rows, share), fitted, at + 1);
    return { inputs, said: said({ file, model, params, bounds, fitted, manifest, network }, inputs, rows) };
  });
  const differences = [];
  for (const runtime of runtimes) {
    const session = await runtime.open(bytes);
    let worst = 0;
    for (const { inputs, said: expected } of answers) {
      const results = await session.run(
        Object.fromEntries(inputs.map(({ feed }, at) => [session.inputs[at].name, feed])),
      );
      for (const [at, { data }] of results.entries())
        worst = Math.max(worst, difference(data, (await expected)[at], at === 0 ? units : 1));
    }
    await session.close();
    differences.push(worst);
  }
  return {
    ...base,
    out,
    bytes: bytes.length,
    with: isAskedByRows(manifest, model) ? "nnc predict" : "the library",
    differences,
  };
}

/** A dimension's size: rows for the leading one, a share of the bound for others that are open. */
function sizeIn({ dims }, { inputs }, rows, share) {
  const leading = inputs[0]?.shape[0]?.key;
  const values = new Map(
    dims.map(({ name, bound }) => [
      name,
      name === leading ? Math.min(rows, bound) : Math.max(1, Math.ceil(bound * share)),
    ]),
  );
  return ({ monomials }) =>
    monomials.reduce(
      (sum, { coefficient, atoms }) =>
        sum + atoms.reduce((product, atom) => product * values.get(atom.name), coefficient),
      0,
    );
}

/** Rows of texts and of open sizes, and tensors as a whole, are not asked for one by one. */
function isAskedByRows({ host }, { inputs, results }) {
  const reader = host.train?.data.reader;
  const isOpen = ({ shape }) => shape.slice(1).some(({ monomials }) => monomials.some(({ atoms }) => atoms.length > 0));
  return !["given", "text", "arrays"].includes(reader) && ![...inputs, ...results].some(isOpen);
}

/** The deviation of the target, in whose units the first output is. */
function unitsOf({ host: { train } }, { name }, { inputs }) {
  const units = inputs.find((one) => train?.name === name && one.name === train.target?.input);
  return units === undefined ? 1 : Math.max(1, ...(units.deviation ?? [1]).map((one) => one / units.scale));
}

/** All values of each result. */
async function said({ file, model, params, bounds, fitted, manifest, network }, inputs, rows) {
  if (!isAskedByRows(manifest, model)) {
    const given = inputs.map(({ name, feed: { type, shape, data } }) => {
      const fit = fitted.inputs.find((one) => one.name === name);
      return [name, { shape, data: type === "i32" || type === "bool" ? Int32Array.from(data) : prepared(data, fit) }];
    });
    const results = await network.predict(model.name, Object.fromEntries(given));
    return results.map(({ data }) => data);
  }
  const args = ["predict", file, "--params", params, ...bounds, "--model", model.name, "--format", "json"];
  const { stdout, mistake } = nnc(args, jsonLines(inputs, rows));
  if (mistake !== undefined) throw new Error(`${file}: ${mistake}`);
  const answers = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const sizeOf = sizeIn(manifest, model, rows, 1);
  return model.results.map(({ shape }, at) => {
    const width = shape
      .slice(1)
      .map(sizeOf)
      .reduce((product, size) => product * size, 1);
    const words = classesOf(manifest, fitted) ?? Array.from({ length: width }, (_, id) => String(id));
    return answers.flatMap((answer) => valuesOf(answer, at, model.results.length, words, width));
  });
}

function classesOf({ host: { train } }, { classes }) {
  return classes.find(({ name }) => name === train?.target?.input)?.values;
}

/** What the library leaves to its caller. */
function prepared(data, { scale = 1, mean, deviation } = {}) {
  const at = (list, place, otherwise) => list?.[place % list.length] ?? otherwise;
  return Float32Array.from(data, (value, place) => (value * scale - at(mean, place, 0)) / at(deviation, place, 1));
}

const isScores = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The numbers of a result in a line of JSON: of classes their scores, in the order of ids; of a single logit that of the second. The first may be in
 * several columns, a number each.
 */
function valuesOf(answer, at, results, classes, width) {
  const names = Object.keys(answer).filter((key) => !isScores(answer[key]));
  const columns = names.length - results + 1;
  const value = answer[names[at === 0 ? 0 : at + columns - 1]];
  if (at === 0 && columns > 1) return names.slice(0, columns).map((name) => answer[name]);
  if (typeof value !== "string") return [value].flat(Infinity);
  const scores = Object.values(answer).find(isScores);
  return classes
    .slice(0, Math.max(width, 2))
    .slice(-width)
    .map((one) => scores[one]);
}

/** The greatest, relative where numbers are above 1. */
function difference(values, expected, unit) {
  if (values.length !== expected.length) return Infinity;
  return Array.from(values, Number).reduce((worst, value, at) => {
    const wanted = expected[at];
    if (Object.is(value, wanted) || value === wanted) return worst;
    const apart = Math.abs(value - wanted) / Math.max(1, Math.abs(wanted), unit);
    return Number.isNaN(apart) ? Infinity : Math.max(worst, apart);
  }, 0);
}
