/** The pages of the manual whose blocks are run, each in a folder of its own, and which test runs them. */
import { pointsCsv, pointsSource } from "../cli/fixture.ts";

/** What a page takes for granted: files, and commands that were run before. */
interface Given {
  readonly files?: Readonly<Record<string, string>>;
  readonly before?: string;
}

const points = (file: string): Readonly<Record<string, string>> => ({ [file]: pointsSource, "points.csv": pointsCsv });

/** Those that `manual.test.ts` runs. */
export const pages: ReadonlyMap<string, Given> = new Map([
  ["first-network.md", {}],
  ["language/values.md", {}],
  ["language/blocks.md", {}],
  ["language/shapes.md", {}],
  ["language/operators.md", {}],
  ["language/control.md", {}],
  ["language/parameters.md", {}],
  ["language/files.md", {}],
  ["language/layers.md", {}],
  ["data.md", {}],
  ["training.md", {}],
  ["own-parts.md", {}],
  ["command.md", {}],
  ["library.md", {}],
  ["targets.md", {}],
  ["benchmarks.md", { files: points("net.nn") }],
  ["pictures.md", { files: { "examples/digits/digits.nn": pointsSource } }],
  ["reports.md", { files: points("digits.nn") }],
  ["onnx.md", { files: points("digits.nn"), before: "nnc train digits.nn -o run" }],
  ["pytorch.md", { files: points("net.nn") }],
]);

/** Those that `exporting.test.ts` and `library.test.ts` run. */
export const elsewhere: readonly string[] = [
  "editors.md",
  "exporting.md",
  "training-from-a-program.md",
  "inference-server.md",
  "inference-worker.md",
  "inference-page.md",
];
