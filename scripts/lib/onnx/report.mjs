/** `docs/onnx-report.md`: which models were compared, with whom, and how far apart they were. */
import { tolerance } from "./compare.mjs";

export function reportText({ runtimes, steps, rows, checked, files }) {
  const head = ["program", "model", "bytes", "beside", ...runtimes.map(({ name }) => name)];
  return `${[
    "# Report of `npm run verify:onnx`",
    `With ${runtimes.map(({ name, version }) => `${name} ${version}`).join(" and ")}, one thread. ${checkedText(checked, files.length)}`,
    `Differences are the greatest of all numbers, of one row and of seven, relative where a number is above 1 and, for answers in the units of the data, above their deviation; at most ${tolerance} is asked for. ` +
      "Each program has the parameters that it begins with, moved a little, and what is fitted to its data.",
    table(head, rows.map(cells)),
    ...steps.map(stepText),
  ].join("\n\n")}\n`;
}

function checkedText(checked, count) {
  if (checked === undefined) return "Debian's python3-onnx is not installed; its checker judged nothing.";
  const wrong = Object.keys(checked.problems).length;
  return `The checker of python3-onnx ${checked.version}, with inference of shapes, ${wrong === 0 ? "took" : `refused ${wrong}`} of ${count} files${wrong === 0 ? ", all of them" : ""}.`;
}

function cells({ file, model, bytes, with: beside, differences, refused }) {
  const program = `\`${file}\``;
  if (refused !== undefined) return [program, model, "–", refused.replaceAll("|", "/"), "–", "–"];
  return [
    program,
    model,
    bytes,
    beside,
    ...differences.map((one) => (one <= tolerance ? one.toExponential(1) : `**${one.toExponential(1)}**`)),
  ];
}

function stepText({ name, count, problems }) {
  const wrong = problems.length === 0 ? "all right on both" : `**${problems.length} wrong**`;
  return `## ${name[0].toUpperCase()}${name.slice(1)}\n\n${count} models: ${wrong}.${problems.map((one) => `\n- ${one}`).join("")}`;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
