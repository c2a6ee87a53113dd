/**
 * Whose parameters are whose: a model's are its own and those of the models that it calls, wherever anybody asks. A path names
 * a model, what is below a layer, or one variable.
 */
import { push } from "../loops/push.ts";
import type { Session, VariableRecord } from "./session.ts";

/** The model and every model that it calls, itself or through others. */
export function modelsOf(model: string, { callees }: Session): ReadonlySet<string> {
  const found = new Set([model]);
  for (const name of found) for (const callee of callees.get(name) ?? []) found.add(callee);
  return found;
}

/** `M`, `M.dense` and `M.dense.w` of the last. */
function prefixesOf(name: string): readonly string[] {
  const parts = name.split(".");
  return parts.map((_, at) => parts.slice(0, at + 1).join("."));
}

/** The parameters and states of models that are known by now, under every path that names them. */
export class Ownership {
  readonly #session: Session;
  readonly #below = new Map<string, VariableRecord[]>();

  constructor(session: Session) {
    this.#session = session;
    for (const record of session.variables.values()) {
      if (record.role !== "parameter" && record.role !== "state") continue;
      for (const path of prefixesOf(record.name)) push(this.#below, path, record);
    }
  }

  /** What a path names; empty where there is nothing. */
  named(path: string): readonly VariableRecord[] {
    return [...modelsOf(path, this.#session)].flatMap((name) => this.#below.get(name) ?? []);
  }

  parameters(path: string): readonly VariableRecord[] {
    return this.named(path).filter(({ role }) => role === "parameter");
  }

  /** Every path that names a parameter. */
  get paths(): readonly string[] {
    return [...this.#below].flatMap(([path, below]) => (below.some(({ role }) => role === "parameter") ? [path] : []));
  }
}
