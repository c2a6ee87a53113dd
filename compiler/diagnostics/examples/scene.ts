/**
 * The form of an example that a source alone cannot show: a folder's files, and the lines that are typed in it. The last line of the one
 * is told the code, none of the other is. They stand apart from the definitions, since a page that predicts carries those.
 */

export interface Scene {
  /** Texts by name. */
  readonly files: Readonly<Record<string, string>>;
  /** Lines of a shell. */
  readonly lines: readonly string[];
}

export interface SceneExample {
  readonly bad: Scene;
  readonly good: Scene;
}

export type SceneExamples = Readonly<Record<string, SceneExample>>;

/** A scene as a page or a terminal shows it: each file under its name, then what is typed. */
export function sceneText({ files, lines }: Scene): string {
  const shown = Object.entries(files).map(([name, text]) => `${name}:\n${text.trimEnd().replaceAll(/^(?=.)/gm, "  ")}`);
  return [...shown, lines.map((line) => `$ ${line}`).join("\n")].join("\n\n");
}

/** A folder with a network, where only one thing differs: a file, or what is typed. */
export function differing(
  files: Readonly<Record<string, string>>,
  bad: Partial<Scene> & Pick<Scene, "lines">,
  good: Partial<Scene> = {},
): SceneExample {
  return {
    bad: { files: { ...files, ...bad.files }, lines: bad.lines },
    good: { files: { ...files, ...good.files }, lines: good.lines ?? bad.lines },
  };
}

/** One program, `main.mjs`, that compiles `source` and goes on as the two bodies say. */
export function programs(
  source: string,
  bad: string,
  good: string,
  imports = loading,
  options = '{ target: "wasm" }',
): SceneExample {
  const scene = (body: string): Scene => ({
    files: {
      "main.mjs": `import { compile } from "nnc";\n${imports}\n\nconst source = \`${source}\`;\nconst { artifact } = compile({ name: "net.nn", source }, ${options});\n${body}\n`,
    },
    lines: ["node main.mjs"],
  });
  return { bad: scene(bad), good: scene(good) };
}

const loading = 'import { load } from "nnc/runtime";';
export const training = 'import { prepare, train } from "nnc/train";';
export const predicting = 'import { load, predictor } from "nnc/runtime";';
