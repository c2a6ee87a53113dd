/** The texts that targets print: what they look like, that real tools take them, and that no user's name breaks out of them. */
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { functions } from "../../compiler/loops/functions.ts";
import type { ElementType } from "../../compiler/loops/types.ts";
import { Names, fileName, legalName, oneLine } from "../../compiler/program/names.ts";
import type { Expression, Program, ScheduledKernel, Statement } from "../../compiler/program/types.ts";
import { emitTypescript } from "../../targets/typescript/index.ts";
import { identifiers as javascript } from "../../targets/typescript/context.ts";
import { emitWasm } from "../../targets/wasm/index.ts";
import { identifiers as wat } from "../../targets/wasm/context.ts";
import {
  N,
  assign,
  at,
  binary,
  cast,
  compare,
  define,
  kernelOf,
  literal,
  load,
  loop,
  parameter,
  programOf,
  select,
  store,
  tiledMatmul,
  unary,
  variable,
} from "./programs.ts";
import { program as loops } from "../program/loops.ts";
import { awkward, awkwardProgram, awkwardSources } from "./awkward.ts";
import { runTypescript, runWasm, textOf } from "./run.ts";

const source = `model Digits(image: [N, 64]) {
  /// Hidden layer.
  image |> dense(32, relu)
}
`;

const sources = new Map([["digits.nn", source]]);

function denseRelu(): ScheduledKernel {
  const body: readonly Statement[] = [
    define("sum", literal(0), true),
    loop("f", 64, [
      assign(
        "sum",
        binary("add", variable("sum"), binary("mul", load("x", at({ n: 64, f: 1 })), load("w", at({ f: 32, u: 1 })))),
      ),
    ]),
    define("biased", binary("add", variable("sum"), load("b", at({ u: 1 })))),
    store(
      "y",
      at({ n: 32, u: 1 }),
      select(compare("lessEqual", variable("biased"), literal(0)), literal(0), variable("biased")),
    ),
  ];
  const from = source.indexOf("dense");
  return kernelOf(
    "dense_relu",
    [parameter("x", "read"), parameter("w", "read"), parameter("b", "read"), parameter("y", "write")],
    [loop("n", N, [loop("u", 32, body)], { role: "parallel" })],
    { dims: ["N"], origins: [{ span: { file: "digits.nn", from, to: from + 5 }, path: "Digits.dense" }] },
  );
}

const dense = programOf(denseRelu(), { x: 64 * 64, w: 2048, b: 32, y: 64 * 32 });

/** The lines from the one that holds `first` up to the first that is `last`. */
function excerpt(text: string, first: string, last: string): string {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.includes(first));
  return lines.slice(start, lines.indexOf(last, start) + 1).join("\n");
}

describe("a kernel as TypeScript", () => {
  it("reads like code that a person wrote", () => {
    expect(excerpt(textOf(emitTypescript(dense, sources), "hand.ts"), " * Hidden layer", "}")).toMatchInlineSnapshot(`
      " * Hidden layer.
       * Digits.dense (digits.nn:3:12): image |> dense(32, relu)
       */
      function dense_relu(x: Float32Array, w: Float32Array, b: Float32Array, y: Float32Array, N: number): void {
        for (let i = 0; i < N; i++) {
          const row = i * 64;
          const yRow = i * 32;
          for (let j = 0; j < 32; j++) {
            let sum = 0;
            for (let k = 0; k < 64; k++) {
              sum = fround(sum + fround(x[row + k]! * w[k * 32 + j]!));
            }
            const biased = fround(sum + b[j]!);
            y[yRow + j] = biased <= 0 ? 0 : biased;
          }
        }
      }"
    `);
  });
});

describe("a kernel as WebAssembly text", () => {
  it("keeps names and lines of the source, and moves pointers instead of computing addresses", () => {
    expect(excerpt(textOf(emitWasm(dense, sources), "hand.wat"), ";; Hidden layer", "")).toMatchInlineSnapshot(`
      "  ;; Hidden layer.
        ;; Digits.dense (digits.nn:3:12): image |> dense(32, relu)
        (func $dense_relu (param $x i32) (param $w i32) (param $b i32) (param $y i32) (param $N i32)
          (local $sum f32) (local $x.i i32) (local $x.k i32) (local $w.j i32) (local $w.k i32) (local $x.k.end i32)
          (local $b.j i32) (local $biased f32) (local $y.i i32) (local $y.j i32) (local $w.j.end i32)
          (local $x.i.end i32)
          (local.set $x.i (local.get $x))
          (local.set $y.i (local.get $y))
          (local.set $x.i.end (i32.add (local.get $x.i) (i32.shl (local.get $N) (i32.const 8))))
          (loop $i
            (local.set $w.j (local.get $w))
            (local.set $b.j (local.get $b))
            (local.set $y.j (local.get $y.i))
            (local.set $w.j.end (i32.add (local.get $w.j) (i32.const 128)))
            (loop $j
              (local.set $sum (f32.const 0))
              (local.set $x.k (local.get $x.i))
              (local.set $w.k (local.get $w.j))
              (local.set $x.k.end (i32.add (local.get $x.k) (i32.const 256)))
              (loop $k
                (local.set $sum
                  (f32.add (local.get $sum) (f32.mul (f32.load (local.get $x.k)) (f32.load (local.get $w.k)))))
                (local.set $w.k (i32.add (local.get $w.k) (i32.const 128)))
                (br_if $k (i32.lt_u (local.tee $x.k (i32.add (local.get $x.k) (i32.const 4))) (local.get $x.k.end))))
              (local.set $biased (f32.add (local.get $sum) (f32.load (local.get $b.j))))
              (f32.store
                (local.get $y.j)
                (select (f32.const 0) (local.get $biased) (f32.le (local.get $biased) (f32.const 0))))
              (local.set $b.j (i32.add (local.get $b.j) (i32.const 4)))
              (local.set $y.j (i32.add (local.get $y.j) (i32.const 4)))
              (br_if $j (i32.lt_u (local.tee $w.j (i32.add (local.get $w.j) (i32.const 4))) (local.get $w.j.end))))
            (local.set $y.i (i32.add (local.get $y.i) (i32.const 128)))
            (br_if $i (i32.lt_u (local.tee $x.i (i32.add (local.get $x.i) (i32.const 256))) (local.get $x.i.end)))))
      "
    `);
  });
});

/** One kernel with every operator, constant and statement. */
function everything(): Program {
  const f = load("x", at({ i: 1 }));
  const n = load("n", at({ i: 1 }), "i32");
  const flag = load("flags", at({ i: 1 }), "bool");
  const numbers = [0, -0, 0.1, -1, 1e-45, 3.4028234663852886e38, Infinity, -Infinity, NaN].map((value) =>
    literal(value),
  );
  const compared = (["equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual"] as const).flatMap(
    (operator) => [
      compare(operator, f, literal(1)),
      compare(operator, n, literal(-1, "i32")),
      ...numbers.map((value) => compare(operator, f, value)),
    ],
  );
  const floats = (["add", "sub", "mul", "div", "maximum", "greatest", "minimum"] as const).map((operator) =>
    binary(operator, f, literal(-2)),
  );
  const unaries = (["neg", "abs", "floor", "sqrt"] as const).map((operator) => unary(operator, unary("neg", f)));
  const called = functions.map(({ name, parameters, dtype }): Expression => ({
    kind: "call",
    function: name,
    arguments: parameters.map((own) => (own.dtype === "f32" ? f : n)),
    type: { dtype, lanes: 1 },
  }));
  const integers = (
    [
      "add",
      "sub",
      "mul",
      "mod",
      "maximum",
      "minimum",
      "and",
      "or",
      "xor",
      "shiftLeft",
      "shiftRight",
      "shiftRightUnsigned",
    ] as const
  ).map((operator) => binary(operator, n, literal(-3, "i32")));
  const bools = (["and", "or", "xor"] as const).map((operator) => binary(operator, flag, literal(1, "bool")));
  const bits = unary("unbits", unary("bits", f, "i32"), "f32");
  const casts = (["f32", "i32", "bool"] as const).flatMap((dtype) => [f, n, flag].map((value) => cast(dtype, value)));
  const stored = (value: Expression): Statement => store(bufferFor[value.type.dtype], at({ i: 1 }), value);
  const values = [
    ...numbers,
    ...compared,
    ...floats,
    ...unaries,
    ...called,
    ...integers,
    ...bools,
    ...casts,
    bits,
    unary("not", flag),
    unary("neg", n),
    unary("abs", n),
  ];
  const constants = [
    define("one", literal(1)),
    define("same", compare("equal", variable("one"), literal(2))),
    stored(variable("same", "bool")),
  ];
  const parameters = [parameter("x", "update"), parameter("n", "update", "i32"), parameter("flags", "update", "bool")];
  const body = [
    loop("i", 4, [
      ...constants,
      ...values.map(stored),
      { kind: "if", condition: flag, whenTrue: [stored(f)], otherwise: [stored(n)] },
    ]),
  ];
  return programOf(
    kernelOf("everything", parameters, body, { arrays: [{ name: "row", dtype: "bool", elements: 3 }] }),
    { x: 4, n: 4, flags: 4 },
    { functions },
  );
}

const bufferFor: Readonly<Record<ElementType, string>> = { f32: "x", i32: "n", bool: "flags" };

/** What `tsc --strict` says of the modules, each under its name. */
function complaints(modules: ReadonlyMap<string, string>): readonly string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ES2022,
    lib: ["lib.es2022.d.ts"],
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, version) => {
    const text = modules.get(name);
    return text === undefined ? read(name, version) : ts.createSourceFile(name, text, version);
  };
  return ts
    .getPreEmitDiagnostics(ts.createProgram([...modules.keys()], options, host))
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`);
}

describe("the TypeScript module", () => {
  it("passes tsc --strict", () => {
    const programs = {
      "dense.ts": dense,
      "tiled.ts": programOf(tiledMatmul(8, 8, 8, 1), { x: 64, w: 64, b: 8, y: 64 }),
      "everything.ts": everything(),
      "awkward.ts": awkwardProgram(),
      "loops.ts": loops,
    };
    const modules = Object.entries(programs).map(([name, program]): [string, string] => {
      const artifact = emitTypescript(program, awkwardSources);
      return [name, textOf(artifact, artifact.manifest.module.replace(/js$/, "ts"))];
    });
    expect(complaints(new Map(modules))).toEqual([]);
    expect(complaints(new Map([["wrong.ts", "const x: number = 'text';"]]))).toHaveLength(1);
  });

  it("refuses memory that is too small", async () => {
    const artifact = emitTypescript(dense);
    const url = `data:text/javascript;base64,${Buffer.from(textOf(artifact, "hand.js")).toString("base64")}`;
    const module = (await import(/* @vite-ignore */ url)) as { create(memory: ArrayBuffer): unknown };
    expect(() => module.create(new ArrayBuffer(8))).toThrow("expected 32896 bytes of memory, found 8");
  });
});

describe("JavaScript", () => {
  it.each([
    ["every statement", everything()],
    ["awkward names", awkwardProgram()],
    ["loops", loops],
  ])("is the TypeScript without its types: %s", (_, program) => {
    const artifact = emitTypescript(program, sources);
    const { module } = artifact.manifest;
    const options = { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 } };
    const emitted = (text: string): string => ts.transpileModule(text, options).outputText;
    const javascript = textOf(artifact, module);
    expect(emitted(javascript)).toBe(emitted(textOf(artifact, module.replace(/js$/, "ts"))));
    expect(
      ts.transpileModule(javascript, { ...options, fileName: module, reportDiagnostics: true }).diagnostics,
    ).toEqual([]);
    expect(javascript).not.toMatch(/: (number|boolean|void|Float32Array)|interface|\bView\b/);
  });
});

describe("both targets", () => {
  it("run programs with awkward names", async () => {
    const program = awkwardProgram();
    const inputs = Object.fromEntries(program.buffers.map(({ name }, n) => [name, [n, -n]]));
    const typescript = await runTypescript(program, inputs);
    const wasm = runWasm(program, inputs);
    for (const [n, name] of awkward.entries()) {
      const expected = [2 * n + 1, -2 * n + 1];
      expect(Array.from(typescript.get(`${name}'`) ?? [])).toEqual(expected);
      expect(Array.from(wasm.get(`${name}'`) ?? [])).toEqual(expected);
    }
  });

  it("print the same program as the same bytes, with a manifest that can be written as JSON", () => {
    for (const emit of [emitTypescript, emitWasm]) {
      const artifact = emit(everything());
      expect(emit(everything())).toEqual(artifact);
      expect(JSON.parse(JSON.stringify(artifact.manifest))).toEqual(artifact.manifest);
      expect(artifact.files[artifact.manifest.module]).toBeDefined();
    }
  });

  it("print every expression as a valid module of WebAssembly", () => {
    const bytes = emitWasm(everything()).files["hand.wasm"];
    expect(typeof bytes !== "string" && WebAssembly.validate(new Uint8Array(bytes))).toBe(true);
  });
});

describe("names", () => {
  it.each([
    ["dense", "dense"],
    ["Digits.dense.w", "Digits_dense_w"],
    ["class", "class_"],
    ["1st", "_1st"],
    ["", "_"],
    ["*/ alert(1)", "_alert_1_"],
    ["`${x}`", "_$_x_"],
    ["line\u2028break", "line_break"],
    ["ünïcödé", "ünïcödé"],
    ["__proto__", "__proto__"],
    ["fround", "fround_"],
  ])("%j becomes the identifier %s of JavaScript", (name, expected) => {
    expect(legalName(name, javascript)).toBe(expected);
  });

  it.each([
    ["$Digits.dense.w", "$Digits.dense.w"],
    ["$a (b)", "$a_b_"],
    ["$", "$_"],
    ["$;; x\n", "$_x_"],
    ["$日本", "$_"],
  ])("%j becomes the identifier %s of WebAssembly text", (name, expected) => {
    expect(legalName(name, wat)).toBe(expected);
  });

  it("are unique until their scope closes", () => {
    const names = new Names(javascript);
    expect([names.give("x"), names.give("x"), names.give("x.")]).toEqual(["x", "x2", "x_"]);
    names.open();
    expect([names.give(["i", "j"]), names.give(["i", "j"]), names.give(["i", "j"]), names.give("outer", 0)]).toEqual([
      "i",
      "j",
      "j2",
      "outer",
    ]);
    names.close();
    expect([names.give("i"), names.give("outer")]).toEqual(["i", "outer2"]);
    expect([names.give("x"), names.give("x"), names.give("x2")]).toEqual(["x3", "x4", "x22"]);
  });

  it("stay on one line in comments, and in the alphabet of files", () => {
    expect(oneLine("a\r\nb\u2028c\u202ed")).toBe("a b c d");
    expect(["digits", "../a b", "", "Größe", "数字"].map(fileName)).toEqual([
      "digits",
      "_a_b",
      "model",
      "Größe",
      "数字",
    ]);
  });
});
