/** The memory of the benchmark's networks: near what any order of their kernels needs, and packed without loss. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { front, Log } from "../../compiler/front.ts";
import { buildProgram } from "../../compiler/middle.ts";
import type { Plan } from "../../compiler/plan/plan.ts";
import { javascript, simd, type Machine } from "../../compiler/schedule/machine.ts";

/** How many times what any order needs each network takes at most; WebAssembly keeps rows of Winograd's tiles private. */
const workloads: readonly (readonly [string, number])[] = [
  ["W1", 1.06],
  ["W2", 1.05],
  ["W3", 1.11],
  ["W4", 1.02],
  ["W5", 1.15],
  ["W7", 1.05],
];
const machines: Readonly<Record<string, Machine>> = { typescript: javascript, wasm: simd };

function planOf(name: string, machine: Machine): Required<Plan> {
  const log = new Log();
  const file = new URL(`../../bench/workloads/${name}.nn`, import.meta.url);
  const elaboration = front.run({ name, source: readFileSync(file, "utf8") }, { front: {}, log, verify: false });
  const { plan } = buildProgram(elaboration, machine, {
    verify: false,
    compared: true,
    outline: machine === javascript,
  });
  return { leastOfAnyOrder: Number.NaN, ...plan };
}

const cases = workloads.flatMap(([name, times]) => Object.keys(machines).map((target) => ({ name, target, times })));

test.each(cases)(
  "$name on $target takes at most $times times what any order needs",
  ({ name, target, times }) => {
    const { arenaBytes, lowerBound, leastOfAnyOrder } = planOf(name, machines[target]);
    expect(arenaBytes / leastOfAnyOrder).toBeLessThanOrEqual(times);
    expect(arenaBytes / lowerBound).toBeLessThanOrEqual(1.01);
  },
  60_000,
);
