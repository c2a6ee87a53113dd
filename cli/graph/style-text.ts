/** The colours of pictures, light or dark as the reader's system is: in a file of SVG for its root, in a page for all of it. */

const light = {
  ground: "#ffffff",
  ink: "#1f2328",
  soft: "#57606a",
  line: "#8a94a0",
  layer: "#f2f5f9",
  "layer-line": "#b9c3cf",
  loop: "#faf4e4",
  "loop-line": "#b8994a",
  kernel: "#edf6f0",
  "kernel-line": "#7db494",
  op: "#ffffff",
  input: "#e2eefb",
  "input-line": "#3a78b8",
  variable: "#f2e9fa",
  "variable-line": "#8a60ae",
  output: "#e1f3e5",
  "output-line": "#3c8a54",
  accent: "#0b63b0",
  grid: "#e4e7eb",
  temporary: "#cfe3f5",
  result: "#bfe6c9",
  bound: "#a3260f",
};

const dark: typeof light = {
  ground: "#14171b",
  ink: "#e8ebef",
  soft: "#a7b1bd",
  line: "#75808c",
  layer: "#1e232a",
  "layer-line": "#46505c",
  loop: "#2b2618",
  "loop-line": "#a58a45",
  kernel: "#18261e",
  "kernel-line": "#5b8f70",
  op: "#14171b",
  input: "#172a3d",
  "input-line": "#5d9bd8",
  variable: "#2a2035",
  "variable-line": "#ab86cd",
  output: "#16301e",
  "output-line": "#5fae78",
  accent: "#6db3f2",
  grid: "#2b313a",
  temporary: "#1f4566",
  result: "#1d5230",
  bound: "#ff9b85",
};

function variables(colours: typeof light): string {
  return Object.entries(colours)
    .map(([name, value]) => `--${name}: ${value};`)
    .join(" ");
}

/** `root` is what has the variables. */
export function pictureStyle(root: string): string {
  return `
${root} { ${variables(light)} }
@media (prefers-color-scheme: dark) { ${root} { ${variables(dark)} } }
svg text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: var(--ink); }
svg .ground { fill: var(--ground); }
svg .name, svg .title { font-weight: 600; }
svg .leaf .name { font-weight: 400; }
svg .soft { fill: var(--soft); }
svg .group rect { fill: var(--layer); stroke: var(--layer-line); }
svg .part rect { fill: var(--ground); }
svg .loop rect { fill: var(--loop); stroke: var(--loop-line); }
svg .kernel rect { fill: var(--kernel); stroke: var(--kernel-line); }
svg .leaf rect { fill: var(--op); stroke: var(--line); }
svg .input rect { fill: var(--input); stroke: var(--input-line); }
svg .variable rect { fill: var(--variable); stroke: var(--variable-line); }
svg .output rect { fill: var(--output); stroke: var(--output-line); }
svg .given rect, svg .outside rect, svg .port rect { fill: var(--ground); stroke: var(--line); stroke-dasharray: 4 3; }
svg .group .head { fill: transparent; stroke: none; }
svg .closed rect { stroke-width: 1.5; }
svg .fold { fill: none; stroke: var(--soft); stroke-width: 1.6; }
svg .edge { fill: none; stroke: var(--line); stroke-width: 1.2; }
svg .arrow, svg .exit { fill: var(--line); }
svg .shape { fill: var(--soft); text-anchor: middle; }
svg .plate { fill: var(--layer); }
svg .plate.part { fill: var(--ground); }
svg .plate.loop { fill: var(--loop); }
svg .plate.kernel { fill: var(--kernel); }
svg .axis { stroke: var(--line); }
svg .grid { stroke: var(--grid); }
svg .end { text-anchor: end; }
svg .middle { text-anchor: middle; }
svg .buffer rect { fill: var(--temporary); stroke: var(--ground); stroke-width: .6; }
svg .buffer.always rect { fill: var(--variable); stroke: var(--variable-line); }
svg .buffer.input rect { fill: var(--input); stroke: var(--input-line); }
svg .buffer.result rect { fill: var(--result); stroke: var(--output-line); }
svg .bound { stroke: var(--bound); stroke-width: 1.4; stroke-dasharray: 6 4; }
svg .bound-name { fill: var(--bound); }
`;
}
