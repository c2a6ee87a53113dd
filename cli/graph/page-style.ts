/** The style sheet of pages of pictures: the picture beside what is told of it, or above it on a telephone. */
import { pictureStyle } from "./style-text.ts";

export const pageStyle = `${pictureStyle(":root")}
:root { color-scheme: light dark; font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); min-height: 100vh; }
header { padding: .75rem 1rem .5rem; }
h1 { margin: 0; font-size: 1.25rem; line-height: 1.3; overflow-wrap: anywhere; }
h2 { margin: 0 0 .35rem; font-size: 1rem; overflow-wrap: anywhere; }
header p { margin: .1rem 0; color: var(--soft); overflow-wrap: anywhere; }
.row { display: flex; flex-wrap: wrap; gap: .4rem; padding-top: .35rem; }
button { font: inherit; color: var(--ink); background: var(--layer); border: 1px solid var(--layer-line); border-radius: .45rem; min-height: 2.25rem; min-width: 2.25rem; padding: .2rem .7rem; cursor: pointer; }
main { display: grid; grid-template-columns: minmax(0, 1fr); border-top: 1px solid var(--grid); }
#view, .still { overflow: auto; min-width: 0; }
#view svg { display: block; margin: 0 auto; }
.still svg { display: block; margin: 0 auto; }
#told { position: sticky; bottom: 0; max-height: 38vh; overflow: auto; padding: .6rem 1rem; background: var(--layer); border-top: 1px solid var(--layer-line); }
#told p { margin: 0 0 .3rem; overflow-wrap: anywhere; }
#told .path, #told .about, #told .file { color: var(--soft); font-size: .87rem; }
#told .file { margin-top: .5rem; }
#told .source { display: block; font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
#starting { padding: 0 1rem; }
.closed, .head { cursor: pointer; }
[tabindex]:focus { outline: none; }
svg g:focus-visible rect:not(.head) { stroke: var(--accent); stroke-width: 3; }
#view:focus-visible, .still:focus-visible, button:focus-visible { outline: 3px solid var(--accent); outline-offset: -3px; }
.lists { display: grid; gap: 1.5rem; padding: 1rem; grid-template-columns: minmax(0, 1fr); }
.lists > div { min-width: 0; overflow: auto; }
table { border-collapse: collapse; font-size: .87rem; }
th, td { text-align: left; padding: .2rem .7rem .2rem 0; border-bottom: 1px solid var(--grid); white-space: nowrap; }
td.long { min-width: 10rem; white-space: normal; overflow-wrap: anywhere; }
li { font-size: .87rem; overflow-wrap: anywhere; }
@media (min-width: 60rem) {
  main { grid-template-columns: minmax(0, 1fr) 21rem; align-items: start; }
  #view { max-height: calc(100vh - 8.5rem); }
  #told { position: sticky; top: 0; bottom: auto; max-height: 100vh; border-top: 0; border-left: 1px solid var(--layer-line); min-height: 12rem; }
  .lists { grid-template-columns: minmax(0, 2fr) minmax(0, 1fr); }
}
[hidden] { display: none !important; }
`;
