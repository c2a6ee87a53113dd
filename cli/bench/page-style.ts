/** The style sheet of a report: light or dark as the reader's system is, readable on a telephone. */
import { plotScheme, schemeText } from "../plot/page.ts";

export const reportStyle = `${schemeText}${plotScheme}
:root { --good: #17663a; --bar: #0b63b033; }
@media (prefers-color-scheme: dark) {
  :root { --good: #7fd6a3; --bar: #6db3f240; }
}
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h2 { margin: 2rem 0 .75rem; font-size: 1.2rem; overflow-wrap: anywhere; }
h3 { margin: 1.25rem 0 .5rem; font-size: 1rem; overflow-wrap: anywhere; }
p { margin: .35rem 0; max-width: 52rem; overflow-wrap: anywhere; }
.soft, footer { color: var(--soft); font-size: .9rem; }
.notes { margin: .5rem 0; padding-left: 1.2rem; color: var(--soft); font-size: .9rem; overflow-wrap: anywhere; }
.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); gap: 1rem; margin-bottom: 1rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: .9rem; min-width: 0; }
.panels svg { display: block; width: 100%; height: auto; max-width: 34rem; }
.wide { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: .6rem .9rem; }
.wide svg { display: block; width: 100%; height: auto; min-width: 46rem; }
table { border-collapse: collapse; font-size: .9rem; }
th, td { padding: .25rem .7rem .25rem 0; text-align: left; white-space: nowrap; vertical-align: top; }
th { color: var(--soft); font-weight: 600; border-bottom: 1px solid var(--line); }
.right { text-align: right; font-variant-numeric: tabular-nums; }
.better { color: var(--good); font-weight: 600; }
.worse { color: var(--bad); font-weight: 600; }
.source td { padding: 0 .7rem 0 0; line-height: 1.45; }
.source .right { color: var(--soft); font-size: .85rem; }
.source .hot { color: var(--ink); font-weight: 600; }
.source .share { width: 4.5rem; min-width: 4.5rem; padding-right: .7rem; }
.source .share svg { display: block; width: 100%; min-width: 0; height: 1.1em; margin-top: .15em; }
.source code { white-space: pre; font: .85rem/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; tab-size: 2; }
@media (max-width: 40rem) { .source .share { display: none; } }
details { margin: .75rem 0; }
summary { cursor: pointer; font-weight: 600; }
details[open] summary { margin-bottom: .5rem; }
footer { margin-top: 2rem; border-top: 1px solid var(--line); padding-top: .75rem; }
`;
