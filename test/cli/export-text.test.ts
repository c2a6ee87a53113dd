/** Exported models of text: texts go in and characters come out, the same to the bit as of `predictor` and of `nnc predict`. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { predictor } from "../../runtime/load/index.ts";
import type { GenerateOptions, Predictor, TextAnswer } from "../../runtime/load/index.ts";
import { compilers } from "../declarations/compilers.ts";
import { book, counting, trained, written } from "../predict/letters.ts";
import { folderWith, nnc } from "./helpers.ts";

const window = 12;

/** Of 20 scores a few are of no character; where there are 8, one is of many characters. */
function letters(body: string, shape = "N, T", scores = 20): string {
  return `/// Letters of a book.
model Letters(text: i32[${shape}]) -> [${shape}, ${scores}] = text |> embedding(${scores}, 8) |> ${body} |> dense(${scores})
train Letters {
  data: text("book.txt", window: ${window}, vocabulary: ${scores})  loss: cross_entropy  optimizer: adam(lr: 0.02)  batch: 8  epochs: 3  seed: 5
}
`;
}

const blocks = `${counting}block noise(x: [N, T, C]) -> [N, T, C] {
  require T <= 12, "a window holds twelve"
  return x + random_normal([N, T, C])
}
`;

/** Each reads in a way of its own: with carries of one type or of several, with none, in windows of any length (of which one asks something) or of one alone. */
const models: Readonly<Record<string, string>> = {
  recurrent: letters("gru(12)"),
  counting: `${blocks}${letters("counting |> rnn(6)", "N, T", 8)}`,
  forgetful: letters("relu"),
  drawing: `${blocks}${letters("positions |> self_attention(2, causal: true) |> noise")}`,
  closed: letters("gru(12)", `N, ${window}`),
};
const names = Object.keys(models);
const typed = ["recurrent", "forgetful", "drawing"];

const { folder: cwd } = folderWith({
  "package.json": "{}",
  "book.txt": book,
  ...Object.fromEntries(names.map((name) => [`${name}.nn`, models[name] ?? ""])),
});

interface Place {
  readonly character: string;
  readonly output: string;
  readonly scores: Readonly<Record<string, number>>;
}

interface Module {
  readonly vocabulary: readonly string[];
  readonly predict: (texts: unknown) => readonly { readonly text: string; readonly places: readonly Place[] }[];
  readonly generate: (prompt?: unknown, options?: unknown) => Generator<string>;
}

const modules = new Map<string, { readonly module: Module; readonly it: Predictor }>();

function of(name: string): { readonly module: Module; readonly it: Predictor } {
  const found = modules.get(name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

/** A command that has to succeed. */
async function run(...args: readonly string[]): Promise<void> {
  const { code, stderr } = await nnc(args, { cwd });
  if (code !== 0) throw new Error(stderr);
}

beforeAll(async () => {
  for (const name of names) {
    const file = `${name}.nn`;
    const result = compile({ name: file, source: models[name] ?? "" }, { target: "wasm" });
    if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
    const bytes = await trained(result.artifact);
    writeFileSync(path.join(cwd, `${name}.safetensors`), bytes);
    for (const format of typed.includes(name) ? ["js", "ts"] : ["js"])
      await run("export", file, "--params", `${name}.safetensors`, "--format", format, "-o", `${name}-${format}`);
    const it = await predictor(result.artifact, bytes);
    const module = (await import(pathToFileURL(path.join(cwd, `${name}-js/model.mjs`)).href)) as Module;
    modules.set(name, { module, it });
  }
}, 240_000);

/** As the library has it: the same in other words. */
function placesOf(name: string, text: string): readonly Place[] {
  const [[answer]] = of(name).it.predictSync([text]) as readonly [readonly [TextAnswer]];
  const characters = Array.from(text);
  return answer.places.map(({ class: output, scores }, at) => ({
    character: characters[at] ?? "",
    output,
    scores: Object.fromEntries(scores.map((one) => [one.class, one.score])),
  }));
}

describe.each(names)("the exported module of a %s model", (name) => {
  test.each([0, 1, 5, window - 1, window, window + 1, 3 * window + 5, 130])(
    "says of a text of %i characters what `predictor` says",
    (length) => {
      const text = book.slice(3, 3 + length);
      const places = placesOf(name, text);
      const [said] = of(name).module.predict([text]);
      expect(said).toEqual({ text: places.map(({ output }) => output).join(""), places });
    },
  );

  const options: readonly GenerateOptions[] = [
    { length: 0 },
    { length: 30 },
    { length: 30, seed: 3, temperature: 0.8 },
    { length: 30, seed: 3, temperature: 0 },
    { length: 30, seed: -5 },
    { length: 30, seed: 2 ** 40 + 7, temperature: 2 },
  ];

  test.each(options)("writes with %j what `predictor` writes", async (given) => {
    for (const prompt of ["", "the c", book.slice(0, 2 * window + 3)])
      expect([...of(name).module.generate(prompt, given)].join("")).toBe(await written(of(name).it, prompt, given));
  });

  test("has texts that it reads and writes again", () => {
    const found = execFileSync(process.execPath, [`${name}-js/model.mjs`, "--selftest"], { cwd, encoding: "utf8" });
    expect(found).toBe(
      "a text of 16 characters and one that is written behind its first are as expected (largest difference 0)\n",
    );
  });
});

test("as WebAssembly it says and writes the same", async () => {
  const place = "recurrent-wasm/letters.mjs";
  const params = ["--params", "recurrent.safetensors"];
  await run("export", "recurrent.nn", ...params, "--format", "wasm", "-o", place);
  const binary = (await import(pathToFileURL(path.join(cwd, place)).href)) as Module;
  const { module } = of("recurrent");
  const text = book.slice(0, 3 * window + 5);
  expect(binary.predict([text, ""])).toEqual(module.predict([text, ""]));
  const settings = { length: 40, seed: 3, temperature: 0.8 };
  expect([...binary.generate("the c", settings)]).toEqual([...module.generate("the c", settings)]);
}, 60_000);

test("it writes what `nnc predict --generate` writes", async () => {
  const args = ["--params", "recurrent.safetensors", "--generate", "40", "--prompt", "the c"];
  for (const more of [[], ["--seed", "3", "--temperature", "0.8"]]) {
    const { stdout } = await nnc(["predict", "recurrent.nn", ...args, ...more], { cwd });
    const given = more.length === 0 ? {} : { seed: 3, temperature: 0.8 };
    expect(`the c${[...of("recurrent").module.generate("the c", { length: 40, ...given })].join("")}`).toBe(stdout);
  }
});

test("texts that are written at once, and texts that are read between, leave each other alone", () => {
  for (const name of names) {
    const { generate, predict } = of(name).module;
    const alone = ["the", "cat"].map((prompt, seed) => [...generate(prompt, { length: 20, seed })].join(""));
    const both = ["the", "cat"].map((prompt, seed) => generate(prompt, { length: 20, seed }));
    const together = ["", ""];
    for (let at = 0; at < 20; at += 1) {
      both.forEach((one, index) => (together[index] += String(one.next().value)));
      predict(["on the mat"]);
    }
    expect(together).toEqual(alone);
  }
});

test("without a length there is no end", () => {
  const { generate } = of("recurrent").module;
  let text = "";
  for (const character of generate("the", { seed: 2 })) if ((text += character).length === 100) break;
  expect(text).toBe([...generate("the", { seed: 2, length: 100 })].join(""));
});

test("ids stand for the characters of the vocabulary, and what it lacks is read as its last one", () => {
  const { predict, generate, vocabulary } = of("recurrent").module;
  const ids = Array.from("the cat", (one) => vocabulary.indexOf(one));
  const [said] = predict(["the cat"]);
  for (const one of [ids, Int32Array.from(ids), Uint8Array.from(ids)]) {
    expect(predict([one])).toEqual([said]);
    expect([...generate(one, { length: 9 })]).toEqual([...generate("the cat", { length: 9 })]);
  }
  for (const [name, last] of [
    ["recurrent", of("recurrent").module.vocabulary.at(-1)],
    ["counting", "\uFFFD"],
  ] as const) {
    const { module } = of(name);
    expect(module.vocabulary.at(-1)).toBe(last);
    const [lacking] = module.predict(["Ça 😀"]);
    expect(lacking?.places).toEqual(placesOf(name, "Ça 😀"));
    expect(lacking?.places.map(({ scores }) => scores)).toEqual(
      module.predict([`${last}a ${last}`])[0]?.places.map(({ scores }) => scores),
    );
  }
});

describe("what does not fit is answered by a sentence:", () => {
  const most = 13;
  const cases: readonly (readonly [call: (module: Module) => unknown, name: string, sentence: string])[] = [
    [
      (it) => it.predict("the"),
      "TypeError",
      'predict: expected a list of texts, found "the"; a single text stands in brackets, predict([text])',
    ],
    [
      (it) => it.predict(undefined),
      "TypeError",
      "predict: expected a list of texts, found undefined; a single text stands in brackets, predict([text])",
    ],
    [(it) => it.predict(["a", 7]), "TypeError", "row 1: expected a text or a list of ids, found 7"],
    [(it) => it.predict([null]), "TypeError", "row 0: expected a text or a list of ids, found null"],
    [(it) => it.predict([[0, 99]]), "RangeError", `row 0: expected ids from 0 to ${most}, found 99 at place 1`],
    [(it) => it.predict([[0.5]]), "RangeError", `row 0: expected ids from 0 to ${most}, found 0.5 at place 0`],
    [
      (it) => it.predict([Float32Array.of(NaN)]),
      "RangeError",
      `row 0: expected ids from 0 to ${most}, found NaN at place 0`,
    ],
    [(it) => it.predict([["t"]]), "TypeError", `row 0: expected ids from 0 to ${most}, found "t" at place 0`],
    [(it) => it.generate(7), "TypeError", "the prompt: expected a text or a list of ids, found 7"],
    [(it) => it.generate([-1]), "RangeError", `the prompt: expected ids from 0 to ${most}, found -1 at place 0`],
    [(it) => it.generate("a", 30), "TypeError", "generate: expected options as an object, found 30"],
    [(it) => it.generate("a", null), "TypeError", "generate: expected options as an object, found null"],
    [(it) => it.generate("a", [1]), "TypeError", "generate: expected options as an object, found a list"],
    [
      (it) => it.generate("a", { lenght: 3 }),
      "TypeError",
      'generate: expected the options "length", "temperature" and "seed", found "lenght"',
    ],
    [
      (it) => it.generate("a", { length: -1 }),
      "RangeError",
      "generate: expected a whole number from 0 for length, found -1",
    ],
    [
      (it) => it.generate("a", { length: "9" }),
      "TypeError",
      'generate: expected a whole number from 0 for length, found "9"',
    ],
    [
      (it) => it.generate("a", { temperature: NaN }),
      "RangeError",
      "generate: expected a number from 0 for temperature, found NaN",
    ],
    [
      (it) => it.generate("a", { temperature: -1 }),
      "RangeError",
      "generate: expected a number from 0 for temperature, found -1",
    ],
    [(it) => it.generate("a", { seed: 0.5 }), "RangeError", "generate: expected a whole number for seed, found 0.5"],
  ];

  test.each(cases)("%s", (call, name, sentence) => {
    let found: unknown;
    try {
      call(of("recurrent").module);
    } catch (error) {
      found = error;
    }
    expect(found).toMatchObject({ name, message: sentence });
  });

  test("options that are undefined are as if they were not there", () => {
    const { generate } = of("recurrent").module;
    const given = { length: 9, temperature: undefined, seed: undefined };
    expect([...generate(undefined, given)]).toEqual([...generate("", { length: 9 })]);
  });
});

describe.each(compilers)("under TypeScript %s with every strict option, the module", (_version, check) => {
  const textOf = (name: string): string => readFileSync(path.join(cwd, name), "utf8");

  test.each(typed)(
    "of a %s model has no mistake",
    (name) => {
      const text = textOf(`${name}-ts/model.ts`);
      expect(check(new Map([["/model.ts", text]]), ["/model.ts"])).toEqual([]);
      expect(text).not.toMatch(/^import /m);
    },
    60_000,
  );

  test("has declarations that speak of texts", () => {
    const use = `import { generate, predict, vocabulary, type GenerateOptions, type Place, type Prediction, type Text } from "./model.mjs";
      const texts: readonly Text[] = ["the cat", [0, 1], Uint8Array.of(2)];
      export const [said]: readonly Prediction[] = predict(texts);
      export const place: Place | undefined = said?.places[0];
      export const told: readonly (string | number | undefined)[] = [place?.character, place?.output, place?.scores["a"], said?.text, vocabulary[0]];
      const options: GenerateOptions = { length: 20, temperature: 0.8, seed: 3 };
      for (const character of generate("the", options)) character.codePointAt(0);
      export const text: string = [...generate()].join("");`;
    const files = new Map([
      ["/model.d.mts", textOf("recurrent-js/model.d.mts")],
      ["/use.mts", use],
    ]);
    expect(check(files, ["/use.mts"])).toEqual([]);
  }, 60_000);
});
