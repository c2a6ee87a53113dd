/** A block of `values`: lines with `let`, and expressions with what they give behind `//`. They are computed as a network computes them. */
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";

interface Line {
  readonly text: string;
  readonly expression: string;
  readonly value: string;
}

type Nested = number | readonly Nested[];

/** The block itself where all values are so; of those that are not, with what they are. */
export async function withValues(body: string): Promise<string> {
  const lines = body.split("\n");
  const shown = lines.flatMap(lineOf);
  const source = programOf(
    lines.filter((line) => line.startsWith("let ")),
    shown,
  );
  const result = compile({ name: "values.nn", source }, { target: "wasm" });
  if (!result.ok) throw new Error(`${result.diagnostics.map(({ message }) => message).join("\n")}\n${source}`);
  const net = await load(result.artifact);
  const answers = net.predictSync({ unused: Float32Array.of(0) });
  net.close();
  const found = new Map(
    shown.map((line, at) => {
      const { shape, data } = answers[at] ?? { shape: [], data: [] };
      return [line.text, agreeing(line, nested([...data], shape))] as const;
    }),
  );
  return lines.map((line) => found.get(line) ?? line).join("\n");
}

function lineOf(text: string): readonly Line[] {
  const [, expression = "", value = ""] = /^(.*?)\s+\/\/ (.*)$/.exec(text) ?? [];
  return text.startsWith("let ") || expression === "" ? [] : [{ text, expression, value }];
}

function programOf(lets: readonly string[], shown: readonly Line[]): string {
  const shapes = shown.map(
    ({ value }) =>
      `[${"_"
        .repeat(/^\[*/.exec(value)?.[0].length ?? 0)
        .split("")
        .join(", ")}]`,
  );
  const results = shown.map(({ expression }) => `f32(${expression})`);
  return `model Values(unused: [1]) -> (${shapes.join(", ")}, []) {\n${lets.join("\n")}\nreturn (${results.join(",\n")}, sum(unused))\n}`;
}

function nested(data: readonly number[], shape: readonly number[]): Nested {
  const [size, ...rest] = shape;
  if (size === undefined) return data[0] ?? NaN;
  const each = data.length / size;
  return Array.from({ length: size }, (_, at) => nested(data.slice(at * each, (at + 1) * each), rest));
}

/** The line where it says so, within the digits that it shows. */
function agreeing({ text, value }: Line, found: Nested): string {
  return printed(found, value) === value
    ? text
    : `${text.slice(0, text.lastIndexOf("// "))}// ${printed(found, value)}`;
}

/** As the line writes numbers: with as many digits behind the point as its longest, truth values as words. */
function printed(found: Nested, like: string): string {
  if (typeof found !== "number") return `[${found.map((one) => printed(one, like)).join(", ")}]`;
  if (/true|false/.test(like)) return found === 1 ? "true" : "false";
  const digits = Math.max(0, ...[...like.matchAll(/\.(\d+)/g)].map(([, behind = ""]) => behind.length));
  const rounded = found.toFixed(like.includes("?") ? 3 : digits).replace(/^-(0(\.0*)?)$/, "$1");
  return String(Number(rounded));
}
