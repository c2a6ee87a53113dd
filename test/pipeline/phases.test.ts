/** The pipeline as a list: which phases there are, that each is verified and printed, and whom an error names. */
import { describe, expect, test } from "vitest";
import { pipeline } from "../../compiler/compile.ts";
import { InternalError, NncError } from "../../compiler/diagnostics/diagnostic.ts";
import { Log, front } from "../../compiler/front.ts";
import { middle } from "../../compiler/middle.ts";
import { begin, Rejected, type Phase, type Watch } from "../../compiler/phase.ts";
import { simd } from "../../compiler/schedule/machine.ts";

const source = `
  model Net(x: [N, 2]) -> [N, 1] = x |> dense(1)
  train Net { data: given  loss: mse  optimizer: adam(lr: 0.1)  batch: 4  epochs: 1 }
`;

function run(text: string, watch: Partial<Watch> = {}) {
  const log = new Log();
  const form = { machine: simd, target: "wasm", relaxed: false, compact: false } as const;
  const context = { front: {}, log, verify: true, ...form, ...watch } as const;
  return { log, run: () => pipeline.run({ name: "net.nn", source: text }, context) };
}

const number: Phase<string, number, { readonly base: number }> = {
  name: "number",
  run: (text, { base }) => Number.parseInt(text, base),
  verify: (value, text) => (Number.isNaN(value) ? [`'${text}' is no number`] : []),
  print: (value) => `number ${value}`,
};

const half: Phase<number, number, unknown> = {
  name: "half",
  run: (value) => {
    if (value % 2 === 1) throw new RangeError("odd");
    if (value === 0) throw new Rejected();
    return value / 2;
  },
  verify: () => [],
  print: (value) => `half ${value}`,
};

const halves = begin(number).to(half).join(begin(half));

describe("the pipeline", () => {
  test("is these phases in this order, its stretches among them", () => {
    expect(pipeline.phases.join(" ")).toBe("parse analyse elaborate passes lower fuse segments schedule plan emit");
    expect([...front.phases, ...middle.phases, "emit"]).toEqual(pipeline.phases);
  });

  test("tells of the form after every phase, and each prints", () => {
    const texts = new Map<string, string>();
    run(source, { seen: (phase, print) => texts.set(phase, print()) }).run();
    expect([...texts.keys()]).toEqual(pipeline.phases);
    const shown: readonly (readonly [string, string])[] = [
      ["parse", "model Net(x: [N 2]) -> [N 1]"],
      ["analyse", "model Net\ntrain Net"],
      ["elaborate", '%0 = input[dtype: "f32", name: "Net.x"'],
      ["passes", "predict.Net\n%0 = "],
      ["lower", "Σ r0 in 2 (4 lanes): Net.x[i0, r0] * Net.dense.w[r0]"],
      ["fuse", "kernel "],
      ["segments", "train_step\nkernel "],
      ["schedule", "parallel for "],
      ["plan", "peak "],
      ["emit", "(module"],
    ];
    for (const [phase, part] of shown) expect(texts.get(phase)).toContain(part);
  });

  test.each([
    // A mistake of syntax leaves the rest to be analysed.
    ["analyse", "model"],
    ["analyse", "const a = 1"],
    ["elaborate", "model Net(x: [N, 2]) -> [N, 3] = x"],
  ])("stops after %s where the source is wrong, with why in the log", (phase, text) => {
    const seen: string[] = [];
    const { log, run: go } = run(text, { seen: (name) => seen.push(name) });
    expect(go).toThrow(Rejected);
    expect(log.diagnostics.map(({ severity }) => severity)).toContain("error");
    expect(seen).toEqual(pipeline.phases.slice(0, pipeline.phases.indexOf(phase)));
  });
});

describe("a stretch", () => {
  const context = { base: 10, verify: true };

  test("gives each phase what the one before it made", () => {
    expect(halves.run("12", context)).toBe(3);
    expect(halves.run("c", { base: 16, verify: true })).toBe(3);
    expect(halves.phases).toEqual(["number", "half", "half"]);
  });

  test("names the phase whose form does not hold, where it is asked to look", () => {
    expect(() => halves.run("x", context)).toThrow(new InternalError("number", "'x' is no number"));
    expect(halves.run("x", { ...context, verify: false })).toBeNaN();
  });

  test("names the phase that threw what it should not", () => {
    expect(() => halves.run("7", context)).toThrow(new InternalError("half", "odd"));
  });

  test.each([
    ["a rejection", new Rejected()],
    ["an internal error with a phase of its own", new InternalError("simplify", "lost")],
    ["a diagnostic", new NncError({ code: "NN0002", severity: "error", message: "no", labels: [] })],
  ])("passes %s on as it is", (_, error) => {
    const throwing = begin({
      ...half,
      run: (): number => {
        throw error;
      },
    });
    expect(() => throwing.run(1, context)).toThrow(error);
  });

  test("prints a form only for who asks", () => {
    const told: string[] = [];
    halves.run("12", { ...context, seen: (phase, print) => told.push(phase === "half" ? print() : phase) });
    expect(told).toEqual(["number", "half 6", "half 3"]);
  });
});
