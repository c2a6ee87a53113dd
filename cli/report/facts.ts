/**
 * `run.json`: what a run was made of, its source, settings and data, beside the log of what came out. The report shows it, and `nnc compare` tells
 * by it how runs differ. Names and values are texts, in the order in which they are shown.
 */
import { hasTexts, isFields } from "../../compiler/diagnostics/values.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import type { HostSetting } from "../../compiler/program/host.ts";
import type { ProjectSource } from "../../compiler/project.ts";
import packageJson from "../../package.json" with { type: "json" };
import { fingerprint } from "../../runtime/train/data.ts";
import type { TrainData } from "../../runtime/train/index.ts";
import { requireTrain } from "../../runtime/train/prepare.ts";
import { sizesOf } from "../output/artifact-size.ts";

export const factsName = "run.json";

export interface Fact {
  readonly name: string;
  readonly value: string;
}

export interface SourceFile {
  readonly name: string;
  readonly text: string;
}

export interface RunFacts {
  readonly label: string;
  /** The file of the `train`, then those that it uses. */
  readonly sources: readonly SourceFile[];
  readonly settings: readonly Fact[];
  readonly data: readonly Fact[];
  readonly artifactBytes: number;
}

interface Made {
  readonly source: ProjectSource;
  readonly artifact: Artifact;
  readonly data: TrainData;
  /** As the run has them. */
  readonly seed: number;
  readonly epochs: number;
}

export function factsOf({ source: { main }, artifact, data, seed, epochs }: Made): RunFacts {
  const { manifest } = artifact;
  const train = requireTrain(manifest, "nnc train");
  const { options } = manifest.host;
  const plain: readonly (readonly [string, string | number | boolean | undefined])[] = [
    ["model", train.name],
    ["loss", train.loss],
    ["optimizer", train.optimizer],
    ["batch", train.batch],
    ["epochs", epochs],
    ["seed", seed],
    ["stop_early", train.stopEarly],
    ["start_from", train.startFrom],
    ["average", train.average],
    ...(options?.consts ?? []).map(({ name, value }) => [`const ${name}`, value] as const),
    ...(options?.dims ?? []).map(({ name, value }) => [`dim ${name}`, value] as const),
    ...(options?.settings ?? []).map(({ name, value }) => [`--set ${name}`, value] as const),
    ["--norms", train.norms === undefined ? undefined : true],
    ["winograd", options?.winograd],
    ["target", manifest.target],
    ["relaxed", manifest.relaxed],
    ["nnc", packageJson.version],
  ];
  return {
    label: train.label,
    sources: [
      { name: main.name, text: main.source },
      ...[...(main.files ?? [])].map(([name, text]) => ({ name, text })),
    ],
    settings: plain.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value: String(value) }])),
    data: dataFacts(train.data, data),
    artifactBytes: sizesOf(artifact).artifactBytes,
  };
}

/** The flags by which a run comes out as this one did. What a `const` of the source says itself has none. */
export function flagsOf({ settings, sources }: Pick<RunFacts, "settings" | "sources">): readonly string[] {
  return settings.flatMap(({ name, value }): readonly string[] => {
    const [kind, own = ""] = name.split(" ");
    if (kind === "const") return isSaid(sources, own, value) ? [] : ["--const", `${own}=${value}`];
    if (kind === "dim" || kind === "--set") return [kind === "dim" ? "--dim" : kind, `${own}=${value}`];
    if (name === "epochs" || name === "seed") return [`--${name}`, value];
    if (name === "target") return value === "wasm" ? [] : ["--target", value];
    if (name === "relaxed") return value === "true" ? ["--relaxed"] : [];
    if (name === "winograd") return value === "false" ? ["--no-winograd"] : [];
    return [];
  });
}

/** Not where it is written otherwise, as a sum: then a flag says it once more. */
function isSaid([main]: RunFacts["sources"], name: string, value: string): boolean {
  const said = [...(main?.text ?? "").matchAll(/^\s*const\s+(\S+)\s*=\s*("[^"]*"|\S+)\s*(?:\/\/.*)?$/gmu)];
  return said.some(([, own, written]) => own === name && (written === value || written === `"${value}"`));
}

function dataFacts(
  { reader, settings }: ReturnType<typeof requireTrain>["data"],
  { train, holdout = null }: TrainData,
): readonly Fact[] {
  return [
    { name: "reader", value: reader },
    ...Object.entries(settings).map(([name, value]) => ({ name, value: settingText(value) })),
    { name: "trained on", value: fingerprint(train) },
    ...(holdout === null ? [] : [{ name: "held out", value: fingerprint(holdout) }]),
  ];
}

function settingText(value: HostSetting): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

const format = { format: "nnc-run", version: 1 } as const;

/** One line of JSON. */
export function printFacts(facts: RunFacts): string {
  return `${JSON.stringify({ ...format, ...facts })}\n`;
}

/** What `printFacts` wrote, or undefined where the text is anything else. */
export function parseFacts(text: string): RunFacts | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isFields(value) || value["format"] !== format.format || value["version"] !== format.version) return undefined;
  const { label, sources, settings, data, artifactBytes } = value;
  if (typeof label !== "string" || typeof artifactBytes !== "number") return undefined;
  if (!isListOf(sources, isSource) || !isListOf(settings, isFact) || !isListOf(data, isFact)) return undefined;
  return { label, sources, settings, data, artifactBytes };
}

function isSource(value: unknown): value is SourceFile {
  return hasTexts(value, "name", "text");
}

function isFact(value: unknown): value is Fact {
  return hasTexts(value, "name", "value");
}

function isListOf<Item>(value: unknown, isItem: (item: unknown) => item is Item): value is readonly Item[] {
  return Array.isArray(value) && value.every(isItem);
}
