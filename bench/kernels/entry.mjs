/**
 * A case's kernel as a call: what `compile` makes of its source for WebAssembly, on one thread, called without the runtime around it, so
 * that nothing is copied in or out within the time. What it reads stands in its memory beforehand.
 */
import { alone } from "../../scripts/lib/alone.mjs";
import { generator } from "../peers/workloads.mjs";

const entry = "predict.K";

/**
 * `{ call, check, kernels }`: `check` throws where the answer holds what is no number, or nothing but zeros; `kernels` is how many the entry is
 * made of. Throws where the case does not compile.
 */
export function openEntry(compile, { name, source, bounds, options = {} }) {
  const result = compile({ name: `${name}.nn`, source }, { target: "wasm", bounds, ...options });
  if (!result.ok) {
    const [{ code, message }] = result.diagnostics;
    throw new Error(`${name} does not compile: ${code} ${message}`);
  }
  const { manifest } = result.artifact;
  const { entries, memory } = alone(result.artifact);
  const viewOf = ({ offset, bytes }) => new Float32Array(memory.buffer, offset, bytes / 4);
  const buffers = (...roles) => manifest.buffers.filter(({ role }) => roles.includes(role)).map(viewOf);
  const next = generator(7);
  for (const values of buffers("input", "parameter")) for (let i = 0; i < values.length; i++) values[i] = next() - 0.5;
  const dims = manifest.entries.find((one) => one.name === entry).dims.map((dim) => bounds[dim]);
  const call = () => entries[entry](...dims);
  const check = () => {
    for (const values of buffers("result"))
      if (!values.every(Number.isFinite) || values.every((value) => value === 0))
        throw new Error(`${name} answers what is no number, or nothing but zeros`);
  };
  const { steps } = result.built.program.entries.find((one) => one.name === entry);
  return { call, check, kernels: countOf(steps) };
}

/** How many calls stand in the steps, those in loops once. */
function countOf(steps) {
  return steps.reduce((count, step) => count + (step.kind === "loop" ? countOf(step.steps) : 1), 0);
}
