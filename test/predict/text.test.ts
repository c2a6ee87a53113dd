/** Models of text: what they say of each place of a text, what they write behind a prompt, and the draws of the characters. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Artifact, TargetName } from "../../compiler/program/artifact.ts";
import { load, predictor } from "../../runtime/load/index.ts";
import type { Predictor, TextAnswer } from "../../runtime/load/index.ts";
import { Sampler } from "../../runtime/predict/sampler.ts";
import { errorOf } from "../runtime/support.ts";
import { book, trained, written } from "./letters.ts";

const window = 12;

/** Bodies of a model from embedded characters to what the last layer takes. */
const bodies = {
  recurrent: "gru(12)",
  attentive: "positions |> self_attention(2, causal: true)",
  whole: "learned_positions |> self_attention(2, causal: true)",
} as const;

function compiled(body: string, target: TargetName, head = ""): Artifact {
  const source = `${head}model Letters(text: i32[N, T]) -> [N, T, 20] = text |> embedding(20, 8) |> ${body} |> dense(20)
train Letters {
  data: text("book.txt", window: ${window}, vocabulary: 20)  loss: cross_entropy  optimizer: adam(lr: 0.02)  batch: 8  epochs: 12  seed: 5
}`;
  const result = compile({ name: "letters.nn", source }, { target });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result.artifact;
}

const models = new Map(
  await Promise.all(
    Object.entries(bodies).map(async ([name, body]) => {
      const artifact = compiled(body, "wasm");
      const parameters = await trained(artifact);
      return [name, { artifact, parameters, it: await predictor(artifact, parameters) }] as const;
    }),
  ),
);

function model(name: string) {
  const found = models.get(name);
  if (found === undefined) throw new Error(`there is no model ${name}`);
  return found;
}

describe.each(Object.keys(bodies))("a %s model of text", (name) => {
  const { artifact, parameters, it } = model(name);

  test("says what follows each character, from the last characters of the window", async () => {
    const text = book.slice(0, 3 * window);
    const [[answer]] = (await it.predict([text])) as readonly [readonly [TextAnswer]];
    expect(it.predictSync([text])).toEqual([[answer]]);
    expect(answer.text).toHaveLength(text.length);
    const net = await load(artifact, { parameters });
    const ids = Int32Array.from(text, (one) => net.record.fitted.vocabulary?.indexOf(one) ?? -1);
    const end = name === "recurrent" ? window : 2 * window + 3;
    const [raw] = net.predictSync({ text: { shape: [1, window], data: ids.slice(end - window, end) } });
    const last = [...(raw?.data.slice(-20) ?? [])];
    const { scores, class: likeliest } = answer.places[end - 1] ?? { scores: [] };
    expect(scores.map(({ score }) => score)).toEqual(last.slice(0, scores.length));
    expect(answer.text[end - 1]).toBe(likeliest);
  });

  test("writes the likeliest character at the temperature 0", async () => {
    const text = await written(it, "the c", { length: 8, temperature: 0 });
    const [[answer]] = (await it.predict([`the c${text}`])) as readonly [readonly [TextAnswer]];
    expect(text).toBe(answer.text.slice(4, 12));
    // What it was trained on goes on so, which attention alone learns later.
    expect(name !== "recurrent" || text.startsWith("at ")).toBe(true);
  });

  test("writes the same on every target, and another text for another seed", async () => {
    const drawn = await written(it, "", { length: 40, temperature: 1.2, seed: 8 });
    const other = await predictor(compiled(bodies[name as keyof typeof bodies], "typescript"), parameters);
    expect(await written(other, "", { length: 40, temperature: 1.2, seed: 8 })).toBe(drawn);
    expect(await written(it, "", { length: 40, temperature: 1.2, seed: 9 })).not.toBe(drawn);
    // The network's own seed is that of its training.
    expect(await written(it, "", { length: 40 })).toBe(await written(it, "", { length: 40, seed: 5 }));
  });
});

describe("a predictor of text", () => {
  const { artifact, parameters, it } = model("recurrent");

  test("speaks of characters", () => {
    expect(it.inputs).toEqual([
      { name: "text", dtype: "i32", shape: [], width: 1, classes: expect.arrayContaining(["t", " "]) },
    ]);
    expect(it.outputs).toEqual([{ name: "output", shape: [20], width: 20, classes: it.inputs[0]?.classes }]);
  });

  test("answers texts of any length, none as well", async () => {
    const answers = await it.predict(["", "t", book]);
    expect(answers.map(([answer]) => (answer?.kind === "text" ? answer.text.length : -1))).toEqual([0, 1, book.length]);
  });

  test("begins without a prompt as behind the most frequent character", async () => {
    expect(await written(it, "", { length: 20, seed: 1 })).toBe(await written(it, " ", { length: 20, seed: 1 }));
  });

  test("writes without end until the loop is left", async () => {
    let count = 0;
    for await (const character of it.generate("the")) {
      expect(character).toHaveLength(1);
      if (++count === 30) break;
    }
    expect(await written(it, "the", { length: 0 })).toBe("");
  });

  test("writes two texts in turns as it writes each alone", async () => {
    const prompts = ["the cat", "and"];
    const alone = [];
    for (const prompt of prompts) alone.push(await written(it, prompt, { length: 20, seed: 2 }));
    const both = prompts.map((prompt) => it.generate(prompt, { length: 20, seed: 2 }));
    const texts = ["", ""];
    for (let at = 0; at < 20; at++) for (const [n, one] of both.entries()) texts[n] += (await one.next()).value ?? "";
    expect(texts).toEqual(alone);
  });

  test("warns once of characters that it does not know", async () => {
    const own = await predictor(artifact, parameters);
    for (let time = 0; time < 2; time++) await written(own, "Zoo", { length: 1 });
    own.predictSync(["zzz"]);
    expect(own.warnings.map(({ code, message }) => `${code} ${message}`)).toEqual([
      `NN0880 the prompt has characters that the vocabulary lacks, "Z": they are read as "s"`,
      `NN0880 row 0 has characters that the vocabulary lacks, "z": they are read as "s"`,
    ]);
  });

  test.each<[string, (it: Predictor) => unknown, string]>([
    [
      "a length",
      () => it.generate("", { length: -1 }),
      "NN0706 option `length`: expected a whole number from 0, found -1",
    ],
    [
      "a temperature",
      () => it.generate("", { temperature: -1 }),
      "NN0706 option `temperature`: expected a number from 0, found -1",
    ],
    ["a seed", () => it.generate("", { seed: 0.5 }), "NN0706 option `seed`: expected a whole number, found 0.5"],
    ["a prompt", () => it.generate(7 as never), "NN0706 option `prompt`: expected a text, found 7"],
    [
      "an option",
      () => it.generate("", { temprature: 1 } as never),
      'NN0736 generate has no option "temprature"; expected `length`, `temperature`, `seed`',
    ],
    ["a row", async () => it.predict([[1, 2]]), "NN0828 row 0: expected a text, found an Array"],
  ])("refuses %s that it cannot take", async (_, act, expected) => {
    expect(await errorOf(async () => Promise.resolve(act(it)))).toContain(expected);
  });

  test("needs a model of text, and a vocabulary", async () => {
    const result = compile({ name: "a.nn", source: "model M(x: [N, 2]) -> [N, 2] = x |> dense(2)" });
    if (!result.ok) throw new Error("it compiles");
    const other = await predictor(result.artifact, (await load(result.artifact)).save());
    expect(await errorOf(() => other.generate("a"))).toContain("NN0760 `M` writes no text");
    const fresh = (await load(artifact)).save();
    expect(await errorOf(async () => predictor(artifact, fresh))).toContain(
      "NN0761 expected a vocabulary with the parameters of `Letters`",
    );
  });
});

describe("the draw of a character", () => {
  const scores = Float32Array.of(1, 3, 2, 3);

  test("takes the first of the likeliest at the temperature 0", () => {
    const sampler = new Sampler(1, 0);
    expect([scores, Float32Array.of(NaN, 9), Float32Array.of(-Infinity, -1)].map((one) => sampler.pick(one))).toEqual([
      1, 0, 1,
    ]);
  });

  test.each([
    ["a NaN", [1, NaN, 2], 1],
    ["an infinite score", [1, 2, Infinity], 2],
    ["no chance for any", [-Infinity, -Infinity], 0],
  ])("takes %s as it is", (_, given, expected) => {
    expect(new Sampler(1, 1).pick(Float32Array.from(given))).toBe(expected);
  });

  test.each([0.5, 1, 2])("has the chances of a softmax at the temperature %d", (temperature) => {
    const sampler = new Sampler(7, temperature);
    const counts = [0, 0, 0, 0];
    const draws = 40_000;
    for (let at = 0; at < draws; at++) counts[sampler.pick(scores)] += 1;
    const weights = [...scores].map((score) => Math.exp(score / temperature));
    const total = weights.reduce((sum, one) => sum + one, 0);
    for (const [id, weight] of weights.entries()) expect((counts[id] ?? 0) / draws).toBeCloseTo(weight / total, 2);
  });

  test("is that of the seed", () => {
    const draws = (seed: number): readonly number[] => {
      const sampler = new Sampler(seed, 1);
      return Array.from({ length: 12 }, () => sampler.pick(scores));
    };
    expect(draws(3)).toMatchInlineSnapshot(`
      [
        3,
        1,
        3,
        1,
        3,
        1,
        1,
        1,
        1,
        1,
        1,
        1,
      ]
    `);
    expect(draws(4)).not.toEqual(draws(3));
  });
});
