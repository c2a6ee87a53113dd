/** Exported modules in other people's programs: under their compilers' options, in their pages, with what they hand over. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { compilers } from "../declarations/compilers.ts";
import { pointsProject } from "./fixture.ts";
import { exportPlace } from "../../cli/export/place.ts";
import { folderWith, nnc } from "./helpers.ts";

/** Every name and text of it could end a string, a comment or a script, or is a key with a meaning of its own. */
const awkward = `/// </script><script>alert(1)</script> <!-- */ doc
model Odd(__proto__: [N, 2], constructor: [N, 1]) -> [N, 2] =
  concat([__proto__, constructor], axis: -1) |> dense(2)   // </script> <!--

train Odd {
  data: csv("odd.csv", __proto__: ["<!--", "</script>"], constructor: "*/", target: "</SCRIPT >", standardize: true)
  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 8  epochs: 1
}
`;
const awkwardCsv = [
  "<!--,</script>,*/,</SCRIPT >",
  ...Array.from({ length: 8 }, (_, row) => `${row},${row % 3},${row % 5},${row % 2 === 0 ? "<!--" : "</script>"}`),
  "",
].join("\n");

const project = folderWith({ ...pointsProject, "odd.nn": awkward, "odd.csv": awkwardCsv });
const cwd = project.folder;

/** A command that has to succeed. */
async function run(...args: readonly string[]): Promise<void> {
  const { code, stderr } = await nnc(args, { cwd });
  if (code !== 0) throw new Error(stderr);
}

beforeAll(async () => {
  for (const [file, folder] of [
    ["points.nn", "run"],
    ["odd.nn", "odd"],
  ] as const) {
    await run("train", file, "-o", folder, "--target", "wasm");
    const params = ["--params", `${folder}/parameters.safetensors`];
    for (const format of ["ts", "js", "wasm"])
      await run("export", file, ...params, "--format", format, "-o", `${folder}-${format}`);
  }
}, 120_000);

const textOf = (...names: readonly string[]): string => readFileSync(path.join(cwd, ...names), "utf8");

/** What Node prints for a script beside the module. */
function runBeside(folder: string, script: string): string {
  writeFileSync(path.join(cwd, folder, "use.mjs"), script);
  return execFileSync(process.execPath, [path.join(folder, "use.mjs")], { cwd, encoding: "utf8" });
}

describe.each(compilers)(
  "under TypeScript %s with every strict option, and no library but ES2022's",
  (_version, check) => {
    test.each(["run-ts", "odd-ts"])("the exported module of %s has no mistake", { timeout: 60_000 }, (folder) => {
      expect(check(new Map([["/model.ts", textOf(folder, "model.ts")]]), ["/model.ts"])).toEqual([]);
    });

    test("nor has the module that `nnc build` prints, with what trains it", { timeout: 60_000 }, async () => {
      await run("build", "points.nn", "-o", "built", "--target", "typescript");
      const files = new Map(["plain.ts", "plain.d.ts"].map((name) => [`/built/${name}`, textOf("built", name)]));
      expect(check(files, ["/built/plain.ts"])).toEqual([]);
      expect(check(new Map([["/plain.d.ts", textOf("built", "plain.d.ts")]]), ["/plain.d.ts"])).toEqual([]);
    });

    test("a program that uses the declarations, with typed arrays as rows, has none", { timeout: 60_000 }, () => {
      const use = `import { predict, type Prediction } from "./model.mjs";
      export const found: readonly Prediction[] = predict([new Float32Array(2), [1, 2], { point: Float64Array.of(1, 2) }, { x: 1, y: 2 }]);
      export const side: string | undefined = found[0]?.side;`;
      const files = new Map([
        ["/model.d.mts", textOf("run-js", "model.d.mts")],
        ["/use.mts", use],
      ]);
      expect(check(files, ["/use.mts"])).toEqual([]);
    });
  },
);

describe("names and texts that could break out", () => {
  test.each([["odd-js", "model.mjs"] as const, ["odd-ts", "model.ts"] as const])(
    "nothing in %s/%s ends a script",
    (folder, file) => {
      expect(textOf(folder, file)).not.toMatch(/<\/?script|<!--/i);
    },
  );

  test("nor in the module that `nnc build` prints", async () => {
    await run("build", "odd.nn", "-o", "odd-built", "--target", "typescript");
    for (const file of ["Odd.ts", "Odd.js"]) expect(textOf("odd-built", file)).not.toMatch(/<\/?script|<!--/i);
  });

  test("an input called __proto__ and one called constructor take part, and the module's own examples agree", () => {
    expect(execFileSync(process.execPath, ["odd-js/model.mjs", "--selftest"], { cwd, encoding: "utf8" })).toBe(
      "4 examples as expected (largest difference 0)\n",
    );
    const script = `import { predict } from "./model.mjs";
      const [a] = predict([{ ["__proto__"]: [1, 2], constructor: [3] }]);
      const [b] = predict([{ "<!--": 1, "</script>": 2, "*/": 3 }]);
      const [c] = predict([JSON.parse('{"__proto__": [1, 2], "constructor": 3}')]);
      console.log(JSON.stringify([Object.keys(a), Object.keys(a.scores), JSON.stringify(a) === JSON.stringify(b), JSON.stringify(a) === JSON.stringify(c)]));
      try { predict([{ ["__proto__"]: [1, 2] }]); } catch (error) { console.log(error.message); }`;
    const [keys, missing] = runBeside("odd-js", script).trim().split("\n");
    expect(JSON.parse(keys ?? "")).toEqual([["</SCRIPT >", "scores"], ["</script>", "<!--"].sort(), true, true]);
    expect(missing).toBe('row 0: expected "*/", found none');
  });
});

test.each(["delete globalThis.process", "globalThis.process = {}", "globalThis.process = { env: {}, argv: [] }"])(
  "a module is imported under any address where a page or a bundler did this: %s",
  (done) => {
    const script = `import { writeFileSync } from "node:fs";
      ${done};
      const { predict } = await import("./model.mjs?100%");
      writeFileSync(1, predict([1.4, 0.5]).side);`;
    for (const folder of ["run-js", "run-wasm"]) expect(runBeside(folder, script)).toBe("right");
  },
);

describe("what a caller hands over", () => {
  test("typed arrays of any kind, alone, in objects and in lists, give what lists of the same numbers give", () => {
    const script = `import { predict } from "./model.mjs";
      const rows = [[1, 2], Float32Array.of(1, 2), Float64Array.of(1, 2), Int16Array.of(1, 2), { point: Uint8Array.of(1, 2) }, { point: [[1], Float32Array.of(2)] }];
      console.log(new Set(predict(rows).map((one) => JSON.stringify(one))).size);
      console.log(predict([]).length);`;
    expect(runBeside("run-js", script)).toBe("1\n0\n");
  });

  const sentences: readonly (readonly [call: string, sentence: string])[] = [
    ["predict()", "predict: expected a list of rows or a single one, found undefined"],
    ["predict(null)", "predict: expected a list of rows or a single one, found null"],
    ["predict('left')", 'predict: expected a list of rows or a single one, found "left"'],
    ["predict({ point: [1] })", "row 0: expected 2 values for point, found 1"],
    ["predict(new Map([['point', [1, 2]]]))", 'row 0: expected "x", found none'],
    ["predict([1, 2, 3])", "row 0: expected 2 values for point, found 3"],
    ["predict([1, [2]])", 'row 0: expected a list of values or an object with "point", found 1'],
    ["predict([1, 2], [])", "predict: expected a Float32Array for the answer, found a list"],
    ["predict([1, 2], new Float32Array(2))", "predict: expected typed numbers for point, found a list"],
    [
      "predict({ points: Int8Array.of(1, 2) }, new Float32Array(2))",
      "predict: expected typed numbers for point, found an object",
    ],
    [
      "predict(Float32Array.of(1, NaN), new Float32Array(2))",
      "row 0: expected a finite number for y of point, found NaN",
    ],
    ["predict([null])", 'row 0: expected a list of values or an object with "point", found null'],
    ["predict([[1, 2], 'left'])", 'row 1: expected a list of values or an object with "point", found "left"'],
    ["predict([[1, 2, 3]])", "row 0: expected 2 values for point, found 3"],
    ["predict([[1, 10n]])", "row 0: expected a finite number for y of point, found 10"],
    ["predict([[1, Symbol('s')]])", "row 0: expected a finite number for y of point, found Symbol(s)"],
    ["predict([[1, () => 1]])", "row 0: expected a finite number for y of point, found a function"],
    ["predict([[1, { a: 1 }]])", "row 0: expected a finite number for y of point, found an object"],
    ["predict([[1, NaN]])", "row 0: expected a finite number for y of point, found NaN"],
    ["predict([[1, 1e39]])", "row 0: expected a finite number for y of point, found 1e+39"],
    ["predict([[1, , 3]])", "row 0: expected 2 values for point, found 3"],
    ["predict([[1, undefined]])", "row 0: expected a finite number for y of point, found undefined"],
    ["predict([{ x: 1 }])", 'row 0: expected "y", found none'],
    ["predict([{}])", 'row 0: expected "x", found none'],
    [
      "predict([{ x: 1, y: 2 }, { x: 1, y: 2, z: 3 }])",
      'row 1: expected the keys "point", "x", "y", "side", "target", found "z", which nothing reads',
    ],
    [
      "predict([{ point: [1, 2], toString: 1 }])",
      'row 0: expected the keys "point", "x", "y", "side", "target", found "toString", which nothing reads',
    ],
    [
      "predict([{ point: [1, 2], x: 1 }])",
      'row 0: expected the keys "point", "side", "target", found "x", which nothing reads',
    ],
    ["predict([{ point: [1, 2], side: 'left', target: 'left' }]); throw new TypeError('taken')", "taken"],
    ["const a = [1]; a.push(a); predict([a])", "row 0: expected numbers, found lists in lists more than 64 deep"],
  ];

  test("one row, many rows, and typed numbers of many rows are told from each other", () => {
    const script = `import { predict } from "./model.mjs";
      const rows = Array.from({ length: 150 }, (_, at) => [at % 7, at % 5]);
      const many = predict(rows);
      const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
      const typed = Float64Array.from(rows.flat());
      const into = new Float32Array(300);
      const back = predict(typed, into);
      const named = predict({ point: typed }, new Float32Array(300));
      console.log(JSON.stringify([
        same(predict(rows[3]), many[3]), same(predict({ point: rows[3] }), many[3]), same(predict({ x: rows[3][0], y: rows[3][1] }), many[3]),
        same(predict(typed), many), same(predict(new Float32Array(0)), []), back === into, same([...named], [...into]),
        same(many.map((one) => Object.values(one.scores)), rows.map((_, at) => [...into.subarray(2 * at, 2 * at + 2)])),
      ]));`;
    for (const folder of ["run-js", "run-wasm"])
      expect(JSON.parse(runBeside(folder, script))).toEqual([true, true, true, true, true, true, true, true]);
  });

  test("typed numbers that are no whole rows, or have no room, are answered by a RangeError", () => {
    const calls = [
      "predict(new Float32Array(3))",
      "predict(new Float32Array(3), new Float32Array(2))",
      "predict(new Float32Array(4), new Float32Array(2))",
    ];
    const script = `import { predict } from "./model.mjs";
      for (const call of [${calls.map((call) => `() => ${call}`).join(", ")}])
        try { call(); console.log("taken"); } catch (error) { console.log(error.name + ": " + error.message); }`;
    expect(runBeside("run-js", script).trim().split("\n")).toEqual([
      "RangeError: predict: expected 2 numbers a row for point, found 3 in all",
      "RangeError: predict: expected 2 numbers a row for point, found 3 in all",
      "RangeError: predict: expected room for 4 numbers, found 2",
    ]);
  });

  test("what does not fit is answered by a sentence", () => {
    const calls = sentences.map(([call]) => `() => { ${call}; }`).join(",\n");
    const script = `import { predict } from "./model.mjs";
      for (const call of [${calls}])
        try { call(); console.log("taken"); } catch (error) { console.log(error.name + ": " + error.message); }`;
    const found = runBeside("run-js", script).trim().split("\n");
    expect(found).toEqual(sentences.map(([, sentence]) => `TypeError: ${sentence}`));
  });
});

test("whole numbers without a limit may be negative in an exported module, and others are told their range", async () => {
  const small = folderWith({
    "package.json": "{}",
    "d.csv": "k,y\n1,2\n-3,4\n",
    "n.nn": `model Count(k: i32[N]) -> [N] {
  param w: [] = ones
  return f32(k) * w
}
train Count { data: csv("d.csv", target: "y")  loss: mse  optimizer: sgd(lr: 1e-30)  batch: 2  epochs: 1 }
`,
  });
  const { stderr } = await nnc(["train", "n.nn", "-o", "run"], { cwd: small.folder });
  expect(stderr.split("\n")[0]).toBe("Count: 1 parameter, 2 rows, 1 epoch of 1 step");
  await nnc(["export", "n.nn", "--params", "run/parameters.safetensors", "--format", "js", "-o", "out"], {
    cwd: small.folder,
  });
  const module = await import(pathToFileURL(path.join(small.folder, "out/model.mjs")).href);
  expect(module.predict([[-3], [2147483647]])).toEqual([{ y: -3 }, { y: 2147483648 }]);
  expect(() => module.predict([[2147483648]])).toThrow(
    "row 0: expected a whole number of 32 bits for k, found 2147483648",
  );
});

describe("words that training had", () => {
  const colours = (column: readonly string[], count: number) =>
    folderWith({
      "package.json": "{}",
      "d.csv": `c,y\n${column.map((word, row) => `${word},${row}\n`).join("")}`,
      "n.nn": `model Pick(c: i32[N]) -> [N] = sum(embedding(c, ${count}, 1), axis: -1)
train Pick { data: csv("d.csv", target: "y")  loss: mse  optimizer: sgd(lr: 0.1)  batch: 2  epochs: 1 }
`,
    });
  const exported = async (folder: string) => {
    await nnc(["train", "n.nn", "-o", "run"], { cwd: folder });
    const args = ["--params", "run/parameters.safetensors", "--format", "js", "-o", "out"];
    await nnc(["export", "n.nn", ...args], { cwd: folder });
    const place = path.join(folder, "out/model.mjs");
    expect(execFileSync(process.execPath, [place, "--selftest"], { encoding: "utf8" })).toContain(
      " examples as expected",
    );
    const { predict } = (await import(pathToFileURL(place).href)) as { predict: (rows: readonly unknown[]) => unknown };
    return predict;
  };

  test("are taken, and nothing in their place", async () => {
    const { folder } = colours(["red", "blue"], 2);
    const predict = await exported(folder);
    expect(predict([["red"]])).toEqual(predict([{ c: "red" }]));
    for (const [value, found] of [
      ["green", '"green"'],
      [1, "1"],
      [true, "true"],
    ])
      expect(() => predict([{ c: value }])).toThrow(
        `row 0: expected one of the classes "blue", "red" for c, found ${found}`,
      );
  });

  test("truth values are, also of a column as Python writes it; of many a few are told", async () => {
    const truths = colours(["True", "False"], 2);
    const predict = await exported(truths.folder);
    expect(predict([[true], [false]])).toEqual(predict([["True"], ["False"]]));
    const many = colours("abcdefghij".split(""), 12);
    const predictMany = await exported(many.folder);
    expect(() => predictMany([["z"]])).toThrow('"g", "h" and 2 more for c, found "z"');
  });

  const both = `model Both(c: i32[N], x: [N, 2]) -> [N] = sum(embedding(c, 2, 1), axis: -1) + sum(x, axis: -1)
train Both { data: csv("d.csv", c: "a", x: ["x", "y"], target: "t")  loss: mse  optimizer: sgd(lr: 0.1)  batch: 2  epochs: 1 }
`;
  const pair = `model Pair(c: i32[N, 2]) -> [N] = sum(sum(embedding(c, 3, 1), axis: -1), axis: -1)
train Pair { data: csv("d.csv", c: ["a", "b"], target: "t")  loss: mse  optimizer: sgd(lr: 0.1)  batch: 2  epochs: 1 }
`;
  const one = `model Pair(c: i32[N]) -> [N] = sum(embedding(c, 3, 1), axis: -1)
train Pair { data: csv("d.csv", c: "a", target: "t")  loss: mse  optimizer: sgd(lr: 0.1)  batch: 2  epochs: 1 }
`;
  test.each([
    ["one word", one, '[ "blue" ]'],
    ["words", pair, '[ "blue", …1 more… ]'],
    ["a word and numbers", both, '{ "c": "blue", "x": [ …2 numbers… ] }'],
    [
      "a number",
      both.replace("x: [N, 2]", "x: [N, 1]").replace('["x", "y"]', '"x"'),
      '{ "c": "blue", "x": …1 number… }',
    ],
  ])("stand in the example of the declarations, which can be called: %s", async (_title, source, row) => {
    const rows = "red,blue,1,2,0\nblue,red,3,4,1\n";
    const { folder } = folderWith({ "package.json": "{}", "d.csv": `a,b,x,y,t\n${rows}`, "n.nn": source });
    const predict = await exported(folder);
    const text = readFileSync(path.join(folder, "out/model.d.mts"), "utf8");
    expect(text).toContain(`const [first] = predict([${row}]);`);
    const filled = row.replace("…1 more…", '"red"').replace("…2 numbers…", "1, 2").replace("…1 number…", "1");
    expect(predict([JSON.parse(filled)])).toHaveLength(1);
    // Typed numbers stand for no words.
    expect(text).not.toContain("into: Float32Array");
  });
});

describe("answers as `nnc predict` gives them", () => {
  /** Trains and exports, with other data if told; the module's `predict`, and the command's answers to rows of JSON. */
  const exported = async (source: string, csv: string, later = csv) => {
    const { folder } = folderWith({ "package.json": "{}", "d.csv": csv, "n.nn": source });
    const command = async (args: readonly string[], stdin = "") => {
      const { code, stderr, stdout } = await nnc(args, { cwd: folder, stdin });
      if (code !== 0) throw new Error(stderr);
      return stdout;
    };
    await command(["train", "n.nn", "-o", "run"]);
    writeFileSync(path.join(folder, "d.csv"), later);
    const params = ["--params", "run/parameters.safetensors"];
    await command(["export", "n.nn", ...params, "--format", "js", "-o", "out"]);
    const place = path.join(folder, "out/model.mjs");
    const { predict } = (await import(pathToFileURL(place).href)) as { predict: (rows: readonly object[]) => unknown };
    const predicted = async (rows: readonly object[]): Promise<unknown> => {
      const lines = await command(
        ["predict", "n.nn", ...params, "--json"],
        rows.map((row) => JSON.stringify(row)).join("\n"),
      );
      return lines
        .trim()
        .split("\n")
        .map((line): unknown => JSON.parse(line));
    };
    const selftest = (): string => execFileSync(process.execPath, [place, "--selftest"], { encoding: "utf8" });
    return { folder, predict, predicted, selftest };
  };
  const exactly = "4 examples as expected (largest difference 0)\n";

  test("a model that draws has the seed of its training, and as many rows at once", async () => {
    const { predict, predicted, selftest } = await exported(
      `block noise(x: [N, C]) -> [N, C] = x + f32(random_uniform([N, C]) < 0.5)
model Noisy(x: [N, 2]) -> [N] = sum(x |> noise, axis: -1) + 0 * sum(x |> dense(2), axis: -1)
train Noisy { data: csv("d.csv", target: "y")  loss: mse  optimizer: sgd(lr: 0)  batch: 4  epochs: 1  seed: 3 }
`,
      `a,b,y\n${"0,0,0\n0,0,1\n".repeat(6)}`,
    );
    const rows = Array.from({ length: 30 }, () => ({ a: 0, b: 0 }));
    expect(predict(rows)).toEqual(await predicted(rows));
    expect(new Set(JSON.stringify(predict(rows)).match(/\d+/g)).size).toBeGreaterThan(1);
    expect(selftest()).toBe(exactly);
  });

  test("a model that looks at the rows beside each takes as many at once, and says so; so does the command", async () => {
    const { folder, predict, predicted, selftest } = await exported(
      `model Centred(x: [N, 2]) -> [N] = sum(x - mean(x, over: N), axis: -1) + 0 * sum(x |> dense(2), axis: -1)
train Centred { data: csv("d.csv", target: "y")  loss: mse  optimizer: sgd(lr: 0)  batch: 4  epochs: 1 }
`,
      `a,b,y\n${"0,0,0\n0,0,1\n".repeat(6)}`,
    );
    const rows = Array.from({ length: 9 }, (_, n) => ({ a: n, b: 0 }));
    expect(predict(rows)).toEqual(await predicted(rows));
    expect(selftest()).toBe(exactly);
    const module = readFileSync(path.join(folder, "out/model.mjs"), "utf8");
    expect(module).toContain(
      "What it says of a row depends on the rows beside it. It takes 4 at a time, in their order.",
    );
    const ask = async (...more: readonly string[]) => {
      const args = ["predict", "n.nn", "--params", "run/parameters.safetensors", "--json", ...more];
      const { stderr } = await nnc(args, { cwd: folder, stdin: rows.map((row) => JSON.stringify(row)).join("\n") });
      return stderr;
    };
    expect(await ask()).toContain(
      "warning[NN0746]: what `Centred` says of a row depends on the rows beside it: expected at most 4 of them, so many are taken at once, found 9; `--bounds N=9`",
    );
    expect(await ask("--bounds", "N=9")).not.toContain("NN0746");
  });

  test("beside a target called `scores`, those of the classes are called otherwise", async () => {
    const { folder, predict, predicted } = await exported(
      `model Side(x: [N, 2]) -> [N, 2] = x * stop_gradient(1) + 0 * (x |> dense(2))
train Side { data: csv("d.csv", target: "scores")  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 4  epochs: 1 }
`,
      "a,b,scores\n1,2,left\n2,1,right\n",
    );
    const rows = [{ a: 1, b: 2 }];
    expect(await predicted(rows)).toEqual([{ scores: "right", "class scores": { left: 1, right: 2 } }]);
    expect(predict(rows)).toEqual(await predicted(rows));
    const use = `import { predict } from "./model.mjs";
      const [first] = predict([[1, 2]]);
      export const [side, scores]: [string | undefined, Readonly<Record<string, number>> | undefined] = [first?.scores, first?.["class scores"]];`;
    const files = new Map([
      ["/model.d.mts", readFileSync(path.join(folder, "out/model.d.mts"), "utf8")],
      ["/use.mts", use],
    ]);
    for (const [, check] of compilers) expect(check(files, ["/use.mts"])).toEqual([]);
  });

  test("what the model requires of the number of rows is asked, and an input that nothing reads is none to write", async () => {
    const { folder, predict, predicted, selftest } = await exported(
      `model Pairs(x: [N, 2], unread: [N, 1]) -> [N] {
  require N % 2 == 0, "rows come in pairs"
  return reshape(reshape(sum(x, axis: -1) + 0 * sum(x |> dense(2), axis: -1), [N / 2, 2]), [N])
}
train Pairs { data: csv("d.csv", x: ["a", "b"], unread: "c", target: "y")  loss: mse  optimizer: sgd(lr: 0.1)  batch: 4  epochs: 1 }
`,
      `a,b,c,y\n${"1,2,3,0\n".repeat(4)}`,
    );
    const rows = [1, 2, 3].map((a) => ({ a, b: 2, c: 3 }));
    expect(predict(rows.slice(1))).toEqual(await predicted(rows.slice(1)));
    const sentence = "rows come in pairs (the sides of the requirement are 1 and 0";
    expect(() => predict(rows)).toThrow(new RangeError(`${sentence})`));
    await expect(predicted(rows)).rejects.toThrow(`error[NN0719]: ${sentence}, for N = 3)`);
    expect(selftest()).toBe(exactly);
    const params = ["--params", "run/parameters.safetensors"];
    await nnc(["export", "n.nn", ...params, "--format", "ts", "-o", "ts"], { cwd: folder });
    const module = readFileSync(path.join(folder, "ts/model.ts"), "utf8");
    for (const [, check] of compilers) expect(check(new Map([["/model.ts", module]]), ["/model.ts"])).toEqual([]);
  }, 60_000);

  test("a NaN is the largest of scores, and examples may have some", async () => {
    const csv = (...rows: readonly string[]): string => ["a,b,c,y", ...rows, ""].join("\n");
    const { predict, predicted, selftest } = await exported(
      `model Logs(x: [N, 3]) -> [N, 3] {
  param w: [3] = ones
  return w * where(x > 2, 1 / (x - x), log(x))
}
train Logs { data: csv("d.csv", target: "y")  loss: cross_entropy  optimizer: sgd(lr: 0)  batch: 4  epochs: 1 }
`,
      csv("1,1,2,k0", "1,2,1,k1", "2,1,1,k2"),
      csv("-1,1,1,k0", "1,-1,2,k1", "1,2,-1,k2", "3,2,1,k0"),
    );
    const rows = [
      { a: 1, b: -1, c: 2 },
      { a: 1, b: 2, c: -1 },
      { a: -1, b: 2, c: -1 },
    ];
    const classes = (found: unknown) => (found as readonly { readonly y: string }[]).map(({ y }) => y);
    expect(classes(predict(rows))).toEqual(["k1", "k2", "k0"]);
    expect(classes(await predicted(rows))).toEqual(["k1", "k2", "k0"]);
    expect(selftest()).toBe(exactly);
  });
});

describe("as WebAssembly", () => {
  const rows = Array.from({ length: 150 }, (_, row) => [(row % 13) / 4 - 1, (row % 7) / 2 - 1]);
  const use = (extra = ""): string => `${extra}
    const { predict } = await import("./model.mjs");
    try { process.stdout.write(JSON.stringify(predict(${JSON.stringify(rows)}))); }
    catch (error) { process.stdout.write(error.constructor.name + " " + error.message); }`;

  test("a module answers what the one as JavaScript does, to the bit", () => {
    const answers = runBeside("run-wasm", use());
    expect(JSON.parse(answers)).toHaveLength(rows.length);
    expect(answers).toBe(runBeside("run-js", use()));
  });

  test("it imports nothing, and tests itself: another weight is told", () => {
    const text = textOf("run-wasm", "model.mjs");
    expect(text).not.toMatch(/^\s*import\s[^(]|\brequire\(/m);
    const selftest = (): readonly (string | number | null)[] => {
      const { status, stderr } = spawnSync(process.execPath, ["run-wasm/model.mjs", "--selftest"], {
        cwd,
        encoding: "utf8",
      });
      return [status, stderr];
    };
    expect(selftest()).toEqual([0, ""]);
    const [, weights = ""] = /const weights = "([^"]*)"/.exec(text) ?? [];
    // Also of one that no stored example depends on.
    const other = weights.startsWith("P") ? "Q" : "P";
    const changed = text.replace(weights, other + weights.slice(1));
    writeFileSync(path.join(cwd, "run-wasm", "model.mjs"), changed);
    expect(selftest()).toEqual([1, "selftest failed: the weights are not those that were exported\n"]);
    writeFileSync(path.join(cwd, "run-wasm", "model.mjs"), text);
  });

  test("an engine without WebAssembly is answered by a sentence", () => {
    expect(runBeside("run-wasm", use("delete globalThis.WebAssembly;"))).toBe(
      "Error this model runs as WebAssembly, which this engine has not",
    );
  });
});

describe("the place", () => {
  const params = ["--params", "run/parameters.safetensors"];

  test.each([
    [
      ["-o", "app"],
      ["app/model.d.mts", "app/model.mjs"],
    ],
    [
      ["-o", "app/points.mjs"],
      ["app/points.d.mts", "app/points.mjs"],
    ],
    [
      ["-o", "points-module.js", "--format", "wasm"],
      ["points-module.d.ts", "points-module.js"],
    ],
    [["-o", "deep/points.ts"], ["deep/points.ts"]],
    [["-o", "folder.ts.d", "--format", "ts"], ["folder.ts.d/model.ts"]],
  ])("%j gives %j, and again", async (args, files) => {
    for (const _ of ["at first", "in its own place"]) {
      const { code, stdout } = await nnc(["export", "points.nn", ...params, "--json", ...args], { cwd });
      const { folder, files: written } = JSON.parse(stdout) as { folder: string; files: { file: string }[] };
      expect([code, ...written.map(({ file }) => path.join(folder, file))]).toEqual([0, ...files]);
    }
    const module = files.at(-1) ?? "";
    expect(textOf(module)).toContain(`\`node ${path.basename(module)} --selftest\``);
  });

  test.each([
    [["-o", "x.ts", "--format", "js"], '.mjs or .js for --format js, found "x.ts"'],
    [["-o", "x.ts", "--format", "wasm"], '.mjs or .js for --format wasm, found "x.ts"'],
    [["-o", "a/x.mjs", "--format", "ts"], '.ts for --format ts, found "a/x.mjs"'],
    [["-o", "x.json"], '.mjs, .js, .ts, .html, .onnx or .py, found "x.json"\n'],
    [["-o", "x.tflite"], '.mjs, .js, .ts, .html, .onnx or .py, found "x.tflite"\n'],
    [["-o", "x.h5"], '.mjs, .js, .ts, .html, .onnx or .py, found "x.h5"\n'],
    [["-o", "x.pth", "--format", "pytorch"], '.py, found "x.pth"\n'],
    [
      ["-o", "x.wasm", "--format", "wasm"],
      '.mjs or .js, found "x.wasm"; the module of --format wasm has its WebAssembly inside\n',
    ],
  ])("%j is refused", async (args, message) => {
    const { code, stderr } = await nnc(["export", "points.nn", ...params, ...args], { cwd });
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(`error: --out: expected a folder, or a file that ends in ${message}`),
    ]);
  });
});

test("the end of a file's name tells the format in capitals, too", () => {
  expect(exportPlace("a/Net.ONNX", undefined)).toMatchObject({ format: "onnx", folder: "a", module: "Net.ONNX" });
  expect(exportPlace("Net.HTML", undefined)).toMatchObject({ format: "html", module: "Net.HTML" });
});
