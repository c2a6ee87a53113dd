/** How a model is spoken to from outside: its inputs with their columns and preprocessing, its outputs with the names of classes. */
import { constantValue } from "../../compiler/dimension/dimension.ts";
import type { Manifest } from "../../compiler/program/artifact.ts";
import type { HostModel } from "../../compiler/program/host.ts";
import { didYouMean } from "../../compiler/diagnostics/suggest.ts";
import type { Fitted } from "../../runtime/save/fitted.ts";
import { valuesOf } from "../../runtime/save/fitted.ts";
import { UsageError } from "../exit.ts";

export interface InputField {
  readonly name: string;
  /** A bool is an i32 below 2. */
  readonly dtype: "f32" | "i32";
  /** Of one row. */
  readonly shape: readonly number[];
  readonly width: number;
  /** The columns that it was read from in training. */
  readonly columns?: readonly string[];
  /** Words behind the ids. */
  readonly classes?: readonly string[];
  /** Ids are below. */
  readonly limit?: number;
}

export interface OutputField {
  readonly name: string;
  readonly shape: readonly number[];
  readonly width: number;
  /** Where the row's values are scores of classes: their names. */
  readonly classes?: readonly string[];
}

export interface Interface {
  readonly model: HostModel;
  readonly inputs: readonly InputField[];
  readonly outputs: readonly OutputField[];
  /** What is predicted, in the words of the data: `digit`. */
  readonly target: string;
}

/** The model of that name; by default the trained one, else the first of the file. */
export function chooseModel({ host }: Manifest, name: string | undefined): HostModel {
  const { models, train } = host;
  const chosen = name ?? train?.name;
  const model = models.find((one) => one.name === chosen) ?? (name === undefined ? models[0] : undefined);
  if (model !== undefined) return model;
  const names = models.map((one) => one.name);
  const hint = didYouMean(name ?? "", names);
  throw new UsageError(
    `--model: expected ${names.join(" or ")}, found ${JSON.stringify(name ?? "none")}${hint === undefined ? "" : `; ${hint}`}`,
  );
}

export function interfaceOf(manifest: Manifest, model: HostModel, fitted: Fitted): Interface {
  const { train } = manifest.host;
  const target = train?.target;
  const inputs = model.inputs.map(({ name, dtype, shape, limit }): InputField => {
    const row = rowShape(shape, name);
    const [columns, classes] = [valuesOf(fitted.columns, name), valuesOf(fitted.classes, name)];
    const below = dtype === "bool" ? 2 : limit;
    return {
      name,
      dtype: dtype === "f32" ? "f32" : "i32",
      shape: row,
      width: product(row),
      ...(columns === undefined ? {} : { columns }),
      ...(classes === undefined ? {} : { classes }),
      ...(below === undefined ? {} : { limit: below }),
    };
  });
  const names = target === undefined ? undefined : valuesOf(fitted.columns, target.input);
  const classes = target?.kind === "classes" ? valuesOf(fitted.classes, target.input) : undefined;
  const outputs = model.results.map(({ name, dtype, shape }): OutputField => {
    const row = rowShape(shape, name);
    const width = product(row);
    const scores = target?.kind === "classes" && dtype === "f32" && row.length === 1 && width > 1;
    return {
      name,
      shape: row,
      width,
      ...(scores ? { classes: Array.from({ length: width }, (_, id) => classes?.[id] ?? String(id)) } : {}),
    };
  });
  return { model, inputs, outputs, target: names?.length === 1 ? (names[0] ?? "output") : "output" };
}

/** The sizes behind the batch's. */
function rowShape(shape: HostModel["inputs"][number]["shape"], name: string): readonly number[] {
  return shape.slice(1).map((size) => {
    const value = constantValue(size);
    if (value === undefined)
      throw new UsageError(
        `expected rows of one size for ${name}, found [${shape.map(({ key }) => key).join(", ")}]; --dim ${size.key}=8 says that ${size.key} is 8`,
      );
    return value;
  });
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}
