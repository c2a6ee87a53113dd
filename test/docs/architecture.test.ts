/** ARCHITECTURE.md stays true: the printed forms in it are printed again here, and every path in it exists. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { compile, pipeline } from "../../compiler/compile.ts";
import { Log } from "../../compiler/front.ts";
import { planReport } from "../../compiler/plan/report.ts";
import type { TargetName } from "../../compiler/program/artifact.ts";
import { simd } from "../../compiler/schedule/machine.ts";

const root = path.resolve(import.meta.dirname, "../..");
const file = path.join(root, "ARCHITECTURE.md");
const text = readFileSync(file, "utf8");
const name = "gate.nn";

function block(form: string): string {
  const found = new RegExp(`<!-- ${form} -->\\n\`\`\`\\w*\\n([\\s\\S]*?)\`\`\``).exec(text);
  if (found === null) throw new Error(`ARCHITECTURE.md has no block ${form}`);
  return found[1];
}

const source = block("source");

function compiled(target: TargetName) {
  const result = compile({ name, source }, { target, bounds: { N: 8 }, verify: true });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result;
}

/** The lines of a target's text from the kernel's comment to the end of its function. */
function excerpt(target: TargetName, extension: string, from: RegExp, to: RegExp): string {
  const printed = compiled(target).artifact.files[`Gate.${extension}`];
  const lines = String(printed).split("\n");
  const start = lines.findIndex((line) => from.test(line));
  const end = lines.findIndex((line, at) => at > start && to.test(line));
  return lines
    .slice(start, end + 1)
    .join("\n")
    .trimEnd();
}

/** What a phase made, as the pipeline prints it; of one entry where the form is one of entries. */
function form(phase: string, entry?: string): string {
  const texts = new Map<string, () => string>();
  const seen = (name: string, print: () => string) => texts.set(name, print);
  const context = {
    front: { bounds: { N: 8 } },
    log: new Log(),
    machine: simd,
    target: "wasm",
    relaxed: false,
    compact: false,
  } as const;
  pipeline.run({ name, source }, { ...context, verify: true, seen });
  const text = texts.get(phase)?.() ?? "";
  return entry === undefined ? text : (text.split("\n\n").find((part) => part.startsWith(`${entry}\n`)) ?? "");
}

/** The form of prediction, without the line that names it. */
function ofPrediction(phase: string): string {
  return form(phase, "predict.Gate").split("\n").slice(1).join("\n");
}

const forms: Readonly<Record<string, () => string>> = {
  graph: () => ofPrediction("passes"),
  kernels: () => ofPrediction("segments"),
  scheduled: () => form("schedule").split("\n\n").at(-1) ?? "",
  plan: () =>
    planReport(compiled("wasm").built.plan)
      .split("\n")
      .filter((line) => !line.includes(" counter ") && line !== "")
      .join("\n"),
  typescript: () => excerpt("typescript", "ts", /^function relu/, /^}/),
  wat: () => excerpt("wasm", "wat", /\(func \$relu/, /^$/),
};

describe("ARCHITECTURE.md", () => {
  test("shows the forms of its model as the compiler prints them", async () => {
    const printed = Object.entries(forms).reduce(
      (all, [form, print]) =>
        all.replace(
          new RegExp(`(<!-- ${form} -->\\n\`\`\`\\w*\\n)[\\s\\S]*?\`\`\``),
          (_, head: string) => `${head}${print().trimEnd()}\n\`\`\``,
        ),
      text,
    );
    await expect(printed).toMatchFileSnapshot(file);
  });

  test("names only paths that exist", () => {
    const named = [
      ...text.matchAll(/`((?:compiler|targets|runtime|cli|examples|bench|test|docs|scripts)\/[\w./-]*)`/g),
    ].map(([, found]) => found);
    expect(named.filter((found) => !existsSync(path.join(root, found)))).toEqual([]);
    expect(named.length).toBeGreaterThan(10);
  });

  test("fits in 150 lines", () => {
    expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(150);
  });
});
