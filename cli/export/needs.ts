/**
 * What the text of a module of rows must do for its model: each part stands there only where an input or an output has use for it. A page, whose form reads
 * all that is known of fields, has everything.
 */
import type { Interface } from "../../runtime/predict/interface.ts";
import type { Fitted } from "../../runtime/save/fitted.ts";
import type { Format } from "./kernels.ts";

export interface Needs {
  /** A single input, for which a list stands. */
  readonly single: boolean;
  /** Inputs that are read by columns, of words, of whole numbers, of whole numbers below a limit, and of any others. */
  readonly columns: boolean;
  readonly words: boolean;
  readonly wholes: boolean;
  readonly limits: boolean;
  readonly floats: boolean;
  /** How values become those that the kernels read; and answers those of the data. */
  readonly scaling: "none" | "scale" | "fit";
  readonly units: boolean;
  /** Outputs with classes, and with columns. */
  readonly classes: boolean;
  readonly targets: boolean;
  /** All that is known of a field, as a page wants it. */
  readonly whole: boolean;
}

export function needsIn({ inputs, outputs }: Interface, fitted: Fitted, format: Format): Needs {
  const whole = format === "html";
  const fits = inputs.flatMap(({ name }) => fitted.inputs.find((input) => input.name === name) ?? []);
  const isFit = fits.some(({ mean, deviation }) => (mean ?? deviation) !== null);
  const wholes = inputs.some(({ dtype, classes }) => dtype === "i32" && classes === undefined);
  return {
    single: inputs.length === 1,
    columns: inputs.some(({ columns }) => columns !== undefined),
    words: inputs.some(({ classes }) => classes !== undefined),
    wholes,
    limits: wholes && inputs.some(({ limit }) => limit !== undefined),
    floats: inputs.some(({ dtype, classes }) => dtype !== "i32" && classes === undefined),
    scaling: isFit ? "fit" : fits.some(({ scale }) => scale !== 1) ? "scale" : "none",
    units: whole || outputs.some(({ units }) => units !== undefined),
    classes: outputs.some(({ classes }) => classes !== undefined),
    targets: outputs.some(({ classes, columns }) => classes === undefined && columns !== undefined),
    whole,
  };
}
