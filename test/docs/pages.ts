/** The pages of the manual whose blocks `manual.test.ts` runs, each in a folder of its own, in the order of the table of contents. */
export const pages: readonly string[] = [
  "first-network.md",
  "language/values.md",
  "language/blocks.md",
  "language/shapes.md",
  "language/operators.md",
  "language/control.md",
  "language/parameters.md",
  "language/files.md",
  "language/layers.md",
  "data.md",
  "training.md",
  "own-parts.md",
  "command.md",
  "library.md",
  "targets.md",
];
