/** Texts at random, from soups of tokens to programs cut short: diagnostics, and never a crash. */
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
const words = [
  ...vocabulary.map(spelling).filter((word) => word !== ""),
  "x",
  "N",
  "relu",
  "1",
  "0.5",
  "20%",
  '"s"',
  "// c\n",
  "/* d */",
  "/// e\n",
  "\n",
  '"',
  "/*",
  "$",
  "\u0000",
  "é",
];
const options = { seed: 20_240_601, numRuns: 300 };

/** What is wrong with the answer to a text; nothing may be. */
function complaints(text: string): readonly string[] {
  const { module, diagnostics } = parse({ name: "fuzz.nn", text });
  const shown = printModule(module) + render(diagnostics, new Map([["fuzz.nn", text]]), { colour: false });
  const spots = diagnostics.flatMap(({ labels }) => labels);
  return [
    ...(/undefined|NaN|\[object|something else/.test(shown) ? [shown] : []),
    ...spots
      .filter(({ from, to }) => !(0 <= from && from <= to && to <= text.length))
      .map(({ from, to }) => `${from}-${to}`),
  ];
}

/** A file's bytes, decoded or refused. */
function decodedComplaints(bytes: Uint8Array): readonly string[] {
  const decoded = decodeSource("fuzz.nn", bytes);
  if ("text" in decoded) return complaints(decoded.text);
  return /^NN012[23]$/.test(decoded.code) ? [] : [decoded.code];
}

const none: readonly string[] = [];

test("soups of tokens", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...words), { maxLength: 60 }), (parts) => {
      expect(complaints(parts.join(" "))).toEqual(none);
    }),
    options,
  );
});

test("soups of tokens inside a body and a train", () => {
  const soup = fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((parts) => parts.join(" "));
  fc.assert(
    fc.property(soup, soup, (a, b) => {
      expect(complaints(`block f(x: [N]) -> [N] {\n  let y = ${a}\n}\ntrain A {\n  batch: ${b}\n}`)).toEqual(none);
    }),
    options,
  );
});

test("any text, and any bytes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 80 }), (text) => {
      expect(complaints(text)).toEqual(none);
    }),
    options,
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(decodedComplaints(bytes)).toEqual(none);
    }),
    options,
  );
});

test("programs with a stretch cut out, doubled or replaced", () => {
  const place = fc.nat({ max: 2_500 });
  fc.assert(
    fc.property(
      fc.constantFrom(...programs),
      place,
      fc.nat({ max: 30 }),
      fc.constantFrom("", "cut twice", ...words),
      (program, at, length, patch) => {
        const from = Math.min(at, program.length);
        const middle = patch === "cut twice" ? program.slice(from, from + length).repeat(2) : patch;
        expect(complaints(program.slice(0, from) + middle + program.slice(from + length))).toEqual(none);
      },
    ),
    options,
  );
});

test("programs cut short anywhere", () => {
  fc.assert(
    fc.property(fc.constantFrom(...programs), fc.nat({ max: 2_500 }), (program, at) => {
      expect(complaints(program.slice(0, at))).toEqual(none);
    }),
    options,
  );
});
