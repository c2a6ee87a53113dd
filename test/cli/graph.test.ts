/** `nnc graph`: what its pictures hold, in each form; that no name leaves its place; and what it refuses. Their looks: test/browser/graph.test.ts. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { Memory, MemoryBuffer } from "../../cli/graph/memory.ts";
import type { Box, Picture } from "../../cli/graph/picture.ts";
import { settings } from "../random/settings.ts";
import { folderWith, nnc } from "./helpers.ts";

const small = `block gate(x: [N, C]) -> [N, C] {
  param g: [C] = ones
  return relu(g * x)
}

model Small(x: [N, 4]) -> [N, 2] = x |> gate |> dense(2)

model Other(x: [N, 4]) -> [N, 2] = Small(x)

train Small { data: given  loss: mse  optimizer: momentum(lr: 0.1)  batch: 8 }
`;
const loops = `model Counted(x: [N, T, 3]) -> [N, T, 4] = x |> rnn(4)
train Counted { data: given  loss: mse  optimizer: sgd(lr: 0.1)  batch: 8 }
`;
const turns = `model Deep(x: [N, 8]) -> [N, 8] = x |> repeat(50, residual(dense(8) |> relu))
`;
/** Names and texts that mean something to XML, HTML, scripts, DOT, JavaScript or a terminal. */
const hostileName = 'a"<b>--]]> $(x) \u202e.nn';
const hostile = `model __proto__(constructor: [N, 2]) -> [N, 2] {
  param toString: [2] = ones
  return constructor * toString // </script><script>alert(1)</script> <!-- ]]> " \\ -- "]; evil -> graph /* "> <img src=x onerror=alert(1)> &quot;
}
`;
const { folder: cwd } = folderWith({
  "small.nn": small,
  "loops.nn": loops,
  "turns.nn": turns,
  "deep.nn": `${turns}train Deep { data: given  loss: mse  optimizer: sgd(lr: 0.1)  batch: 8 }\n`,
  [hostileName]: hostile,
  "two.nn": `${small}
model Apart(x: [N, 4]) -> [N, 2] = x |> dense(2)
train Apart as far { data: given  loss: mse  optimizer: sgd(lr: 0.1)  batch: 8 }
`,
  "chain.nn": `model Chain(x: [N, 4]) -> [N, 4] = x${" |> dense(4) |> relu".repeat(1000)}\n`,
  "bare.nn": "model Bare(x: [N, F]) -> [N, F] = relu(x)\n",
});

async function run(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await nnc(["graph", ...args], { cwd });
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

async function written(form: string, ...args: readonly string[]): Promise<string> {
  await run(...args, "-o", `out.${form}`);
  return readFileSync(path.join(cwd, `out.${form}`), "utf8");
}

async function pictureOf(...args: readonly string[]): Promise<Picture> {
  return (JSON.parse(await run(...args, "--json")) as { picture: Picture }).picture;
}

/** `gate > mul`: a box in what is around it. */
function nameOf({ boxes }: Picture, box: Box | undefined): string {
  const around = box?.parent === null || box === undefined ? undefined : boxes[box.parent];
  return around === undefined || around.parent === null ? (box?.name ?? "") : `${around.name} > ${box?.name}`;
}

function edgesOf(picture: Picture): readonly string[] {
  const name = (id: number): string => nameOf(picture, picture.boxes[id]);
  return picture.edges.map(({ from, to, text }) => `${name(from)} -${text}-> ${name(to)}`);
}

describe("the outline", () => {
  test("is the tree of layers with what they make", async () => {
    expect(await run("small.nn")).toMatchInlineSnapshot(`
      "Small: forward, as predict.Small computes it
        layer     makes   operations
        ────────  ──────  ──────────
        Small                      5
          gate    [N, 4]           3
            relu  [N, 4]           2
          dense   [N, 2]           2
      "
    `);
  });

  test("a step has three parts", async () => {
    const lines = (await run("small.nn", "--step"))
      .split("\n")
      .slice(3)
      .map((line) => line.trimEnd().slice(0, 24).trimEnd());
    expect(lines).toMatchInlineSnapshot(`
      [
        "  Small",
        "    forward   [N, 2] [N,",
        "      gate    [N, 4] [4]",
        "        relu  [N, 4]",
        "      dense   [N, 2] [4,",
        "      mse     [N, 2] []",
        "    backward  [4] [4, 2]",
        "      mse     [N, 2]",
        "      dense   [N, 4] [4,",
        "      gate    [4]",
        "        relu  [N, 4]",
        "    update",
        "      gate.g",
        "      dense",
        "        w",
        "        b",
        "",
      ]
    `);
  });

  test("a model by its name is another entry", async () => {
    expect(await run("small.nn", "--model", "Other")).toContain("Other: forward, as predict.Other computes it");
  });
});

describe("a picture", () => {
  test("has the operations of each layer, parameters beside them, constants in what reads them, and shapes on edges", async () => {
    expect(edgesOf(await pictureOf("small.nn"))).toMatchInlineSnapshot(`
      [
        "gate > g -[4]-> gate > mul",
        "x -[N, 4]-> gate > mul",
        "gate > mul -[N, 4]-> relu > lessEqual 0",
        "relu > lessEqual 0 -bool[N, 4]-> relu > select 0",
        "gate > mul -[N, 4]-> relu > select 0",
        "relu > select 0 -[N, 4]-> dense > contract ab,bc->ac",
        "dense > w -[4, 2]-> dense > contract ab,bc->ac",
        "dense > contract ab,bc->ac -[N, 2]-> dense > add",
        "dense > b -[2]-> dense > add",
        "dense > add -[N, 2]-> output",
      ]
    `);
  });

  test("the backward pass begins with what was kept and ends with gradients", async () => {
    const picture = await pictureOf("small.nn", "--backward");
    const outside = picture.boxes.filter(({ kind }) => kind === "outside").map((box) => nameOf(picture, box));
    expect(outside).toMatchInlineSnapshot(`
      [
        "mse > mse: sub",
        "gate.relu: select",
        "dense > dense.w",
        "gate > x",
        "gate > gradient of gate.g",
        "dense > gradient of dense.w",
        "dense > gradient of dense.b",
      ]
    `);
    // The gradient of `relu(g * x)` by g reads x.
    expect(edgesOf(picture).some((edge) => edge.startsWith("gate > x -[N, 4]->"))).toBe(true);
  });

  test("a scan is a group with its body, into which slices and carries come and out of which they go", async () => {
    const picture = await pictureOf("loops.nn");
    const loop = picture.boxes.find(({ kind }) => kind === "loop");
    expect(loop?.name).toBe("scan, T times");
    const within = picture.boxes.filter(({ parent }) => parent === loop?.id).map(({ name }) => name);
    expect(within).toEqual(expect.arrayContaining(["each step's", "carried", "kept of each step", "carried on"]));
    const [recurrent] = picture.edges.filter(({ from }) => picture.boxes[from]?.name === "carried");
    expect(recurrent?.text).toBe("[N, 4]");
  });

  test("kernels hold what was fused, and a value that another kernel makes comes from there", async () => {
    const picture = await pictureOf("small.nn", "--kernels");
    const kernels = picture.boxes.filter(({ kind }) => kind === "kernel");
    const within = kernels.map(({ id, name }) => {
      const inside = picture.boxes.filter(({ parent, kind }) => parent === id && kind === "op");
      return [name, inside.map((box) => box.name)];
    });
    expect(within).toMatchInlineSnapshot(`
      [
        [
          "relu",
          [
            "mul",
            "lessEqual 0",
            "select 0",
          ],
        ],
        [
          "dense",
          [
            "contract ab,bc->ac",
            "add",
          ],
        ],
      ]
    `);
  });

  test("every operation of the step is in some kernel, and every kernel has one", async () => {
    const picture = await pictureOf("small.nn", "--kernels", "--step");
    const ops = picture.boxes.filter(({ kind }) => kind === "op");
    const kernels = picture.boxes.filter(({ kind }) => kind === "kernel");
    expect(ops.filter(({ parent }) => !kernels.some(({ id }) => id === parent))).toEqual([]);
    expect(kernels.filter(({ id }) => !ops.some(({ parent }) => parent === id))).toEqual([]);
  });

  test("kernels that are too many to be seen at once stand in their layers, in the part of the step that they belong to", async () => {
    const picture = await pictureOf("deep.nn", "--kernels", "--step");
    const above = (box: Box | undefined): readonly string[] =>
      box === undefined ? [] : [...above(picture.boxes[box.parent ?? -1]), box.name];
    const kernels = picture.boxes.filter(({ kind }) => kind === "kernel").map((box) => above(box).slice(1));
    const within = (...path: readonly string[]): number =>
      kernels.filter((names) => path.every((name, at) => names[at] === name)).length;
    expect(kernels.length).toBeGreaterThan(64);
    expect(within("forward", "repeat", "repeat.7.residual")).toBe(1);
    expect(within("backward", "repeat", "repeat.7.residual.dense")).toBe(2);
    expect(within("forward") + within("backward") + within("update")).toBe(kernels.length);
    const svg = await written("svg", "deep.nn", "--kernels", "--step");
    expect([...svg.matchAll(/class="name"/g)].length).toBeLessThan(100);
  });

  test("boxes know the line of the source that they come from", async () => {
    const { boxes, places } = await pictureOf("small.nn");
    const linesOf = (name: string): readonly string[] =>
      (boxes.find((box) => box.name === name)?.places ?? []).map(
        (at) => `${places[at]?.file}:${places[at]?.line} ${places[at]?.text}`,
      );
    expect(linesOf("mul")).toEqual(["small.nn:3 return relu(g * x)"]);
    expect(linesOf("gate")).toEqual(["small.nn:6 model Small(x: [N, 4]) -> [N, 2] = x |> gate |> dense(2)"]);
  });

  test("of fifty layers is closed to one box a layer, by its path; `--depth` opens more", async () => {
    const boxesOf = (svg: string): readonly string[] =>
      [...svg.matchAll(/class="name"[^>]*>([^<]*)</g)].map(([, name]) => name ?? "");
    const names = boxesOf(await written("svg", "turns.nn"));
    expect(names).toEqual(["x", ...Array.from({ length: 50 }, (_, at) => `repeat.${at}.residual`), "output"]);
    expect(boxesOf(await written("svg", "turns.nn", "--depth", "9")).length).toBeGreaterThan(150);
    expect(boxesOf(await written("svg", "turns.nn", "--depth", "1"))).toEqual(["x", "repeat", "output"]);
  });

  test("of a thousand layers beside each other in a body stands in columns, every layer in it", async () => {
    const chain = await written("svg", "chain.nn");
    const heightOf = Number(/ height="(\d+)"/.exec(chain)?.[1]);
    const widthOf = Number(/ width="(\d+)"/.exec(chain)?.[1]);
    for (const name of ["dense", "relu", "dense_500", "relu_1000"]) expect(chain).toContain(`>${name}<`);
    // Two thousand boxes in one column are 100,000 high.
    expect(heightOf).toBeLessThan(40_000);
    expect(widthOf).toBeLessThan(1000);
  });
});

describe("memory", () => {
  test("every buffer lies in the arena, and no two have a byte at once", async () => {
    const { memory } = JSON.parse(await run("small.nn", "--memory", "--step", "--json")) as { memory: Memory };
    const meet = (a: MemoryBuffer, b: MemoryBuffer): boolean =>
      a.from < b.to && b.from < a.to && a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
    const { buffers, calls, arenaBytes, lowerBound, peakBytes } = memory;
    expect(buffers.filter(({ offset, bytes, to }) => offset + bytes > arenaBytes || to > calls.length)).toEqual([]);
    const pairs = buffers.flatMap((a, at) =>
      buffers.slice(at + 1).flatMap((b) => (meet(a, b) ? [[a.name, b.name]] : [])),
    );
    expect(pairs).toEqual([]);
    expect(peakBytes).toBeLessThanOrEqual(arenaBytes);
    expect(lowerBound).toBeLessThanOrEqual(arenaBytes);
    expect(buffers.filter(({ always }) => always).map(({ name }) => name)).toEqual(
      expect.arrayContaining(["Small.gate.g", "Small.dense.w", "Small.dense.b"]),
    );
  });

  test("is drawn with the names of buffers and what bounds the arena, and is a table in the terminal", async () => {
    const svg = await written("svg", "small.nn", "--memory", "--step");
    expect(svg).toContain("<title>Small.x: input, [N, 4], 128 B from");
    expect(svg).toMatch(/arena .* times the lower bound/);
    expect(await run("small.nn", "--memory")).toMatch(/^ {2}Small\.x +input +\[N, 4\] +128 B/m);
  });
});

describe("names and texts stay in their places", () => {
  const args = [hostileName];

  test("in SVG", async () => {
    const svg = await written("svg", ...args);
    const tags = new Set([...svg.matchAll(/<(\/?[A-Za-z!?][^\s/>]*)/g)].map(([, tag]) => tag?.replace("/", "")));
    expect(tags).toEqual(new Set(["svg", "title", "desc", "style", "rect", "text", "g", "defs", "marker", "path"]));
    expect(svg).not.toContain("\u202e");
  });

  test("in HTML: one script and one block of data, whose text is what the picture says", async () => {
    const html = await written("html", ...args);
    expect(html.match(/<script\b/gi)).toHaveLength(2);
    expect(html.match(/<\/script>/gi)).toHaveLength(2);
    expect(html).not.toMatch(/<img|<!--(?! A picture)|\u202e/);
    const [, data = ""] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html) ?? [];
    const { picture } = JSON.parse(data) as { picture: Picture };
    expect(picture.title).toBe("__proto__");
    expect(picture.boxes.map(({ name }) => name)).toEqual(expect.arrayContaining(["constructor", "toString", "mul"]));
    expect(picture.places.map(({ text }) => text).join()).toContain("</script><script>alert(1)</script>");
    expect(picture.places.map(({ file }) => file)).toContain(hostileName.replace("\u202e", "\\u{202E}"));
  });

  test("in DOT: outside of strings there are only its own words", async () => {
    const dot = await written("dot", ...args);
    const outside = dot.replace(/"(?:[^"\\]|\\.)*"/gs, "S").replace(/^\/\/.*\n/, "");
    expect(outside).not.toContain('"');
    for (const line of outside.trim().split("\n"))
      expect(line).toMatch(
        /^\s*(digraph \{|subgraph cluster_\d+ \{|\}|(label|node|edge|n\d+( -> n\d+)?)\b ?[\w ,=[\]]*;)$/,
      );
  });
});

describe("what cannot be shown is refused", () => {
  test.each<readonly [args: string, sentence: string]>([
    ["small.nn -o x.png", '--out: expected a file that ends in .svg, .html or .dot, found "x.png"'],
    ["small.nn -o x", '--out: expected a file that ends in .svg, .html or .dot, found "x"'],
    ["small.nn --memory -o x.dot", "Graphviz draws graphs, and buffers over time are none"],
    ["small.nn --backward --step", "expected --backward or --step, found both"],
    ["small.nn --kernels --memory", "expected --kernels or --memory, found both"],
    ["small.nn --backward --kernels", "--backward: expected --step --kernels, found --backward --kernels"],
    ["small.nn --backward --memory", "--backward: expected --step --memory, found --backward --memory"],
    ["small.nn --step --model Other", '--model: expected --label to choose a train for --step, found "Other"'],
    ["small.nn --model Smal", '--model: expected Small or Other, found "Smal"; did you mean `Small`?'],
    ["two.nn --model Apart", `--model: expected Small or Other, found "Apart"; Apart is there with --label far`],
    ["two.nn --model Apar", '--model: expected Small or Other, found "Apar"'],
    ["small.nn --depth 2", "--depth: expected -o and a file beside it"],
    ["small.nn --force", "--force: expected -o FILE with it, found none"],
    ["small.nn --memory --depth 2 -o x.svg", "--depth: expected a picture with groups, found --memory"],
    ["bare.nn --step", "expected a file with a `train` for --step, found none in bare.nn"],
    ["bare.nn --backward", "expected a file with a `train` for --backward, found none in bare.nn"],
  ])("%s", async (args, sentence) => {
    const { code, stdout, stderr } = await nnc(["graph", ...args.split(" ")], { cwd });
    expect(stderr).toContain(sentence);
    expect([code, stdout]).toEqual([2, ""]);
  });

  test("sizes may be open in a graph, but not in kernels and memory", async () => {
    expect(await run("bare.nn")).toContain("Bare");
    for (const flag of ["--kernels", "--memory"]) {
      const { code, stderr } = await nnc(["graph", "bare.nn", flag], { cwd });
      expect(stderr).toContain("error[NN");
      expect(code).toBe(1);
    }
    expect(await run("bare.nn", "--memory", "--dim", "F=3", "--bounds", "N=2")).toContain("[N, 3]");
  });

  test("a file that nnc did not write is not replaced, one that it drew is", async () => {
    const { folder } = folderWith({ "small.nn": small, "mine.svg": "<svg/>" });
    const to = (file: string) => nnc(["graph", "small.nn", "-o", file], { cwd: folder });
    expect((await to("mine.svg")).stderr).toContain("NN0928");
    for (const form of ["svg", "html", "dot"]) {
      expect((await to(`x.${form}`)).code).toBe(0);
      expect((await to(`x.${form}`)).code).toBe(0);
    }
  });
});

describe("every example", () => {
  const root = path.resolve(import.meta.dirname, "../../examples");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".nn") && !file.startsWith("lessons"),
  );
  // Every third in a normal run.
  const chosen = files.toSorted().filter((_, at) => settings.deep || at % 3 === 0);

  test.each(chosen)("%s is drawn: its layers, its step, its kernels and its memory", async (file) => {
    const place = path.join(root, file);
    expect(await written("svg", place)).toContain("</svg>");
    expect(await written("html", place, "--step")).toContain("</html>");
    expect(await written("dot", place, "--kernels")).toContain("digraph");
    expect(await written("html", place, "--step", "--memory")).toContain("</html>");
  });
});
