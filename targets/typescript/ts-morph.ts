/**
 * ts-morph, loaded when TypeScript is first printed: it takes half a second and is too large for a page. `compile` is
 * synchronous, so it is required rather than imported; where there is no `require`, the target is refused.
 */
import type * as TsMorph from "ts-morph";
import { targetUnavailable } from "../../compiler/diagnostics/codes/targets.ts";
import { diagnose, NncError } from "../../compiler/diagnostics/diagnostic.ts";

interface Host {
  readonly process?: {
    getBuiltinModule?(name: "node:module"): { createRequire(from: string): (name: string) => unknown };
  };
}

/** Throws NncError outside Node.js. */
export function tsMorph(): typeof TsMorph {
  // The only look at the host: not `process` itself, which a page does not have.
  const { process: host } = globalThis as Host;
  const module = host?.getBuiltinModule?.("node:module");
  if (module === undefined) {
    throw new NncError(
      diagnose(targetUnavailable, { target: "typescript", needs: "Node.js 20.16 or later; in a page use wasm" }, []),
    );
  }
  // What npm installed under this name.
  return module.createRequire(import.meta.url)("ts-morph") as typeof TsMorph;
}
