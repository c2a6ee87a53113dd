/**
 * Pictures as pages of one file: a graph whose groups open and close, and that tells where in the source a box comes from; the arena over time with a
 * table of its buffers, which needs no script.
 */
import { literal } from "../../targets/typescript/code.ts";
import { formatBytes, formatWhole } from "../output/numbers.ts";
import { isLong, node } from "../plot/html.ts";
import { wholePage } from "../plot/page.ts";
import { element, words } from "../plot/xml.ts";
import type { Memory, MemoryBuffer } from "./memory.ts";
import { memoryScene, memorySize } from "./memory-scene.ts";
import script from "./page/main.script";
import type { PageData } from "./page/main.ts";
import { pageStyle } from "./page-style.ts";
import type { Picture } from "./picture.ts";
import { written } from "./svg.ts";

const about = "A picture in one file that fetches nothing, drawn by nnc.";

export function graphPage(picture: Picture, open: ReadonlySet<number>): string {
  const { title, subtitle } = picture;
  const data: PageData = { picture, open: [...open] };
  return wholePage({
    title: `${title}: ${subtitle}`,
    about,
    style: pageStyle,
    script,
    body: `<header>
<h1>${words(title)}</h1>
<p>${words(subtitle)}</p>
<p class="row">
<button type="button" id="first">Layers</button>
<button type="button" id="open">Open all</button>
<button type="button" id="close">Close all</button>
<button type="button" id="smaller" aria-label="Smaller">−</button>
<button type="button" id="larger" aria-label="Larger">+</button>
</p>
</header>
<main>
<div id="view" role="region" aria-label="The graph" tabindex="0"></div>
<aside id="told" aria-live="polite"><p class="about">A click, or Enter, opens and closes a group; the pointer, or Tab, tells what a box is and which line it comes from.</p></aside>
</main>
<p id="starting">This page draws with JavaScript, which this browser has not started.</p>
<script type="application/json" id="data">${literal(data)}</script>
`,
  });
}

export function memoryPage(memory: Memory): string {
  const { title, subtitle, buffers } = memory;
  const { width, height } = memorySize;
  const attributes = { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": subtitle };
  const picture = element("svg", attributes, memoryScene(memory).map(written));
  const rows = buffers.toSorted((one, other) => other.bytes - one.bytes).map(rowOf);
  return wholePage({
    title: `${title}: ${subtitle}`,
    about,
    style: pageStyle,
    body: `<header>
<h1>${words(title)}</h1>
<p>${words(subtitle)}</p>
</header>
<div class="still" role="region" aria-label="The arena over time" tabindex="0">${picture}</div>
<section class="lists">
<div><h2>Buffers, the largest first</h2>
<table><thead><tr><th>name</th><th>role</th><th>shape</th><th>bytes</th><th>from</th><th>calls</th></tr></thead>
<tbody>${rows.join("")}</tbody></table></div>
<div><h2>Calls</h2>
<ol start="0">${memory.calls.map((name) => `<li>${words(name)}</li>`).join("")}</ol></div>
</section>
`,
  });
}

function rowOf({ name, role, shape, bytes, offset, from, to, always }: MemoryBuffer): string {
  const life = always ? "always" : `${from} to ${to - 1}`;
  const cells = [name, role, shape, formatBytes(bytes), formatWhole(offset), life];
  return `<tr>${cells.map((cell) => node("td", isLong(cell) ? { class: "long" } : {}, words(cell))).join("")}</tr>`;
}
