/**
 * Models of text: they take the ids of characters, and say of each place which character comes next. What is around them speaks in characters,
 * of the vocabulary that is kept with the parameters.
 */
import { outsideVocabulary } from "../../compiler/diagnostics/codes/data.ts";
import { noVocabulary, notOfText } from "../../compiler/diagnostics/codes/runtime.ts";
import { diagnose } from "../../compiler/diagnostics/diagnostic.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import type { Manifest } from "../../compiler/program/artifact.ts";
import type { HostModel } from "../../compiler/program/host.ts";
import { codePoints, encodeText } from "../data/text.ts";
import { evaluate, nameOf } from "../load/dimensions.ts";
import { failure, named } from "../load/fail.ts";
import { listed } from "../save/fail.ts";
import { sharedCharacter } from "../save/fitted.ts";
import type { Fitted } from "../save/fitted.ts";
import type { Interface } from "./interface.ts";

export interface TextModel {
  readonly model: HostModel;
  /** The name of its only input. */
  readonly input: string;
  readonly vocabulary: readonly string[];
  /** The most characters that it takes at once. */
  readonly window: number;
  /** Whether it takes fewer, too. */
  readonly isOpen: boolean;
  /** Texts at once. */
  readonly rows: number;
  /** Scores of a place; those beyond the vocabulary are of no character. */
  readonly width: number;
}

/** The model as one of text, where the `train` reads text and it has that form: ids in, scores of each place out. Throws NN0761 where the parameters lack a vocabulary. */
export function textModelOf(manifest: Manifest, model: HostModel, { vocabulary }: Fitted): TextModel | undefined {
  const form = formOf(manifest, model);
  if (form === undefined) return undefined;
  if (vocabulary !== null) return { ...form, model, vocabulary };
  // Rows of ids of one length need no characters.
  if (!form.isOpen) return undefined;
  throw failure(noVocabulary, { model: named(model.name) });
}

/** Throws NN0760, NN0761. */
export function requireTextModel(manifest: Manifest, model: HostModel, fitted: Fitted): TextModel {
  if (formOf(manifest, model) === undefined) throw failure(notOfText, { model: named(model.name) });
  const text = textModelOf(manifest, model, fitted);
  if (text === undefined) throw failure(noVocabulary, { model: named(model.name) });
  return text;
}

function formOf(
  { host, dims }: Manifest,
  { inputs: [input, ...inputs], results: [result, ...results] }: HostModel,
): Pick<TextModel, "input" | "window" | "isOpen" | "rows" | "width"> | undefined {
  if (host.train?.data.reader !== "text" || inputs.length + results.length > 0) return undefined;
  if (input?.dtype !== "i32" || result?.dtype !== "f32") return undefined;
  const [rows, length, ...more] = input.shape;
  const [, places, scores, ...others] = result.shape;
  if (rows === undefined || length === undefined || scores === undefined || more.length + others.length > 0)
    return undefined;
  const bounds = new Map(dims.map(({ name, bound }) => [name, bound]));
  const width = evaluate(scores, new Map());
  const most = evaluate(rows, bounds);
  if (places?.key !== length.key || Number.isNaN(width) || (nameOf(rows) === undefined && most !== 1)) return undefined;
  const isOpen = nameOf(length) !== undefined;
  return { input: input.name, window: evaluate(length, bounds), isOpen, rows: most, width };
}

/** What a place of a text is, and what is said of it. */
export function interfaceOfText({ model, input, vocabulary, width }: TextModel): Interface {
  const [{ name }] = model.results as readonly [HostModel["results"][number]]; // It has one, or it were none of text.
  return {
    model,
    inputs: [{ name: input, dtype: "i32", shape: [], width: 1, classes: vocabulary }],
    outputs: [{ name, shape: [width], width, classes: vocabulary }],
  };
}

/** The ids of a text, and a warning where it has characters that the vocabulary lacks; `place` is what messages call it. */
export function idsOf(
  text: string,
  place: string,
  { vocabulary }: TextModel,
): { readonly ids: Int32Array; readonly warnings: readonly Diagnostic[] } {
  const characters = codePoints(text);
  const known = new Set(vocabulary);
  const lacking = [...new Set(text)].filter((one) => !known.has(one));
  const read = vocabulary.at(-1) ?? sharedCharacter;
  const warning = diagnose(outsideVocabulary, { place, characters: listed(lacking), read: listed([read]) }, []);
  return { ids: encodeText(characters, vocabulary), warnings: lacking.length === 0 ? [] : [warning] };
}
