import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { render } from "../../compiler/diagnostics/render.ts";
import { decodeSource } from "../../compiler/syntax/decode.ts";
import { parse } from "../../compiler/syntax/parse.ts";
import { printModule } from "../../compiler/syntax/print.ts";
import { spelling, vocabulary } from "../../compiler/syntax/tokens.ts";

const folder = new URL("./fixtures/", import.meta.url);
const programs = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8"));
const words = [...vocabulary.map(spelling).filter((word) => word !== ""), "x", "N", "relu", "1", "0.5", "20%", "\"s\"", "// c\n", "/* d */", "/// e\n", "\n", "\"", "/*", "$", "\u0000", "é"];
const options = { seed: 20_240_601, numRuns: 300 };

/** Whatever the text: a tree, diagnostics inside it, and text for both. */
function survives(text: string): void {
  const { module, diagnostics } = parse({ name: "fuzz.nn", text });
  expect(typeof printModule(module)).toBe("string");
  for (const { labels, message } of diagnostics) {
    expect(message).not.toContain("something else");
    for (const { from, to } of labels) expect(0 <= from && from <= to && to <= text.length).toBe(true);
  }
  expect(render(diagnostics, new Map([["fuzz.nn", text]]), { colour: false })).not.toMatch(/undefined|NaN|\[object/);
}

test("soups of tokens", () => {
  fc.assert(fc.property(fc.array(fc.constantFrom(...words), { maxLength: 60 }), (parts) => survives(parts.join(" "))), options);
});

test("soups of tokens inside a body and a train", () => {
  const soup = fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((parts) => parts.join(" "));
  fc.assert(fc.property(soup, soup, (a, b) => survives(`block f(x: [N]) -> [N] {\n  let y = ${a}\n}\ntrain A {\n  batch: ${b}\n}`)), options);
});

test("any text, and any bytes", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 80 }), survives), options);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const decoded = decodeSource("fuzz.nn", bytes);
      if ("text" in decoded) survives(decoded.text);
      else expect(decoded.code).toMatch(/^NN012[23]$/);
    }),
    options,
  );
});

test("programs with a stretch cut out, doubled or replaced", () => {
  const place = fc.nat({ max: 2_500 });
  fc.assert(
    fc.property(fc.constantFrom(...programs), place, fc.nat({ max: 30 }), fc.constantFrom("", "cut twice", ...words), (program, at, length, patch) => {
      const from = Math.min(at, program.length);
      const middle = patch === "cut twice" ? program.slice(from, from + length).repeat(2) : patch;
      survives(program.slice(0, from) + middle + program.slice(from + length));
    }),
    options,
  );
});

test("programs cut short anywhere have a mistake at most where they end", () => {
  fc.assert(fc.property(fc.constantFrom(...programs), fc.nat({ max: 2_500 }), (program, at) => survives(program.slice(0, at))), options);
});
