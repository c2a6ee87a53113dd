/** What `nnc graph` is asked for, as far as it can be shown together: what has no effect is refused. */
import path from "node:path";
import { UsageError } from "../exit.ts";
import { requireOutputForForce } from "../outputs.ts";

export type GraphForm = "svg" | "dot" | "html";

export type ViewFlags = {
  readonly out?: string;
  readonly backward: boolean;
  readonly step: boolean;
  readonly kernels: boolean;
  readonly memory: boolean;
  readonly model?: string;
  readonly depth?: number;
  readonly force: boolean;
};

const forms: readonly GraphForm[] = ["svg", "dot", "html"];

/** What the name of the file says; undefined where there is none. Throws a UsageError. */
export function formOf({ out, memory }: ViewFlags): GraphForm | undefined {
  if (out === undefined) return undefined;
  const form = forms.find((one) => path.extname(out).toLowerCase() === `.${one}`);
  if (form === undefined)
    throw new UsageError(`--out: expected a file that ends in .svg, .html or .dot, found ${JSON.stringify(out)}`);
  if (form === "dot" && memory)
    throw new UsageError(
      `--memory: expected a file that ends in .svg or .html, found ${JSON.stringify(out)}: Graphviz draws graphs, and buffers over time are none`,
    );
  return form;
}

/** Throws a UsageError. */
export function requireTogether({ out, force, backward, step, kernels, memory, model, depth }: ViewFlags): void {
  requireOutputForForce(force, out);
  if (backward && step)
    throw new UsageError("expected --backward or --step, found both: the step has the backward pass in it");
  if (kernels && memory) throw new UsageError("expected --kernels or --memory, found both");
  if (backward && (kernels || memory)) {
    const other = kernels ? "--kernels" : "--memory";
    throw new UsageError(
      `--backward: expected --step ${other}, found --backward ${other}: the backward pass runs within the training step`,
    );
  }
  if (model !== undefined && (step || backward))
    throw new UsageError(
      `--model: expected --label to choose a train for ${step ? "--step" : "--backward"}, found ${JSON.stringify(model)}`,
    );
  if (depth !== undefined && memory) throw new UsageError("--depth: expected a picture with groups, found --memory");
  if (depth !== undefined && out === undefined)
    throw new UsageError("--depth: expected -o and a file beside it, found none: the outline shows all levels");
}
