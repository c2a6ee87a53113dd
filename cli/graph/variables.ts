/** The names of what lives in a program, in pieces: where they stand in a picture, and how they are called there. */
import type { InputRole } from "../../compiler/graph/types.ts";

export interface VariableName {
  /** Of what an optimizer keeps for a parameter: what it calls it. */
  readonly kept: string | undefined;
  /** The path of the parameter, or of whatever it is. */
  readonly parts: readonly string[];
}

/** `optimizer.main.v.Digits.dense.w` is what `main` keeps as `v` for `Digits.dense.w`. */
export function variableName(name: string): VariableName {
  const [, kept, variable = name] = /^optimizer\.[^.]*\.([^.]*)\.(.*)$/s.exec(name) ?? [];
  return { kept, parts: variable.split(".") };
}

/** In the group of its layer, or of its parameter: `w`, `v`. */
export function nameInside({ kept, parts }: VariableName): string {
  return kept ?? parts.at(-1) ?? "";
}

/** Where no group says which layer it is of: `dense.w`, `v of dense.w`. */
export function nameOutside({ kept, parts }: VariableName): string {
  const short = parts.slice(-2).join(".");
  return kept === undefined ? short : `${kept} of ${short}`;
}

/** The path of the group that it stands in: a parameter in its layer, what is kept for it and its new value beside the operations that move it. */
export function groupOf({ kept, parts }: VariableName, role: InputRole, isNew = false): string {
  if (role === "input" || role === "counter") return "";
  const isMoved = kept !== undefined || (isNew && role === "parameter");
  return parts.slice(0, isMoved ? undefined : -1).join(".");
}
