/** What can be written at a place, with what is known of it. */
import { readerDocs, type ReaderDoc } from "../elaborate/reader-docs.ts";
import { builtinDocs } from "../semantics/builtin-docs.ts";
import { ambient, builtins, preludePrefix } from "../semantics/builtins.ts";
import {
  isCallable,
  lookUp,
  visibleNames,
  type Declared,
  type FileScope,
  type NameSpace,
} from "../semantics/module.ts";
import type { Parameter } from "../syntax/ast.ts";
import type { EditorToken } from "../syntax/editor-tokens.ts";
import { declarationWords, spelling, statementWords } from "../syntax/tokens.ts";
import { beforeValues, contextOf, type Context } from "./context.ts";
import { builtinDetail, detailOf, parameterDetail, type Texts } from "./describe.ts";
import { keyDoc, missingKeys } from "./keys.ts";
import type { Completion, Completions } from "./types.ts";

export interface CompletionInput {
  readonly file: string;
  readonly tokens: readonly EditorToken[];
  readonly scope: FileScope;
  readonly texts: Texts;
  /** What `use` may name. */
  readonly files: Iterable<string>;
}

/** Where the value of a key is looked up; of any other key it is an expression, or a number. */
const keySpaces: ReadonlyMap<string, readonly NameSpace[]> = new Map([
  ["loss", ["loss"]],
  ["metrics", ["metric"]],
  ["optimizer", ["optimizer"]],
  ["schedule", ["schedule"]],
  ["regularize", ["regularizer"]],
]);

const readers = ["csv", "idx", "npy", "text", "images", "arrays", "given"];
const settingTypes = ["int", "float", "bool", "string", "layer", "initializer", "schedule", "i32"];
const declarationKinds = [
  "block",
  "model",
  "const",
  "data",
  "initializer",
  "loss",
  "metric",
  "regularizer",
  "optimizer",
  "schedule",
] as const;

function word(label: string): Completion {
  return { label, kind: "word" };
}

const builtinNames: readonly Completion[] = [...builtins.values()].map((builtin): Completion => {
  const { name } = builtin;
  return { label: name, kind: "builtin", detail: builtinDetail(builtin), doc: builtinDocs[name].text };
});

const learningRate: Completion = {
  label: "lr",
  kind: "setting",
  text: "lr: ",
  detail: "lr: float",
  doc: "The learning rate.",
};

function readerSettings({ field, settings }: ReaderDoc): readonly Completion[] {
  const { path: _, ...named } = settings;
  const all = { ...(field === undefined ? {} : { target: `The target: ${field}.` }), ...named };
  return Object.entries(all).map(([label, doc]): Completion => ({ label, kind: "argument", text: `${label}: `, doc }));
}

class Completer {
  readonly #input: CompletionInput;
  readonly #context: Context;

  constructor(input: CompletionInput, context: Context) {
    this.#input = input;
    this.#context = context;
  }

  /** Each name once: the nearest of several. */
  items(): readonly Completion[] {
    const first = new Map<string, Completion>();
    for (const one of this.#all()) if (!first.has(one.label)) first.set(one.label, one);
    return [...first.values()];
  }

  #all(): readonly Completion[] {
    const { declaration, around, previous, inSignature } = this.#context;
    const isValue = previous !== undefined && beforeValues.has(previous.text);
    if (previous?.text === ".") return this.#behindDot();
    if (previous?.text === "train" && around === undefined) return this.#names("value", ["model"]);
    if (previous?.text === "along") return this.#locals("dimension");
    if (inSignature) return this.#inSignature();
    if (around === undefined)
      return isValue && declaration !== undefined ? this.#top() : declarationWords.map(spelling).map(word);
    if (around.sign !== "{") return this.#inBrackets(around.owner, around.label, around.labels);
    if (around.owner === "train" || around.owner === "step")
      return isValue ? this.#ofKey() : this.#keys(around.owner, around.labels);
    return isValue ? this.#values() : this.#statements();
  }

  /** What stands behind `=` of a declaration. */
  #top(): readonly Completion[] {
    return this.#context.declaration === "data"
      ? readers.map((label): Completion => ({ label, kind: "reader" }))
      : this.#values();
  }

  #inSignature(): readonly Completion[] {
    const { around, previous } = this.#context;
    if (around?.sign === "[")
      return [...this.#locals("dimension"), ...this.#locals("setting"), ...this.#names("value", ["const"])];
    if (previous?.text === ":" || previous?.text === "|") return settingTypes.map(word);
    return previous?.text === "=" ? this.#values() : [];
  }

  #inBrackets(owner: string, label: string | undefined, labels: ReadonlySet<string>): readonly Completion[] {
    const target = this.#callee(owner);
    const parameters = isCallable(target) ? target.declaration.parameters : [];
    const own = parameters.find(({ name }) => name.text === label);
    if (label !== undefined) return own === undefined ? this.#ofKey() : this.#ofParameter(own);
    const reader = this.#context.key === "data" || this.#context.declaration === "data" ? readerDocs[owner] : undefined;
    if (reader !== undefined) return readerSettings(reader).filter((one) => !labels.has(one.label));
    const builtin = target === undefined ? builtins.get(owner) : undefined;
    const named = (builtin?.parameters ?? []).filter((one) => !one.required && !labels.has(one.name));
    return [
      ...this.#given(target).filter((one) => !labels.has(one.label)),
      ...named.map(({ name }): Completion => ({ label: name, kind: "argument", text: `${name}: ` })),
      ...(target === undefined && builtin === undefined ? this.#ofKey() : this.#values()),
    ];
  }

  /** What a call may give by name. An optimizer and a regularizer get their tensors by themselves, and every optimizer has a learning rate. */
  #given(target: Declared | undefined): readonly Completion[] {
    if (!isCallable(target)) return [];
    const { kind, parameters } = target.declaration;
    const ofParameters = kind === "optimizer" || kind === "regularizer";
    const all = parameters.filter((one) => !ofParameters || one.kind === "setting").map((one) => this.#argument(one));
    return kind === "optimizer" ? [learningRate, ...all] : all;
  }

  /** Names of the prelude behind `prelude.`; behind any other dot but that of a path, what a tensor has. */
  #behindDot(): readonly Completion[] {
    const { tokens, scope } = this.#input;
    const { previous, key } = this.#context;
    const owner = tokens[tokens.findIndex((token) => token === previous) - 1];
    if (`${owner?.text ?? ""}.` !== preludePrefix) return key === "update" ? [] : [word("T")];
    const prelude = new Completer({ ...this.#input, scope: scope.outer ?? scope, tokens: [] }, this.#context);
    const spaces: readonly NameSpace[] = ["value", "loss", "initializer"];
    return [...spaces.flatMap((space) => prelude.#names(space)), ...builtinNames];
  }

  #argument(parameter: Parameter): Completion {
    const { name, doc } = parameter;
    return {
      label: name.text,
      kind: parameter.kind === "setting" ? "setting" : "input",
      text: `${name.text}: `,
      detail: parameterDetail(parameter, this.#input.texts),
      ...(doc === undefined ? {} : { doc }),
    };
  }

  /** What a parameter may be given: for a setting, by its type. */
  #ofParameter(parameter: Parameter): readonly Completion[] {
    const types =
      parameter.kind === "setting"
        ? parameter.types.map((type) => (type.kind === "settingType" ? type.name : "list"))
        : [];
    const recipes = types.flatMap((type) => (type === "initializer" || type === "schedule" ? this.#names(type) : []));
    return [...(types.includes("bool") ? ["true", "false"].map(word) : []), ...recipes, ...this.#values()];
  }

  #callee(name: string): Declared | undefined {
    if (name === "" || this.#context.locals.some((local) => local.name === name)) return undefined;
    const spaces: readonly NameSpace[] = [...this.#spaces(), "value", "loss", "initializer", "schedule"];
    return spaces.map((space) => lookUp(this.#input.scope, space, name)).find((one) => one !== undefined);
  }

  #spaces(): readonly NameSpace[] {
    return keySpaces.get(this.#context.key ?? "") ?? [];
  }

  /** The value of the key of a train that the place is behind, else any value. */
  #ofKey(): readonly Completion[] {
    const { key } = this.#context;
    if (key === "data")
      return [...readers.map((label): Completion => ({ label, kind: "reader" })), ...this.#names("value", ["data"])];
    if (key === "update") return this.#names("value", ["model"]);
    const spaces = this.#spaces();
    return spaces.length > 0 ? spaces.flatMap((space) => this.#names(space)) : this.#values();
  }

  #keys(place: "train" | "step", given: ReadonlySet<string>): readonly Completion[] {
    const keys = missingKeys(place, given).map((label): Completion => {
      const doc = keyDoc(label);
      return { label, kind: "key", text: `${label}: `, ...(doc === undefined ? {} : { doc }) };
    });
    return [...keys, word("let"), ...(place === "train" ? [word("step")] : [])];
  }

  #statements(): readonly Completion[] {
    const words = statementWords.map(spelling).filter((one) => one !== "return" || !this.#context.inScan);
    return [...words, ...(this.#context.inScan ? ["next", "emit"] : [])].map(word).concat(this.#locals("state"));
  }

  #locals(kind?: Completion["kind"]): readonly Completion[] {
    const found = this.#context.locals.filter((one) => kind === undefined || one.kind === kind);
    const nearest = new Map(found.map((one) => [one.name, one]));
    return [...nearest.values()].reverse().map(({ name, kind: own }): Completion => ({ label: name, kind: own }));
  }

  /** Everything that an expression may name. */
  #values(): readonly Completion[] {
    return [
      ...this.#locals(),
      ...this.#names("value", ["block", "model", "const"]),
      ...this.#names("loss"),
      ...this.#names("initializer"),
      ...builtinNames,
      ...["scan", "repeat", "true", "false", "not"].map(word),
      ...ambient.map((label): Completion => ({ label, kind: "ambient" })),
    ];
  }

  #names(space: NameSpace, kinds?: readonly string[]): readonly Completion[] {
    const { scope, texts } = this.#input;
    const found = [...new Set(visibleNames(scope, space))].flatMap((label): readonly Completion[] => {
      const declaration = lookUp(scope, space, label)?.declaration;
      if (declaration === undefined || (kinds !== undefined && !kinds.includes(declaration.kind))) return [];
      const { kind, doc } = declaration;
      return [{ label, kind, detail: detailOf(declaration, texts), ...(doc === undefined ? {} : { doc }) }];
    });
    const wanted = kinds ?? (space === "value" ? ["block", "model", "const"] : [space]);
    return [...found, ...this.#unread(wanted)];
  }

  /** What declarations that do not parse are called, as their words tell. */
  #unread(kinds: readonly string[]): readonly Completion[] {
    const { tokens } = this.#input;
    return tokens.flatMap(({ text, kind }, index): readonly Completion[] => {
      const word = tokens[index - 1];
      const declared = declarationKinds.find((one) => one === word?.text);
      return kind === "name" && word?.kind === "word" && declared !== undefined && kinds.includes(declared)
        ? [{ label: text, kind: declared }]
        : [];
    });
  }
}

/** What may stand at `offset`, each with the text that it takes the place of. Nothing in a comment or in any string but that of a `use`. */
export function completionsAt(input: CompletionInput, offset: number): Completions {
  const { file, tokens } = input;
  const inside = tokens.find(({ from, to }) => from < offset && offset <= to);
  const isWord = inside !== undefined && (inside.kind === "name" || inside.kind === "word");
  const start = isWord ? inside.from : offset;
  const span = { file, from: start, to: isWord ? inside.to : offset };
  const before = tokens.filter(({ to, kind }) => to <= start && kind !== "comment");
  if (inside?.kind === "string" && (offset < inside.to || !inside.text.endsWith('"') || inside.text.length < 2)) {
    const isUse = before.filter(({ to }) => to <= inside.from).at(-1)?.text === "use";
    const end = inside.text.length > 1 && inside.text.endsWith('"') ? inside.to - 1 : inside.to;
    const place = { file, from: inside.from + 1, to: end };
    return { span: place, items: isUse ? paths(input) : [] };
  }
  const isComment = inside?.kind === "comment" && (offset < inside.to || inside.text.startsWith("//"));
  if (isComment || inside?.kind === "number") return { span, items: [] };
  return { span, items: new Completer(input, contextOf(before)).items() };
}

/** The other files, as the one at hand names them. */
function paths({ file, files }: CompletionInput): readonly Completion[] {
  const folder = file.split("/").slice(0, -1);
  return [...files]
    .filter((path) => path !== file)
    .map((path): Completion => {
      const parts = path.split("/");
      let same = 0;
      while (same < folder.length && same < parts.length - 1 && folder[same] === parts[same]) same += 1;
      const up = folder.slice(same).map(() => "..");
      return { label: [...(up.length === 0 ? ["."] : up), ...parts.slice(same)].join("/"), kind: "file" };
    });
}
