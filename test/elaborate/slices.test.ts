/** Slices with a step: the elements that a list's would be, on both targets, with their gradients; and what is refused. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";
import { elaborated, show } from "./helpers.ts";

const size = 7;

/** Every slice of seven elements that holds one, with what it takes. */
const slices = [1, 2, 3, 7, 9, -1, -2, -3, -7].flatMap((step) =>
  ["", "0", "2", "6", "-1", "-7"].flatMap((from) =>
    ["", "0", "1", "5", "7", "-3"].flatMap((to) => {
      const taken = pick(from, to, step);
      return taken.length === 0 || (step < 0 && to === "7") ? [] : [{ text: `${from}:${to}:${step}`, taken }];
    }),
  ),
);

function pick(from: string, to: string, step: number): readonly number[] {
  const place = (text: string): number => (Number(text) < 0 ? Number(text) + size : Number(text));
  const taken: number[] = [];
  const start = from === "" ? (step < 0 ? size - 1 : 0) : place(from);
  const end = to === "" ? (step < 0 ? -1 : size) : place(to);
  for (let at = start; step < 0 ? at > end : at < end; at += step) taken.push(at);
  return taken;
}

async function answers(target: "typescript" | "wasm", source: string, x: Float32Array, names: readonly string[]) {
  const result = compile({ name: "main.nn", source }, { target, bounds: { N: 4 } });
  if (!result.ok) throw new Error(result.diagnostics[0]?.message);
  const net = await load(result.artifact);
  const found = await Promise.all(names.map(async (name) => (await net.predict(name, { x }))[0]));
  net.close();
  return found.map((one) => ({ shape: one?.shape, data: [...(one?.data ?? [])] }));
}

describe.each(["typescript", "wasm"] as const)("on %s", (target) => {
  test("each takes what a list's would", async () => {
    const source = slices
      .map(({ text, taken }, at) => `model M${at}(x: [N, ${size}]) -> [N, ${taken.length}] = x[:, ${text}]`)
      .join("\n");
    const x = Float32Array.from({ length: 2 * size }, (_, at) => at);
    const names = slices.map((_, at) => `M${at}`);
    const expected = slices.map(({ taken }) => ({
      shape: [2, taken.length],
      data: [...taken, ...taken.map((at) => at + size)],
    }));
    expect(await answers(target, source, x, names)).toEqual(expected);
  });

  test.each([
    [1, [1], [1]],
    [2, [1], [2, 1]],
    [3, [1, 3], [3, 2, 1]],
    [4, [1, 3], [4, 3, 2, 1]],
  ])("the rows of a batch of %i", async (rows, odd, backwards) => {
    const source = "model Odd(x: [N]) -> [_] = x[::2]\nmodel Back(x: [N]) -> [N] = x[::-1]";
    const x = Float32Array.from({ length: rows }, (_, at) => at + 1);
    const found = await answers(target, source, x, ["Odd", "Back"]);
    expect(found.map(({ data }) => data)).toEqual([odd, backwards]);
  });

  test("the gradient goes to what was taken", async () => {
    const source = `model G(x: [N, ${size}]) -> [N, ${size}] = grad(sum(x[:, 5:0:-2] ** 2), wrt: x)`;
    const [{ data }] = await answers(target, source, Float32Array.of(1, 2, 3, 4, 5, 6, 7), ["G"]);
    expect(data).toEqual([0, 4, 0, 8, 0, 12, 0]);
  });
});

describe("labels", () => {
  const told = (expression: string) => {
    const source = `model M(x: [N, C], y: [C]) -> [..] = ${expression} * y[0]`;
    return show(elaborated(source, { allowOpen: true }).diagnostics, source)[0];
  };
  test("an axis that is only turned round keeps its own, one with fewer elements has none", () => {
    expect(told("sum(x[:, ::-1], over: C)")).toBeUndefined();
    expect(told("sum(x[:, ::2], over: C)")).toMatch(/^error NN0309: no axis of \[N, .*\] is labelled `C`$/);
    expect(told("sum(x[:, :1:-1], over: C)")).toMatch(/^error NN0309: /);
  });
});

describe("what is refused", () => {
  const whole = "expected a whole number but 0, known at compile time, as the step of a slice";
  test.each([
    ["::0", `NN0308: ${whole}, found 0`, "0"],
    ["::N", `NN0308: ${whole}, found N`, "N"],
    ["::0.5", "NN0308: expected a whole number, found the number 0.5", "0.5"],
    ["1:5:-1", "NN0318: 5 lies outside a slice backwards from 1", "1:5:-1"],
    ["3:3:-1", "NN0318: 3 lies outside a slice backwards from 3", "3:3:-1"],
    ["7::-1", "NN0318: 7 lies outside an axis of size 7", "7::-1"],
    ["-8::-1", "NN0318: -8 lies outside an axis of size 7", "-8"],
    ["5:5:2", "NN0318: 5 lies outside a slice that ends before 5", "5:5:2"],
    [":9:2", "NN0318: 9 lies outside an axis of size 7", ":9:2"],
  ])("%s", (item, message, marked) => {
    const source = `model M(x: [N, ${size}]) -> [N, _] = x[:, ${item}]`;
    expect(show(elaborated(source, { allowOpen: true }).diagnostics, source)).toEqual([
      `error ${message}`,
      `  «${marked}» this`,
    ]);
  });

  test("a name that is not known, as a step", () => {
    const source = `model M(x: [N, ${size}]) -> [N, _] = x[:, ::stp]`;
    expect(show(elaborated(source, { allowOpen: true }).diagnostics, source)[0]).toMatch(/^error NN0201/);
  });
});
