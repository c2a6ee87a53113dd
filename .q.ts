import { readFileSync } from "node:fs";
import { front } from "./compiler/front.ts";
import * as C from "./compiler/compile.ts";
import { printSteps } from "./compiler/kernel/print.ts";
import { fuse } from "./compiler/fuse/index.ts";
import { joinSegments } from "./compiler/fuse/segments.ts";
import { lower } from "./compiler/lower/lower.ts";
import { runPasses } from "./compiler/passes/index.ts";
import { printGraph } from "./compiler/graph/print.ts";
import { UniqueNames } from "./compiler/program/unique-names.ts";
const source = readFileSync(process.argv[2], "utf8");
const out: any = C.compile({ name: "a.nn", source }, { target: "wasm", dims: JSON.parse(process.argv[4] ?? "{}") });
for (const d of out.diagnostics) console.log(d.severity, d.code, d.message);
const e = out.elaboration.entries.find((x: any) => x.name === process.argv[3]);
const g = runPasses(e.graph, { verify: true });
if (process.argv[5] === "graph") console.log(printGraph(g));
else {
  const taken = new UniqueNames();
  console.log(
    printSteps(
      joinSegments(fuse(lower(g, out.elaboration.bounds), out.elaboration.bounds, taken, { nests: true }), taken).steps,
    ),
  );
}
