/** The style sheet of a page: one column on a telephone, two where there is room; light or dark as the reader's system is. */
import { schemeText } from "../../plot/page.ts";

export const styleText = `${schemeText}main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h2 { margin: 0 0 .75rem; font-size: 1rem; overflow-wrap: anywhere; }
h2:not(:first-child) { margin-top: 1.5rem; }
.doc { margin: .35rem 0 0; color: var(--soft); max-width: 46rem; overflow-wrap: anywhere; }
.app { display: grid; gap: 1rem; margin-top: 1.25rem; }
.app > section, .app > form { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem; min-width: 0; }
@media (min-width: 46rem) {
  main { padding-top: 2.5rem; }
  .app { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); align-items: start; }
  .app > section, .app > form { padding: 1.25rem; }
  .answer { position: sticky; top: 1rem; }
  .brief { display: none; }
}
fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
fieldset + fieldset { margin-top: 1.5rem; }
legend { padding: 0; margin-bottom: .75rem; font-weight: 600; overflow-wrap: anywhere; }
.values { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .9rem .75rem; align-items: end; }
.value { min-width: 0; }
label { display: block; overflow-wrap: anywhere; }
.value label, .wide label { font-size: .9rem; margin-bottom: .2rem; }
.hint { display: block; font-size: .8rem; color: var(--soft); margin-top: .15rem; min-height: 1.2em; }
.hint.beyond { color: var(--bad); }
input, select, textarea, button { font: inherit; color: inherit; }
input[type=number], select, textarea { width: 100%; min-height: 2.5rem; padding: .4rem .6rem; background: var(--ground); border: 1px solid var(--line); border-radius: .5rem; }
textarea { min-height: 7rem; resize: vertical; }
.wide { margin-bottom: 1rem; }
button, .file { display: inline-block; min-height: 2.5rem; padding: .4rem .9rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--ground); cursor: pointer; }
button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
.file:focus-within, :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.file input { position: absolute; width: 1px; height: 1px; opacity: 0; }
.row { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; margin-top: .9rem; }
.check { display: flex; gap: .45rem; align-items: center; font-size: .9rem; min-height: 2.5rem; }
.check input { width: 1.15rem; height: 1.15rem; accent-color: var(--accent); }
.pad { display: block; width: 100%; max-width: 22rem; height: auto; border: 1px solid var(--line); border-radius: .5rem; image-rendering: pixelated; }
.pad.draws { touch-action: none; cursor: crosshair; image-rendering: auto; }
.examples { display: flex; flex-wrap: wrap; gap: .5rem; }
.examples.pictures button { padding: .25rem; line-height: 0; }
.examples canvas, .seen canvas { image-rendering: pixelated; border-radius: .25rem; display: block; }
.seen { display: flex; gap: .6rem; align-items: center; font-size: .85rem; color: var(--soft); margin: 0; }
.best { margin: 0 0 .9rem; font-size: 1.35rem; font-weight: 650; overflow-wrap: anywhere; }
.best span { color: var(--soft); font-weight: 400; font-size: 1rem; }
.bars { list-style: none; margin: 0; padding: 0; display: grid; gap: .6rem; }
.bars li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: .1rem .75rem; font-size: .92rem; }
.bars .name { overflow-wrap: anywhere; }
.bars .share { font-variant-numeric: tabular-nums; color: var(--soft); }
.bars .track { grid-column: 1 / -1; height: .55rem; border-radius: .3rem; background: var(--track); overflow: hidden; }
.bars .bar { display: block; height: 100%; background: var(--soft); border-radius: .3rem; }
.bars li.first .bar { background: var(--accent); }
.bars li.first .name, .bars li.first .share { font-weight: 650; color: var(--ink); }
.numbers { margin: 0; display: grid; grid-template-columns: auto minmax(0, 1fr); gap: .3rem 1rem; }
.numbers dt { color: var(--soft); overflow-wrap: anywhere; }
.numbers dd { margin: 0; font-variant-numeric: tabular-nums; font-weight: 600; overflow-wrap: anywhere; }
.one { margin: 0; font-size: 1.8rem; font-weight: 650; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.text { margin: 0; min-height: 12rem; white-space: pre-wrap; overflow-wrap: anywhere; font: 1rem/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.text .prompt { color: var(--soft); }
.note { margin: .9rem 0 0; font-size: .85rem; color: var(--soft); }
.note.above { margin: 0 0 .75rem; }
.brief { position: sticky; bottom: 0; margin: 1rem -1rem 0; padding: .6rem 1rem; background: var(--card); border-top: 1px solid var(--line); font-weight: 600; overflow-wrap: anywhere; }
.brief:empty { display: none; }
.problem { margin: 0; color: var(--bad); overflow-wrap: anywhere; }
footer { margin-top: 1.25rem; font-size: .8rem; color: var(--soft); }
[hidden] { display: none !important; }
`;
