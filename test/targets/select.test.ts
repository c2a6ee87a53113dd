/**
 * Choices in four lanes: which instructions each form becomes, and that its bits are those of a plain choice in one lane: of zeros of both signs,
 * infinities, numbers too small to be normal and NaNs, too.
 */
import { describe, expect, it } from "vitest";
import type { Comparison, ElementType } from "../../compiler/loops/types.ts";
import type { Expression, Program } from "../../compiler/program/types.ts";
import { emitWasm } from "../../targets/wasm/index.ts";
import { pairs } from "./operators.ts";
import { at, compare, define, kernelOf, literal, load, loop, parameter, programOf } from "./programs.ts";
import { select, store, unary, variable } from "./programs.ts";
import { bitsOf, runWasm, textOf } from "./run.ts";

/** What is chosen of two named values and a number in as many lanes. */
type Make = (a: Expression, b: Expression, number: (value: number) => Expression) => Expression;

interface Form {
  readonly name: string;
  readonly text: string;
  readonly make: Make;
  readonly dtype?: ElementType;
}

const neg = (value: Expression): Expression => unary("neg", value);
const by =
  (operator: Comparison, whenTrue: "a" | "b", otherwise: "a" | "b"): Make =>
  (a, b) => {
    const chosen = { a, b };
    return select(compare(operator, a, b), chosen[whenTrue], chosen[otherwise]);
  };

const [less, zeros, halves] = ["(f32x4.lt $a $b)", "(v128.const f32x4 0 0 0 0)", "(v128.const f32x4 0.5 0.5 0.5 0.5)"];
const signs = "(v128.const f32x4 -0 -0 -0 -0)";

const forms: readonly Form[] = [
  { name: "x or 0", make: (a, b, n) => select(compare("less", a, b), a, n(0)), text: `(v128.and $a ${less})` },
  { name: "0 or x", make: (a, b, n) => select(compare("less", a, b), n(0), a), text: `(v128.andnot $a ${less})` },
  {
    name: "x or −0",
    make: (a, b, n) => select(compare("less", a, b), a, n(-0)),
    text: `(v128.bitselect $a ${signs} ${less})`,
  },
  {
    name: "−x or x",
    make: (a, b) => select(compare("less", a, b), neg(b), b),
    text: `(v128.xor $b (v128.and ${less} ${signs}))`,
  },
  {
    name: "x or −x",
    make: (a, b) => select(compare("less", a, b), a, neg(a)),
    text: `(v128.xor $a (v128.andnot ${signs} ${less}))`,
  },
  {
    name: "−x or another",
    make: (a, b) => select(compare("less", a, b), neg(a), b),
    text: `(v128.bitselect (f32x4.neg $a) $b ${less})`,
  },
  { name: "a where a < b, else b", make: by("less", "a", "b"), text: "(f32x4.pmin $b $a)" },
  { name: "b where a < b, else a", make: by("less", "b", "a"), text: "(f32x4.pmax $a $b)" },
  { name: "a where a > b, else b", make: by("greater", "a", "b"), text: "(f32x4.pmax $b $a)" },
  { name: "b where a > b, else a", make: by("greater", "b", "a"), text: "(f32x4.pmin $a $b)" },
  {
    name: "a where a < 0.5, else 0.5",
    make: (a, _, n) => select(compare("less", a, n(0.5)), a, n(0.5)),
    text: `(f32x4.pmin ${halves} $a)`,
  },
  {
    name: "a where a < 0, else −0",
    make: (a, _, n) => select(compare("less", a, n(0)), a, n(-0)),
    text: `(v128.bitselect $a ${signs} (f32x4.lt $a ${zeros}))`,
  },
  {
    name: "a where a ≤ b, else b: of equal ones the first",
    make: by("lessEqual", "a", "b"),
    text: "(v128.bitselect $a $b (f32x4.le $a $b))",
  },
  {
    name: "a where a ≥ b, else b",
    make: by("greaterEqual", "a", "b"),
    text: "(v128.bitselect $a $b (f32x4.ge $a $b))",
  },
  {
    name: "a where it is a NaN, else b",
    make: (a, b) => select(compare("notEqual", a, a), a, b),
    text: "(v128.or $b (f32x4.ne $a $a))",
  },
  {
    name: "b where a is a NaN, else a",
    make: (a, b) => select(compare("notEqual", a, a), b, a),
    text: "(v128.bitselect $b $a (f32x4.ne $a $a))",
  },
  {
    name: "a where it is no b, else b",
    make: by("notEqual", "a", "b"),
    text: "(v128.bitselect $a $b (f32x4.ne $a $b))",
  },
  {
    name: "the lesser of integers",
    dtype: "i32",
    make: by("less", "a", "b"),
    text: "(v128.bitselect $a $b (i32x4.lt_s $a $b))",
  },
  {
    name: "an integer or 0",
    dtype: "i32",
    make: (a, b, n) => select(compare("less", a, b), a, n(0)),
    text: "(v128.and $a (i32x4.lt_s $a $b))",
  },
];

/** y[i] = make(a[i], b[i]), both under a name of their own. */
function programFor({ make, dtype = "f32" }: Form, lanes: 1 | 4): Program {
  const [a, b] = (["a", "b"] as const).map((name) => variable(name, dtype, lanes));
  const read = (buffer: string): Expression => load(buffer, at({ i: 1 }), dtype, lanes);
  const elements = pairs(dtype).a.length;
  const body = [
    define("a", read("p")),
    define("b", read("q")),
    store(
      "y",
      at({ i: 1 }),
      make(a, b, (value) => literal(value, dtype, lanes)),
    ),
  ];
  const parameters = [parameter("p", "read", dtype), parameter("q", "read", dtype), parameter("y", "write", dtype)];
  const kernel = kernelOf("choose", parameters, [loop("i", elements, body, { step: lanes })]);
  return programOf(kernel, { p: elements, q: elements, y: elements });
}

/** What is stored, in one line, names without their `local.get`. */
function storedIn(program: Program): string | undefined {
  const text = textOf(emitWasm(program), "hand.wat").replaceAll(/\(local\.get (\$[^)]+)\)/g, "$1");
  return /\(v128\.store \$\S+ (.*?)\) \(local\.set/.exec(text.replaceAll(/\s+/g, " "))?.[1];
}

describe("a choice in four lanes", () => {
  it.each(forms)("$name", (form) => {
    expect(storedIn(programFor(form, 4))).toBe(form.text);
    const { a: p, b: q } = pairs(form.dtype ?? "f32");
    const [plain, vector] = ([1, 4] as const).map((lanes) => runWasm(programFor(form, lanes), { p, q }).get("y"));
    expect(bitsOf(vector ?? new Float32Array())).toEqual(bitsOf(plain ?? new Float32Array()));
  });

  it("is a plain choice in one lane, whatever its form", () => {
    for (const form of forms) expect(textOf(emitWasm(programFor(form, 1)), "hand.wat")).toMatch(/\(select\s/);
  });
});
