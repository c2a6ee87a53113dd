/** Text from the file to the parameters and back: the programs of the field train on it, predict it and write it. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";
import { decode } from "../../runtime/save/safetensors.ts";
import { folderWith, nnc } from "./helpers.ts";
import type { RunOptions } from "./helpers.ts";

/** The King James Bible of 1611, in the public domain. */
const book = readFileSync(path.join(import.meta.dirname, "genesis.txt"), "utf8");
const program = readFileSync(path.join(import.meta.dirname, "../syntax/fixtures/recurrent.nn"), "utf8");
/** Another of the same text, that compiles sooner. */
const small = `model Letters(text: i32[N, T]) -> [N, T, 64] = text |> embedding(64, 8) |> rnn(8) |> dense(64)
train Letters { data: text("data/book.txt", window: 16, vocabulary: 64)  loss: cross_entropy  optimizer: adam(lr: 0.01)  batch: 8  epochs: 2  seed: 7 }
`;
const { folder: cwd } = folderWith({
  "package.json": "{}",
  "recurrent.nn": program,
  "small.nn": small,
  "data/book.txt": book,
});

/** The losses of the steps of a run. */
function losses(run: string): readonly number[] {
  const log = readFileSync(path.join(cwd, run, "log.jsonl"), "utf8");
  return [...log.matchAll(/"event":"step".*?"loss":([^,]+)/g)].map(([, loss]) => Number(loss));
}

function predict(args: readonly string[], options: RunOptions = {}) {
  return nnc(["predict", "small.nn", "--params", "small/parameters.safetensors", ...args], { cwd, ...options });
}

beforeAll(async () => {
  for (const target of ["wasm", "typescript"])
    await nnc(["train", "recurrent.nn", "-o", target, "--target", target, "--epochs", "8"], { cwd });
  await nnc(["train", "small.nn", "-o", "small"], { cwd });
}, 240_000);

describe("a character model on a real text", () => {
  test("lowers its loss, the same on TypeScript and WebAssembly", () => {
    const [first, ...more] = losses("wasm");
    expect(first).toBeCloseTo(Math.log(64), 1);
    expect(more.at(-1)).toBeLessThan(3.9);
    expect(losses("typescript")).toEqual([first, ...more]);
  });

  test("keeps its vocabulary with the parameters, the most frequent character first", () => {
    const { metadata } = decode("p", readFileSync(path.join(cwd, "wasm/parameters.safetensors")));
    const { vocabulary } = JSON.parse(metadata.get("nnc.fitted") ?? "{}") as {
      readonly vocabulary?: readonly string[];
    };
    expect(vocabulary?.slice(0, 3)).toEqual([" ", "e", "t"]);
    expect(new Set(vocabulary)).toEqual(new Set(book));
  });
});

test("it writes the same text on TypeScript and WebAssembly", async () => {
  const written = (target: string) => {
    const given = ["--params", `${target}/parameters.safetensors`, "--target", target];
    return nnc(["predict", "recurrent.nn", ...given, "--generate", "60", "--prompt", "In the", "--seed", "3"], { cwd });
  };
  const { stdout, code } = await written("wasm");
  expect([stdout.slice(0, 6), stdout.length, code]).toEqual(["In the", 66, 0]);
  expect((await written("typescript")).stdout).toBe(stdout);
});

describe("predict --generate", () => {
  const args = ["--generate", "60", "--prompt", "In the", "--temperature", "0.8", "--seed", "3"];

  test("writes the prompt and as many characters as are wanted, the same on TypeScript and WebAssembly", async () => {
    const { stdout, stderr, code } = await predict(args);
    expect([stdout.slice(0, 6), stdout.length, stderr, code]).toEqual(["In the", 66, "", 0]);
    expect(await predict([...args, "--target", "typescript"])).toEqual({ stdout, stderr, code });
    expect((await predict([...args, "--seed=4"].filter((one) => one !== "--seed" && one !== "3"))).stdout).not.toBe(
      stdout,
    );
  });

  test("begins without a prompt, which may be empty", async () => {
    const { stdout } = await predict(["--generate", "12"]);
    expect(stdout).toHaveLength(12);
    expect((await predict(["--generate", "12", "--prompt", ""])).stdout).toBe(stdout);
  });

  test("writes into a file, or one document of JSON", async () => {
    const { stdout: text } = await predict(args);
    expect((await predict([...args, "-o", "out.txt"])).stderr).toBe("wrote out.txt\n");
    expect(readFileSync(path.join(cwd, "out.txt"), "utf8")).toBe(text);
    const { stdout } = await predict([...args, "--json"]);
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      prompt: "In the",
      text,
      temperature: 0.8,
      seed: 3,
      diagnostics: [],
    });
  });

  test("ends a line of a terminal", async () => {
    const { stdout } = await predict(["--generate", "3", "--temperature", "0"], { terminal: true });
    expect(stdout).toMatch(/^...\n$/);
  });

  test.each([
    [
      ["--temperature", "0", "--seed", "4"],
      "--seed: at temperature 0 nothing is drawn but what the model itself draws\n",
    ],
    [["--temperature", "0"], ""],
    [["--seed", "4"], ""],
  ])("of %j says where the seed draws nothing", async (flags, stderr) => {
    expect(await predict(["--generate", "3", ...flags])).toMatchObject({ code: 0, stderr });
  });

  test("warns of characters that the text had not", async () => {
    const { stdout, stderr } = await predict(["--generate", "4", "--prompt", "Ça"]);
    expect(Buffer.from(stdout).toString()).toMatch(/^Ça.{4}$/s);
    expect(stderr).toContain(
      'warning[NN0880]: the prompt has characters that the vocabulary lacks, "Ç": they are read as "',
    );
  });

  test.each([
    [["--prompt", "In"], "error: --prompt: expected --generate beside it, found none"],
    [["--temperature", "1"], "error: --temperature: expected --generate beside it, found none"],
    [["--seed", "1"], "error: --seed: expected --generate beside it, found none"],
    [["--generate", "0"], 'error: --generate: expected a whole number from 1 to 2147483647, found "0"'],
    [
      ["--generate", "4", "--temperature", "warm"],
      'error: --temperature: expected a number from 0, such as 0.8, found "warm"',
    ],
    [
      ["--generate", "4", "--data", "data/book.txt"],
      "error: --data: expected none beside --generate, which goes on from --prompt, found data/book.txt",
    ],
    [["--generate", "4", "--format", "csv"], "error: --format: expected none beside --generate, found csv"],
  ])("%j is refused", async (given, sentence) => {
    const { stdout, stderr, code } = await predict(given);
    expect([stdout, stderr.split("\n")[0], code]).toEqual(["", sentence, 2]);
  });

  test("another model is refused, and one whose parameters have no vocabulary", async () => {
    writeFileSync(path.join(cwd, "plain.nn"), "model M(x: [N, 2]) -> [N, 2] = x |> dense(2)");
    for (const [file, sentence] of [
      ["plain.nn", "error[NN0760]: `M` writes no text"],
      ["small.nn", "error[NN0761]: expected a vocabulary with the parameters of `Letters`, found none"],
    ] as const) {
      const result = compile({ name: file, source: readFileSync(path.join(cwd, file), "utf8") });
      if (!result.ok) throw new Error("it compiles");
      writeFileSync(path.join(cwd, "fresh.safetensors"), (await load(result.artifact, { stepsPerEpoch: 1 })).save());
      const { stderr, code } = await nnc(["predict", file, "--params", "fresh.safetensors", "--generate", "4"], {
        cwd,
      });
      expect([stderr.slice(0, sentence.length), code]).toEqual([sentence, 1]);
    }
  });
});

describe("predict on a text", () => {
  const text = "And God said,\nLet ";

  test("says for each character which comes most likely next", async () => {
    const { stdout, stderr } = await predict([], { stdin: text });
    expect([stdout.length, stderr]).toEqual([text.length, ""]);
    writeFileSync(path.join(cwd, "some.txt"), text);
    expect((await predict(["--data", "some.txt"])).stdout).toBe(stdout);
    expect((await predict(["-o", "next.txt"], { stdin: text })).stderr).toBe("wrote next.txt\n");
    expect(readFileSync(path.join(cwd, "next.txt"), "utf8")).toBe(stdout);
  });

  test("with the scores of all, a character a row", async () => {
    const { stdout: likeliest } = await predict([], { stdin: text });
    const { stdout: json } = await predict(["--json"], { stdin: text });
    const rows = json
      .trim()
      .split("\n")
      .map(
        (line) => JSON.parse(line) as { readonly character: string; readonly output: string; readonly scores: object },
      );
    expect(rows.map(({ character }) => character).join("")).toBe(text);
    expect(rows.map(({ output }) => output).join("")).toBe(likeliest);
    expect(Object.keys(rows[0]?.scores ?? {}).join("")).toHaveLength(new Set(book).size);
    const { stdout: csv } = await predict(["--format", "csv"], { stdin: "An" });
    expect(csv).toMatch(/^character,output,"score  ",score e,/);
  });

  test("in UTF-8 alone", async () => {
    const { stderr, code } = await predict([], { stdin: Uint8Array.of(0x41, 0xff) });
    expect([stderr.split("\n")[0], code]).toEqual([
      "error[NN0803]: standard input is not UTF-8 text: expected UTF-8, found 0xff at byte 1",
      1,
    ]);
  });
});
