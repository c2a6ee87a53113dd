/** docs/scaling.md says of each workload as many parameters as it has, and of steps what was measured. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";

interface Row {
  readonly system: string;
  readonly workload: string;
  readonly threads: number;
  readonly batch: number;
  readonly medianMs?: number;
}

const root = path.resolve(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
const table = [
  ...read("docs/scaling.md").matchAll(/^\| (W\d): [^|]*\| ([\d,]+) \| (\d+) \| ([\d.]+) \| ([\d,]+) \|/gm),
].map(([, name = "", ...cells]) => ({ name, cells: cells.map((cell) => Number(cell.replaceAll(",", ""))) }));
// Written by `npm run bench:peers`.
const rows = JSON.parse(read("bench/results/peers.json")) as readonly Row[];

test("the table has six workloads", () => {
  expect(table.map(({ name }) => name)).toEqual(["W1", "W2", "W4", "W5", "W6", "W7"]);
});

test.each(table)(
  "$name",
  ({ name, cells: [parameters, batch, step = NaN, perSecond] }) => {
    const source = { name: `${name}.nn`, source: read(`bench/workloads/${name}.nn`) };
    const result = compile(source, { target: "typescript", bounds: name === "W6" ? { T: 64 } : {} });
    if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
    expect(result.artifact.manifest.host.models[0]?.parameters).toBe(parameters);
    const own = rows.find(
      ({ system, workload, threads }) => system === "nnc-wasm" && workload === name && threads === 1,
    );
    expect(own?.batch).toBe(batch);
    // In as many digits as the table has.
    expect(step / (own?.medianMs ?? NaN)).toBeCloseTo(1, 1);
    expect(((perSecond ?? NaN) * step) / 1000 / (batch ?? NaN)).toBeCloseTo(1, 1);
  },
  120_000,
);
