/** The style sheet of reports: cards in as many columns as there is room for, one on a telephone. */
import { plotScheme, schemeText } from "../plot/page.ts";

export const reportStyle = `${schemeText}${plotScheme}
:root { --good: #1a7346; --wrong-ground: #fbdcd5; --word: #8a3ea8; --text: #1a6b45; --number: #9a5000; }
@media (prefers-color-scheme: dark) {
  :root { --good: #6fd39b; --wrong-ground: #5c231a; --word: #d7a3ee; --text: #8fd6ae; --number: #f0b072; }
}
main { max-width: 78rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h2 { margin: 2rem 0 .75rem; font-size: 1.15rem; overflow-wrap: anywhere; }
h3 { margin: 0 0 .5rem; font-size: .95rem; overflow-wrap: anywhere; }
p { margin: .35rem 0; max-width: 48rem; overflow-wrap: anywhere; }
.note { color: var(--soft); font-size: .9rem; }
.bad { color: var(--bad); }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; padding: 0; margin: .75rem 0 0; font-size: .9rem; }
a { color: var(--accent); }
.cards { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); align-items: start; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: .75rem; min-width: 0; }
.wide { grid-column: 1 / -1; }
.scroll { overflow-x: auto; }
.scroll:focus-visible, a:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; font-size: .9rem; }
th, td { padding: .25rem .6rem; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top; unicode-bidi: isolate; }
td { max-width: 36rem; }
.long { min-width: 7rem; overflow-wrap: anywhere; }
thead th { color: var(--soft); font-weight: 600; }
tbody th { font-weight: 500; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.pairs { margin: 0; display: grid; gap: .25rem; font-size: .9rem; }
.pairs div { display: grid; grid-template-columns: minmax(5rem, 2fr) 3fr; gap: .75rem; }
.pairs dt { color: var(--soft); overflow-wrap: anywhere; unicode-bidi: isolate; }
.pairs dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; unicode-bidi: isolate; }
.whole { white-space: nowrap; }
summary { cursor: pointer; color: var(--soft); font-size: .9rem; padding: .35rem 0; }
.rows { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); }
.rows.small { grid-template-columns: repeat(auto-fill, minmax(min(100%, 10rem), 1fr)); }
.key { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; padding: 0; margin: 0 0 .75rem; font-size: .9rem; }
.key svg { vertical-align: -1px; border: 1px solid var(--line); }
.pictures { display: flex; flex-wrap: wrap; gap: .5rem; margin: 0 0 .5rem; }
figure { margin: 0; }
figcaption { font-size: .8rem; color: var(--soft); overflow-wrap: anywhere; }
img { display: block; image-rendering: pixelated; max-width: 100%; height: auto; border: 1px solid var(--line); }
.letters { margin: 0 0 .5rem; white-space: break-spaces; overflow-wrap: anywhere; font: .85rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; unicode-bidi: isolate; }
code { overflow-wrap: anywhere; }
mark { background: var(--wrong-ground); color: inherit; border-radius: .15rem; }
.source { margin: 0; padding: .75rem .75rem .75rem 3.25rem; overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: .75rem; font: .85rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.source li::marker { color: var(--soft); }
.source code { font: inherit; white-space: pre; unicode-bidi: isolate; }
.k-comment { color: var(--soft); }
.k-text { color: var(--text); }
.k-number { color: var(--number); }
.k-word { color: var(--word); font-weight: 600; }
.diff { margin: 0; padding: .5rem; overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: .75rem; font: .85rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre; }
.gone { color: var(--bad); }
.come { color: var(--good); }
.differs { font-weight: 650; }
`;
