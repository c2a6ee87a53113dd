/**
 * An esbuild plugin that leaves explanations and examples out of the catalogue of diagnostics: only `nnc explain` prints them, and a
 * page that trains should not load them.
 */
import { readFileSync } from "node:fs";
import ts from "typescript";

const left = new Set(["explanation", "example"]);

/** The source without those properties of what `define` is called with. */
function withoutTexts(file) {
  const text = readFileSync(file, "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  const cuts = [];
  const visit = (node) => {
    if (ts.isCallExpression(node) && node.expression.getText(source) === "define") {
      for (const property of node.arguments[0]?.properties ?? []) {
        if (left.has(property.name?.getText(source))) cuts.push([property.getFullStart(), property.end]);
      }
    } else ts.forEachChild(node, visit);
  };
  visit(source);
  // An empty place between two commas is no property: the comma in front goes, too.
  return cuts.reduceRight((rest, [from, to]) => rest.slice(0, from).replace(/,$/, "") + rest.slice(to), text);
}

export function withoutExplanations() {
  return {
    name: "without-explanations",
    setup({ onLoad }) {
      onLoad({ filter: /compiler[\\/]diagnostics[\\/]codes[\\/]\w+\.ts$/ }, ({ path: file }) => ({
        contents: withoutTexts(file),
        loader: "ts",
      }));
    },
  };
}
