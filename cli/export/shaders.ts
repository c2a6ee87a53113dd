/**
 * The kernels of an exported module as shaders of WebGPU, with what each entry asks of the device printed as code: its dispatches in order,
 * loops around them, and where the buffers of each begin.
 */
import type { Compiled } from "../../compiler/compile.ts";
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Dispatch, DispatchEntry, DispatchList, Move } from "../../compiler/program/dispatch.ts";
import type { Program } from "../../compiler/program/types.ts";
import { literal } from "../../targets/typescript/code.ts";
import { emitWgsl } from "../../targets/wgsl/index.ts";
import { gpuText } from "./gpu-text.ts";
import { sizeText } from "./sizes-text.ts";
import type { SizeNames } from "./sizes-text.ts";

/** Every device lets a uniform's part begin at a multiple of it. */
const uniformAlignment = 256;

/** The text that declares `View`, `Instance`, `open` and `close`; `places` say where the arena has what the host sees. Throws NN0650. */
export function shadersText(program: Program, sources: Compiled["sources"], places: string, sizes: SizeNames): string {
  const { manifest, files } = emitWgsl(program, sources);
  const list = JSON.parse(fileOf(files, manifest.module)) as DispatchList;
  return [dataText(program, list, fileOf(files, list.shader), sizes), places, gpuText].join("\n");
}

function fileOf(files: Readonly<Record<string, string | Uint8Array>>, name: string): string {
  const content = files[name];
  if (typeof content !== "string") throw new InternalError("export", `the target printed no ${name}`);
  return content;
}

function dataText(program: Program, list: DispatchList, shader: string, sizes: SizeNames): string {
  const parts = [...new Map(list.points.map(({ part }) => [part.from, part])).values()];
  const points = list.points.map(({ name, part }) => [parts.findIndex(({ from }) => from === part.from), name]);
  const dims = list.dims.map((name) => sizes.get(name) ?? "NaN");
  const longest = list.entries
    .flatMap(({ dispatches }) => dispatches)
    .reduce((most, one) => Math.max(most, one.buffers.length), 1);
  return [
    "/** The shaders, in WGSL: what each begins with, then a kernel each; and their entry points, each by its shader and its name. */",
    `const shaderHead = ${literal(shader.slice(list.head.from, list.head.to))};`,
    `const shaders: readonly string[] = ${literal(parts.map(({ from, to }) => shader.slice(from, to)))};`,
    `const points: readonly (readonly [shader: number, name: string])[] = ${literal(points)};`,
    "",
    "/** The bytes of the arena, in which everything lies, and those that tell a dispatch where its buffers begin. */",
    `const arenaBytes = ${Math.max(4, program.arenaBytes)};`,
    `const rowBytes = ${Math.ceil((4 * longest) / uniformAlignment) * uniformAlignment};`,
    "",
    "/** How large the open dimensions are in a call of so many rows, of that length. */",
    `const dimensions = (_rows: number, _length: number): readonly number[] => [${dims.join(", ")}];`,
    "",
    "/** A dispatch: its entry point, how many workgroups, and where its buffers begin, in numbers of 32 bits. */",
    "type Command = readonly [point: number, groups: number, starts: readonly number[]];",
    "",
    "/** What each entry asks of the device, in this order. */",
    "const commands: ReadonlyMap<string, (rows: number, length: number) => Generator<Command, void, undefined>> = new Map([",
    ...list.entries.map((entry) => entryText(entry, list, sizes)),
    "]);",
    "",
  ].join("\n");
}

/** A generator under the entry's name. */
function entryText(entry: DispatchEntry, { points }: DispatchList, sizes: SizeNames): string {
  const lines: string[] = [];
  const { dispatches, loops = [] } = entry;
  const names = new Map(loops.map(({ index }, at) => [index, `i${at}`]));
  const around: { readonly to: number }[] = [];
  let next = 0;
  for (const [at, dispatch] of dispatches.entries()) {
    for (let loop = loops[next]; loop?.from === at; loop = loops[++next]) {
      const name = names.get(loop.index) ?? "NaN";
      lines.push(`for (let ${name} = 0; ${name} < ${sizeText(loop.extent, sizes)}; ${name} += 1) {`);
      around.push(loop);
    }
    const { threads, workgroup } = points[dispatch.point];
    const groups = `Math.ceil(${sizeText(threads, sizes)} / ${workgroup})`;
    lines.push(`yield [${dispatch.point}, ${groups}, [${startsOf(dispatch, names, sizes).join(", ")}]];`);
    while (around.at(-1)?.to === at + 1) {
      around.pop();
      lines.push("}");
    }
  }
  return `  [${literal(entry.name)}, function* (_rows: number, _length: number): Generator<Command, void, undefined> {\n${lines.map((line) => `    ${line}\n`).join("")}  }],`;
}

function startsOf({ buffers, moves = [] }: Dispatch, names: ReadonlyMap<string, string>, sizes: SizeNames): string[] {
  return buffers.map((start, buffer) => {
    const moved = moves.filter((move) => move.buffer === buffer).map((move) => moveText(move, names, sizes));
    return [String(start), ...moved].join(" + ");
  });
}

/** How far a slot lies behind its stack's start. */
function moveText({ loop, times, plus, modulo, stride }: Move, names: ReadonlyMap<string, string>, sizes: SizeNames) {
  const turn = loop === undefined ? [] : [`${times} * ${names.get(loop) ?? "NaN"}`];
  const slot = `(${[...turn, sizeText(plus, sizes)].join(" + ")})`;
  const taken = modulo === undefined ? slot : `(${slot} - ${modulo} * Math.floor(${slot} / ${modulo}))`;
  return `${sizeText(stride, sizes)} * ${taken}`;
}
