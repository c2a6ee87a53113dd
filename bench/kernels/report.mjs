/** A run as one table to read, and below it the kernels' sources. */
import { milliseconds } from "../peers/report/groups.mjs";
import { percent, placeOf, table } from "../peers/report/markdown.mjs";

const head = ["kernel", "kernels", "ms", "speed", "limit", "ratio", "by turns", "operations alone", "bar", "holds"];

export function markdown({ machine, ceiling, rows }) {
  const sources = rows.map(({ kernel, source }) => `/// ${kernel}\n${source}`);
  return [
    "# Single kernels",
    placeOf(machine),
    `As nnc compiles them for WebAssembly, on one thread, each beside its limit, measured in turns with it. What computes is held against the peak loop (${ceiling === 0 ? "not measured" : `${ceiling.toFixed(1)} GFLOP/s at best`}): the ratio is the share that it reaches. What moves bytes is held against a copy in WebAssembly SIMD that reads and writes as many bytes in all as the kernel must at least: the ratio is how many times as long it takes. Convolutions that become Winograd's are held against the direct form, compiled without them: the ratio is how many times as fast they are. \`kernels\`: how many the call is made of. Of some that move bytes and compute, *operations alone* is how many times as long as the copy a loop takes that does nothing but those operations which the kernel cannot do without: a bar below that is out of reach.`,
    table(head, rows.map(cells)),
    verdict(rows),
    "## Their sources",
    `\`\`\`nn\n${sources.join("\n\n")}\n\`\`\``,
  ]
    .join("\n\n")
    .concat("\n");
}

function verdict(rows) {
  const judged = rows.filter(({ holds }) => holds !== undefined);
  const skipped = rows.filter((row) => row.skipped !== undefined);
  const held = judged.filter(({ holds }) => holds);
  const left = skipped.length === 0 ? "" : ` Left out: ${skipped.length}.`;
  const beyond = judged.filter((row) => !row.holds && isOutOfReach(row)).length;
  const unreachable = beyond === 0 ? "" : ` Out of reach, by what their operations alone take: ${beyond}.`;
  return `${held.length} of ${judged.length} bars hold.${unreachable}${left}`;
}

/** Whether no kernel that does those operations can be as fast as is asked. */
function isOutOfReach({ bar, aloneRatio }) {
  return aloneRatio !== undefined && bar.kind === "copies" && aloneRatio > bar.most;
}

/** A row of the table. */
export function cells(row) {
  const { kernel, kernels, fastestMs, work, ratio, turnRatio, aloneRatio, skipped } = row;
  const bar = row.bar === undefined ? "" : barText(row.bar);
  if (skipped !== undefined) return [kernel, "–", "–", "–", "–", "–", "–", "", bar, `left out: ${skipped}`];
  const moves = work.kind === "copy";
  const speed = (value) => (moves ? `${value.toFixed(2)} ns/element` : `${value.toFixed(1)} GFLOP/s`);
  const ratioText = (value) => {
    if (work.kind === "direct") return `${(1 / value).toPrecision(3)} × as fast`;
    return moves ? `${value.toPrecision(3)} ×` : percent(1 / value);
  };
  return [
    kernel,
    kernels,
    milliseconds(fastestMs),
    speed(row.perElementNs ?? row.gflops),
    speed(row.limit),
    ratioText(ratio),
    ratioText(turnRatio),
    aloneRatio === undefined ? "" : ratioText(aloneRatio),
    bar,
    holdsText(row),
  ];
}

function holdsText(row) {
  if (row.holds === undefined) return "";
  if (row.holds) return "yes";
  return isOutOfReach(row) ? "out of reach" : "**no**";
}

function barText(bar) {
  switch (bar.kind) {
    case "copies":
      return `≤ ${bar.most} ×`;
    case "ceiling":
      return `≥ ${percent(bar.least)}`;
    case "element":
      return `≤ ${bar.most} ns/element`;
    case "faster":
      return `≥ ${bar.least} × as fast`;
    default:
      throw new Error(`a bar of ${bar.kind}`);
  }
}
