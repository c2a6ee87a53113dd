/** What the promise of equal bits says of a NaN: where one target has one, the other has, of whichever sign. */
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";

const calls = ["softplus(y)", "sigmoid(y)", "y ** -0.5", "y ** 3.5", "relu(y)", "-y", "abs(y)", "sin(y)", "softmax(y)"];
const source = calls
  .map((call, at) => `model M${at}(x: [N, 3]) -> [N, 3] {\n  let y = sqrt(x)\n  return ${call}\n}`)
  .join("\n");

async function answers(target: "typescript" | "wasm"): Promise<readonly (readonly number[])[]> {
  const result = compile({ name: "main.nn", source }, { target, bounds: { N: 2 } });
  if (!result.ok) throw new Error(result.diagnostics[0]?.message);
  const net = await load(result.artifact);
  const x = Float32Array.of(-1, 0.5, -2, 4, 1e-30, 9);
  return calls.map((_, at) => [...(net.predictSync(`M${at}`, { x })[0]?.data ?? [])]);
}

test("it stays one through every function, and all else has the same bits", async () => {
  const [script, binary] = [await answers("typescript"), await answers("wasm")];
  expect(binary).toEqual(script);
  for (const [at, call] of calls.entries())
    expect([call, script[at]?.map(Number.isNaN)]).toEqual([
      call,
      call === "softmax(y)" ? [true, true, true, false, false, false] : [true, false, true, false, false, false],
    ]);
});
