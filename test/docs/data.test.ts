/** docs/data.md stays true: its files make a project in which its commands run, and its lines of `data` compile. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { readers } from "../../compiler/elaborate/data-readers.ts";
import { folderWith, nnc } from "../cli/helpers.ts";
import { elaborated } from "../elaborate/helpers.ts";

const text = readFileSync(path.resolve(import.meta.dirname, "../../docs/data.md"), "utf8");
const blocks = [...text.matchAll(/^```(\w+) ?(\S*)\n([\s\S]*?)^```$/gm)].map(
  ([, language = "", file = "", body = ""]) => ({ language, file, body }),
);
const files = blocks.filter(({ file }) => file !== "").map(({ file, body }) => [file, body] as const);
const { folder: cwd } = folderWith({ "package.json": "{}", ...Object.fromEntries(files) });
const linesIn = (language: string): readonly string[] =>
  blocks
    .filter((block) => block.language === language && block.file === "")
    .flatMap(({ body }) => body.trimEnd().split("\n"));

// One after the other, as they stand there: the later take what the earlier wrote.
test.each(linesIn("sh"))(
  "%s",
  async (command) => {
    const { code, stdout, stderr } = await nnc(command.split(" ").slice(1), { cwd });
    const head = command.includes("predict weather.nn") ? stdout.split("\n")[0] : "rain,wind";
    expect([code, stderr.includes("warning") ? stderr : "", head]).toEqual([0, "", "rain,wind"]);
  },
  60_000,
);

test.each(linesIn("nn"))("%s", (line) => {
  const input = line.includes("flower:") ? "flower" : "x";
  const { diagnostics } = elaborated(`model M(${input}: [N, 2]) -> [N, 1] = ${input} |> dense(1)
train M { ${line}  loss: mse  optimizer: sgd(lr: 0.1)  batch: 4  epochs: 1 }`);
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
});

test("every reader is in its table, and every setting of a table is told", () => {
  const missing = [...readers.keys()].filter((name) => !new RegExp(`^\\| .*\`${name}[(\`]`, "m").test(text));
  const { needed = [], others = [] } = readers.get("csv") ?? {};
  const untold = [...needed, ...others].filter((name) => name !== "path" && !text.includes(`${name}:`));
  expect([missing, untold]).toEqual([[], []]);
});
