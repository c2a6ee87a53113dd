/**
 * Scores that are no single number: vectors of one length as a table with a row a class, matrices as tables, and of what is too large or has
 * another shape the place where it is.
 */
import type { Manifest } from "../../compiler/program/artifact.ts";
import type { MetricValue } from "../../runtime/load/index.ts";
import type { Fitted } from "../../runtime/save/fitted.ts";
import type { Scores } from "../../runtime/train/index.ts";
import { formatValue } from "../output/numbers.ts";
import type { Look } from "../output/style.ts";
import { fits, left, right, table } from "../output/table.ts";
import { wrap } from "../output/wrap.ts";
import type { MatrixPanel } from "../plot/panel.ts";

type Tensor = Exclude<MetricValue, number>;

interface Shaped {
  readonly name: string;
  readonly value: Tensor;
}

/** Above so many rows a table is no longer read. */
const readable = 40;

/** What figures of the classes are called. */
export interface ClassNames {
  /** Behind the ids of the target; empty where it has none. */
  readonly classes: readonly string[];
  /** Of two classes the one that a single logit speaks for; missing where the network has no such logit. */
  readonly positive?: string;
}

export function classNamesOf({ host: { train } }: Manifest, fitted: Fitted | undefined): ClassNames {
  const classes = fitted?.classes.find(({ name }) => name === train?.target?.input)?.values ?? [];
  return train?.target?.logit === true ? { classes, positive: classes[1] ?? "1" } : { classes };
}

/** The scores that have a shape, in order. */
export function shapedScores(scores: Scores): readonly Shaped[] {
  return Object.entries(scores).flatMap(([name, value]) => (typeof value === "number" ? [] : [{ name, value }]));
}

type Matrix = Pick<MatrixPanel, "rows" | "rowNames" | "columnNames" | "rowLabel" | "columnLabel">;

/** A matrix of numbers with the names of its rows and columns; undefined for other shapes. One with a row and a column a class compares target and prediction. */
export function matrixOf({ shape, data }: Tensor, classes: readonly string[]): Matrix | undefined {
  const [height = 0, width = 0] = shape;
  if (shape.length !== 2) return undefined;
  const isOfClasses = height === width && (classes.length === 0 || classes.length === height);
  return {
    rows: Array.from({ length: height }, (_, row) => [...data.subarray(row * width, (row + 1) * width)]),
    rowNames: namesOf(height, classes),
    columnNames: namesOf(width, classes),
    rowLabel: isOfClasses ? "target" : "row",
    columnLabel: isOfClasses ? "predicted" : "column",
  };
}

/** What is known of the classes and of the log. */
export interface Place extends ClassNames {
  /** Where all figures are, in words: "in run/log.jsonl". */
  readonly elsewhere: string;
}

/** Tables and notes, each below an empty line; nothing where every score is a number. `set` says what they are of. */
export function figuresOf(set: string, scores: Scores, place: Place, look: Look): string {
  const shaped = shapedScores(scores);
  const vectors = shaped.filter(({ value: { shape } }) => shape.length === 1);
  const lengths = [...new Set(vectors.map(({ value }) => value.data.length))];
  const texts = [
    ...lengths.map((length) =>
      vectorTable(
        set,
        vectors.filter(({ value }) => value.data.length === length),
        place,
        look,
      ),
    ),
    ...shaped.filter(({ value: { shape } }) => shape.length !== 1).map((one) => matrixTable(set, one, place, look)),
  ];
  return texts.map((text) => `\n${text}`).join("");
}

function vectorTable(set: string, vectors: readonly Shaped[], place: Place, look: Look): string {
  const length = vectors[0]?.value.data.length ?? 0;
  if (length > readable) return vectors.map((one) => note(one, place)).join("");
  const classes = length === 1 && place.positive !== undefined ? [place.positive] : place.classes;
  const names = namesOf(length, classes);
  const head = classes.length === length ? "class" : "";
  const rows = names.map((name, at) => [name, ...vectors.map(({ value }) => formatValue(value.data[at] ?? NaN))]);
  return `${set}\n${table([left(head), ...vectors.map(({ name }) => right(name))], rows, look.paint, { width: look.width })}`;
}

function matrixTable(set: string, one: Shaped, place: Place, look: Look): string {
  const matrix = matrixOf(one.value, place.classes);
  if (matrix === undefined || matrix.rows.length > readable) return note(one, place);
  const { rows, rowNames, columnNames, rowLabel, columnLabel } = matrix;
  const columns = [left(""), ...columnNames.map(right)];
  const cells = rows.map((row, at) => [rowNames[at] ?? "", ...row.map(formatValue)]);
  if (!fits(columns, cells, look.width)) return note(one, place);
  const title = wrap(`${set}: ${one.name}, ${rowLabel} down, ${columnLabel} across`, look.width);
  return `${title}\n${table(columns, cells, look.paint)}`;
}

/** Of what is not shown: where it is. */
function note({ name, value: { shape } }: Shaped, { elsewhere }: Place): string {
  return `${name} [${shape.join(", ")}]: ${elsewhere}\n`;
}

/** The classes where there are as many, else numbers from 0. */
function namesOf(count: number, classes: readonly string[]): readonly string[] {
  return Array.from({ length: count }, (_, at) => (classes.length === count ? (classes[at] ?? "") : String(at)));
}
