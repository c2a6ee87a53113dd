/**
 * After a build: how long an editor waits for what it asks at each key stroke, on a file of 200 lines that examples make together. A letter is
 * typed into a body and taken back, some declarations of the file depend on it, and each state is inspected, hovered and completed.
 */
import { readFileSync } from "node:fs";
import { completeAt, definitionAt, hoverAt, inspect } from "../dist/index.js";

const examples = ["captions/captions", "shapes/detect", "vae/vae"];
const texts = examples.map((name) => readFileSync(new URL(`../examples/${name}.nn`, import.meta.url), "utf8"));
// Two of them have a metric `right`.
const source = texts.map((text, index) => (index === 0 ? text.replaceAll(/\bright\b/g, "hit") : text)).join("\n");
/** What is typed behind, and what it is called. */
const places = [
  ["a body that two models lead to", "let gaze = "],
  ["a body that nothing else leads to", "let (places, h0, c0) = "],
  ["a train", "metrics: "],
  ["a comment", "/// Says in a few"],
];
const rounds = 60;

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** In milliseconds, of this process alone: what else runs on the machine counts for nothing. */
function spentOn(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

let inspection = inspect({ name: "main.nn", source });
const errors = inspection.diagnostics.filter(({ severity }) => severity === "error");
console.log(`${source.split("\n").length} lines, ${inspection.names.length} names, ${errors.length} errors`);
for (const [what, text] of places) {
  const at = source.indexOf(text) + text.length;
  if (at < text.length) throw new RangeError(`no ${text}`);
  const spent = { inspect: [], ask: [], fresh: [] };
  for (let round = 0; round < rounds; round += 1) {
    const typed = round % 2 === 0 ? `${source.slice(0, at)}x${source.slice(at)}` : source;
    const earlier = inspection;
    spent.inspect.push(spentOn(() => (inspection = inspect({ name: "main.nn", source: typed }, earlier))));
    spent.ask.push(
      spentOn(() => {
        hoverAt(inspection, at);
        definitionAt(inspection, at);
        completeAt(inspection, at);
      }),
    );
    if (round % 6 === 0) spent.fresh.push(spentOn(() => inspect({ name: "main.nn", source: typed })));
  }
  // The first ones are compiled while they run.
  const warm = Object.entries(spent).map(
    ([name, values]) => `${name} ${median(values.slice(values.length >> 1)).toFixed(1)} ms`,
  );
  console.log(`${what}: ${warm.join(", ")}`);
}
