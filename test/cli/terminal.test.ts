/** Words of files on a terminal: shown, not obeyed. Pipes and files get every byte. */
import { beforeAll, describe, expect, test } from "vitest";
import { guarded } from "../../cli/output/terminal.ts";
import { folderWith, nnc } from "./helpers.ts";
import type { RunResult } from "./helpers.ts";

const source = `model Side(point: [N, 2]) -> [N, 2] = point |> dense(2)
train Side { data: csv("points.csv", target: "side")  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 4  epochs: 1  metrics: [accuracy] }
`;
/** Erases the screen, renames the window, overwrites the line, conceals. */
const hostile = "\u001b[2Jleft\u001b]0;title\u0007";
const shown = "␛[2Jleft␛]0;title␇";
const csv = ["x,y,side", `0,1,${hostile}`, "1,0,right\u001b[8m", `1,1,${hostile}`, "0,0,right\u001b[8m", ""].join("\n");

const project = folderWith({ "points.nn": source, "points.csv": csv });
const cwd = project.folder;
const colours = { FORCE_COLOR: "1" };
/** Whole sequences that nnc paints are taken out; any escape left is somebody else's. */
function foreign(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- The sequences are what is looked for.
  const rest = text.replace(/\u001b\[(?:[012]|(?:1;)?[39]\d)m|\u001b\[K/g, "");
  return rest.includes("\u001b") || rest.includes("\u0007");
}

let trained: RunResult;
beforeAll(async () => {
  trained = await nnc(["train", "points.nn", "-o", "run\u001b[2J", "--target", "wasm"], {
    cwd,
    terminal: true,
    env: colours,
  });
}, 60_000);

function predict(terminal: boolean) {
  const args = ["predict", "points.nn", "--params", "run\u001b[2J/parameters.safetensors", "--target", "wasm"];
  return nnc(args, { cwd, stdin: "x,y\n0,1\n", terminal, env: colours });
}

describe("on a terminal", () => {
  test("a folder's name is shown where it is told, and colours stay", () => {
    expect(trained.code).toBe(0);
    expect(foreign(trained.stderr + trained.stdout)).toBe(false);
    expect(trained.stderr).toContain("run␛[2J/parameters.safetensors");
    expect(trained.stderr).toContain("\u001b[");
  });

  test("names of classes are", async () => {
    const { stdout } = await predict(true);
    expect(stdout).toContain(shown);
    expect(foreign(stdout)).toBe(false);
  });

  test("names of files in messages are", async () => {
    const { stderr } = await nnc(["check", "no\u001b[2Jfile.nn"], { cwd, terminal: true, env: colours });
    expect(stderr).toContain("no␛[2Jfile.nn");
    expect(foreign(stderr)).toBe(false);
  });
});

test("a pipe gets the bytes as they are", async () => {
  expect((await predict(false)).stdout).toContain(hostile);
});

test.each([
  ["plain", "plain"],
  ["two\nlines\n", "two\nlines\n"],
  ["\u001b[1;31mred\u001b[0m", "\u001b[1;31mred\u001b[0m"],
  ["\rhalf way\u001b[K", "\rhalf way\u001b[K"],
  ["over\rwritten", "over␍written"],
  ["\u001b[8mhidden", "␛[8mhidden"],
  ["\u001b]52;c;aGk=\u0007", "␛]52;c;aGk=␇"],
  ["back\u0008space \u009b2J", "back␈space \\u{9B}2J"],
  ["right\u202eleft", "right\\u{202E}left"],
  ["日本 é", "日本 é"],
])("%j on a terminal is %j", (text, expected) => {
  const written: string[] = [];
  guarded({ write: (part) => written.push(String(part)), isTTY: true }).write(text);
  expect(written).toEqual([expected]);
});
