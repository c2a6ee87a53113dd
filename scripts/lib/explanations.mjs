/**
 * An esbuild plugin that leaves explanations and examples out of the catalogue of diagnostics: only `nnc explain` prints them, and a
 * page that trains should not load them, nor what else of the catalogue it does not import.
 */
import { readFileSync } from "node:fs";
import ts from "typescript";

const left = new Set(["explanation", "example"]);

/** The source without those properties of what `define` is called with; each such call marked as pure, so that what nobody imports is left out. */
function withoutTexts(file) {
  const text = readFileSync(file, "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  const kept = [];
  let end = 0;
  const keep = (to, from, added = "") => {
    kept.push(text.slice(end, to), added);
    end = from;
  };
  const visit = (node) => {
    if (ts.isCallExpression(node) && node.expression.getText(source) === "define") {
      const start = node.getStart(source);
      keep(start, start, "/* @__PURE__ */ ");
      for (const property of node.arguments[0]?.properties ?? []) {
        // The comma behind goes, too: an empty place between two commas is no property.
        if (left.has(property.name?.getText(source)))
          keep(property.getFullStart(), property.end + (text[property.end] === "," ? 1 : 0));
      }
    } else ts.forEachChild(node, visit);
  };
  visit(source);
  return [...kept, text.slice(end)].join("");
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
