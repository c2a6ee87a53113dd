/** What an `if` binds for the statements after it, and what stays inside its branches: values on both targets, and whole messages. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";
import { analysed, elaborated, show } from "./helpers.ts";

async function answer(target: "typescript" | "wasm", source: string): Promise<readonly number[]> {
  const result = compile({ name: "main.nn", source }, { target, bounds: { N: 4 } });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  const net = await load(result.artifact);
  const [found] = await net.predict("M", { x: Float32Array.of(1, 2) });
  net.close();
  return [...(found?.data ?? [])];
}

function body(statements: string): string {
  return `model M(x: [N, 2]) -> [N, 2] {\n${statements}\n}`;
}

const each = "block f(x: [N, 2], k: int | [int]) -> [N, 2] {";

describe.each(["typescript", "wasm"] as const)("on %s, what every branch binds is bound after it:", (target) => {
  test.each<[string, string, readonly number[]]>([
    ["a tensor", body("if training { let y = 2 * x } else { let y = 3 * x }\nreturn y"), [3, 6]],
    [
      "numbers and several results, of the branch that is taken",
      `${each}
  if is_list(k) { let a = k[0]  let (p, q) = (x, 2 * x) }
  else if k > 3 { let (q, p) = (x, x + 1)  let a = 1 }
  else { let (q, p) = (x, x)  let a = 2 }
  return a * (p + q)
}
${body("return f(x, [5]) + f(x, 4) + f(x, 1)")}`,
      [22, 43],
    ],
    [
      "through a branch inside a branch",
      body(
        "if 1 > 2 { let y = x } else { if training { let y = x } else { let y = -x } }\nlet z = y + 1\nreturn 2 * z",
      ),
      [0, -2],
    ],
    [
      "a parameter, a state and what is told to it",
      body(
        "state n: [] = ones\nif 2 > 1 { param w: [2] = ones  n <- n + 1 } else { param w: [2] = zeros }\nreturn n * w * x",
      ),
      [2, 4],
    ],
    ["where another one returns", body("if training { return x } else { let y = 5 * x }\nreturn y"), [5, 10]],
    [
      "where another one returns in both of its own branches",
      body("if training { if 1 > 2 { return x } else { return -x } } else { let y = 4 * x }\nreturn y"),
      [4, 8],
    ],
    [
      "in the body of a scan",
      body(
        "let y = scan r in x along axis 1 { if training { let a = r } else { let a = 2 * r }  emit a + 1 }\nreturn y",
      ),
      [3, 5],
    ],
    [
      "and what only one binds stays inside, so that the name means what it meant",
      body("if 2 > 1 { let relu = -x  let y = relu } else { let y = x }\nreturn relu(y) + 1"),
      [1, 1],
    ],
  ])("%s", async (_, source, expected) => {
    expect(await answer(target, source)).toEqual(expected);
  });
});

test.each<[string, string, readonly string[]]>([
  [
    "a name of one branch without an `else`",
    body("if training { let y = x }\nreturn y"),
    [
      "error NN0203: `y` is known only between the braces that bind it, and used after them",
      "  «y» used here",
      "  «y» bound here",
      "  help: let every branch of the `if` bind `y`; from a `scan`, emit it",
    ],
  ],
  [
    "a name that the `else` lacks",
    body("if training { let y = x } else { let z = x  return z }\nif 1 > 2 { let q = y } else { let r = y }\nreturn q"),
    [
      "error NN0203: `q` is known only between the braces that bind it, and used after them",
      "  «q» used here",
      "  «q» bound here",
      "  help: let every branch of the `if` bind `q`; from a `scan`, emit it",
      "warning NN0215: the `let` `r` is never used, so it has no effect",
      "  «r» bound here",
    ],
  ],
  [
    "a name that the branches have bound already",
    body("if training { let y = x } else { let y = -x }\nlet y = x\nreturn y"),
    [
      "error NN0202: `y` is bound twice",
      "  «y» again here",
      "  «y» first here",
      "  help: a name is bound once: give the new value one of its own",
    ],
  ],
  [
    "a mistake in the branch that is taken, once",
    body("if training { let y = x } else { let y = x @ x }\nreturn y + y"),
    [
      "error NN0302: `@` needs the last size of the left side to equal the last but one of the right, found 2 and N in [N, 2] @ [N, 2]",
      "  «x @ x» this product",
      "  «x» this is [N, 2]",
      "  «x» this is [N, 2]",
      "  help: element by element is `*`",
    ],
  ],
])("what is said of %s", (_, source, expected) => {
  const { diagnostics } = analysed(source);
  const later = diagnostics.length === 0 ? elaborated(source, { allowOpen: true }).diagnostics : [];
  expect(show([...diagnostics, ...later], source)).toEqual(expected);
});
