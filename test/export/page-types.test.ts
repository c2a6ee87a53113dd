/** The script of a page before its types are taken away: TypeScript finds no mistake in it, with every strict option. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test, vi } from "vitest";
import { folderWith, nnc } from "../cli/helpers.ts";
import { complaints, strictest } from "../declarations/compilers.ts";

vi.mock("../../cli/export/javascript.ts", () => ({ withoutTypes: (text: string) => text }));

const rows = `model Rows(image: [N, 4], kind: i32[N]) -> [N, 2] = concat([image, embedding(kind, 3, 2)], axis: -1) |> dense(2)
train Rows { data: csv("rows.csv", image: "p*", kind: "kind", target: "half")  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 4  epochs: 1 }
`;
const rowsCsv = `p1,p2,p3,p4,kind,half\n${"1,2,3,4,red,left\n4,3,2,1,blue,right\n0,1,0,1,green,left\n".repeat(4)}`;
const plain = `model Plain(x: [N, 2]) -> [N, 1] = x |> dense(1)
train Plain { data: csv("rows.csv", x: ["p1", "p2"], target: "p3")  loss: mse  optimizer: sgd(lr: 0.01)  batch: 4  epochs: 1 }
`;
const letters = `model Letters(text: i32[N, T]) -> [N, T, 6] = text |> embedding(6, 4) |> rnn(4) |> dense(6)
train Letters { data: text("letters.txt", window: 8, vocabulary: 6)  loss: cross_entropy  optimizer: sgd(lr: 1)  batch: 8  epochs: 1 }
`;
const { folder: cwd } = folderWith({
  "rows.nn": rows,
  "plain.nn": plain,
  "rows.csv": rowsCsv,
  "letters.nn": letters,
  "letters.txt": "abcabd".repeat(20),
});

test.each(["rows", "plain", "letters"])(
  "of %s",
  async (name) => {
    for (const args of [
      ["train", `${name}.nn`, "-o", name],
      ["export", `${name}.nn`, "--params", `${name}/parameters.safetensors`, "-o", `${name}.html`],
    ]) {
      const { code, stderr } = await nnc(args, { cwd });
      expect([code, stderr]).toEqual([0, expect.not.stringContaining("error")]);
    }
    const [, script = ""] =
      /<script[^>]*>\n?([^]*?)<\/script>/.exec(readFileSync(path.join(cwd, `${name}.html`), "utf8")) ?? [];
    expect(script).toContain("): number {");
    // A page has no use for all of the module's own text.
    const options = {
      ...strictest,
      noUnusedLocals: false,
      lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
    };
    expect(complaints(new Map([["/page.ts", script]]), ["/page.ts"], undefined, undefined, options)).toEqual([]);
  },
  60_000,
);
