/** Limits of a program: at the limit it compiles, one beyond it is refused in a sentence that says the limit. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";

/** The bytes of the arena, or the first complaint. */
function compiled(source: string, options: Parameters<typeof compile>[1] = {}): string {
  const result = compile({ name: "m.nn", source }, { target: "wasm", ...options });
  if (result.ok) return `${result.artifact.manifest.arenaBytes} bytes`;
  const [{ code, message }] = result.diagnostics;
  return `${code} ${message}`;
}

describe("the arena", () => {
  // A row of input and one of output of 64 bytes each, and six counters in places of 64.
  const source = "model M(x: [N, 16]) -> [N, 16] = x * 2\n";
  test.each([
    [33554426, "4294966912 bytes"],
    [33554430, "NN0602 the program needs 4294967424 bytes of memory, expected at most 4294967296"],
  ])("of rows up to %d", (rows, expected) => {
    expect(compiled(source, { bounds: { N: rows } })).toBe(expected);
  });
});

describe("a tensor that nothing stores", () => {
  const most = 2 ** 31 - 1;
  const range = (size: number): string => `model M(x: [N]) -> [] = sum(x) + sum(f32(range(${size})))\n`;
  test("of 2147483647 elements", () => {
    expect(compiled(range(most))).toBe("960 bytes");
  });

  test("of one more", () => {
    expect(compiled(range(most + 1))).toBe(
      `NN0315 a tensor [${most + 1}]: expected at most ${most} elements, found more`,
    );
  });
});

describe("a name", () => {
  test("of a thousand letters compiles for every target", () => {
    const name = "n".repeat(1000);
    const source = `block ${name}b(${name}: [N, 2]) -> [N, 2] { param ${name}w: [2] = ones  return ${name} * ${name}w }
model ${name}M(${name}: [${name}D, 2]) -> [${name}D, 2] { let ${name}l = ${name}b(${name}) as "${name}p"  return relu(${name}l) }
`;
    for (const target of ["typescript", "wasm", "wgsl"] as const)
      expect(compiled(source, { target, bounds: { [`${name}D`]: 2 } })).toMatch(/ bytes$/);
  });
});
