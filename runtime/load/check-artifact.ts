/**
 * An artifact may have been read from a disk or come from anybody, so its type is no promise: its form is looked at, then whether its parts
 * speak of each other, then whether it is as it was built, before anything is made of it. What passes holds no name that leads nowhere and no number beyond its memory.
 */
import { notAnArtifact, notEnoughMemory } from "../../compiler/diagnostics/codes/runtime.ts";
import { isFields, shown } from "../../compiler/diagnostics/values.ts";
import type { Artifact, Manifest, ManifestThreads } from "../../compiler/program/artifact.ts";
import type { HostCall, HostContinuation, HostInput, HostResult, HostTrain } from "../../compiler/program/host.ts";
import { elements, evaluate, printShape, symbolsOf } from "./dimensions.ts";
import type { Dimension, Sizes } from "./dimensions.ts";
import { checksumIn } from "./executable.ts";
import { failure, kindOf, named } from "./fail.ts";
import { manifestForm } from "./manifest-form.ts";
import { misfit } from "./schema.ts";

/** What WebAssembly addresses. */
const mostBytes = 2 ** 32;

const format = "nnc-artifact";

/** Throws NN0701, NN0704. */
export function checkArtifact(artifact: unknown): asserts artifact is Artifact {
  if (!isFields(artifact) || !isFields(artifact["manifest"]) || !isFields(artifact["files"]))
    throw unfit(
      "{ manifest, files }",
      isManifest(artifact) ? "a manifest: pass the artifact that it is of" : kindOf(artifact),
    );
  const { manifest, files } = artifact;
  checkManifest(manifest);
  for (const [name, content] of Object.entries(files)) {
    const [isText, isBytes] = [typeof content === "string", content instanceof Uint8Array];
    if (!isText && !isBytes) throw unfit(`text or bytes as the file ${named(name)}`, shown(content));
  }
}

/** Throws NN0701. */
export function checkManifest(manifest: unknown): asserts manifest is Manifest {
  if (!isManifest(manifest)) {
    const isArtifact = isFields(manifest) && isManifest(manifest["manifest"]);
    throw unfit(
      `a manifest with format: "${format}"`,
      isArtifact ? "an artifact: pass `artifact.manifest`" : shown(manifest),
    );
  }
  if (manifest["version"] !== 1) throw unfit("a manifest of version 1", String(manifest["version"]));
  const found = misfit(manifestForm, manifest, "manifest");
  if (found !== undefined) throw unfit(`${found.expected} as \`${found.place}\``, found.found);
  // The form is that of the type.
  const formed = manifest as unknown as Manifest;
  new References(formed).check();
  requireAsBuilt(formed);
}

function isManifest(value: unknown): value is Readonly<Record<string, unknown>> {
  return isFields(value) && value["format"] === format;
}

/** What is damaged and fits all the same is told by its checksum alone. */
function requireAsBuilt(manifest: Manifest): void {
  const { checksum } = manifest;
  const found = checksumIn(manifest);
  if (checksum === undefined || checksum === found) return;
  const help = "where it was changed on purpose, take `checksum` out of the manifest";
  throw failure(
    notAnArtifact,
    { expected: `the manifest as it was built, with the checksum ${shown(checksum)}`, found: shown(found) },
    help,
  );
}

/** Whether the names in a manifest lead somewhere, and everything lies in its memory. */
class References {
  readonly #manifest: Manifest;
  readonly #buffers: ReadonlyMap<string, Manifest["buffers"][number]>;
  readonly #entries: ReadonlyMap<string, Manifest["entries"][number]>;
  readonly #bounds: Sizes;

  constructor(manifest: Manifest) {
    const { buffers, entries, dims } = manifest;
    this.#manifest = manifest;
    this.#buffers = new Map(buffers.map((buffer) => [buffer.name, buffer]));
    this.#entries = new Map(entries.map((entry) => [entry.name, entry]));
    this.#bounds = new Map(dims.map(({ name, bound }) => [name, bound]));
  }

  check(): void {
    const { buffers, entries, dims, host, threads, arenaBytes } = this.#manifest;
    if (arenaBytes > mostBytes) throw failure(notEnoughMemory, { bytes: arenaBytes });
    this.#once("buffers", buffers, this.#buffers.size);
    this.#once("entries", entries, this.#entries.size);
    this.#once("dims", dims, this.#bounds.size);
    for (const buffer of buffers) this.#checkBuffer(buffer);
    for (const { name, inputs, results, dims: taken } of entries) {
      for (const buffer of [...inputs, ...results]) this.#buffer(buffer, `the entry ${named(name)}`);
      for (const dimension of taken)
        if (!this.#bounds.has(dimension))
          throw unfit(`a dimension ${named(dimension)} for the entry ${named(name)}`, "none");
    }
    // A program without models has nothing that starts.
    if (host.models.length > 0 || host.train !== undefined) this.#entry("init");
    for (const { continuation, ...model } of host.models) {
      this.#hostCall(model);
      if (continuation !== undefined) this.#checkContinuation(model, continuation);
    }
    for (const { entry, left, right } of host.requirements) {
      this.#entry(entry);
      this.#shape([left, right], "a requirement");
    }
    if (host.train !== undefined) this.#checkTrain(host.train);
    if (threads !== undefined) this.#checkThreads(threads);
  }

  /** It reads what the model reads, answers what it answers, and what is taken from part to part keeps its type. */
  #checkContinuation({ inputs, results: [result] }: HostCall, { start, step }: HostContinuation): void {
    this.#hostCall(step);
    if (start !== undefined) this.#hostCall(start);
    const [text, scores] = [step.inputs.slice(0, 1), step.results.slice(0, 1)];
    const [own, read] = [
      typesOf([...inputs, ...(result === undefined ? [] : [result])]),
      typesOf([...text, ...scores]),
    ];
    if (own !== read) throw unfit(`the entry ${named(step.entry)} to take and answer [${own}]`, `[${read}]`);
    if (start !== undefined && typesOf(start.inputs) !== typesOf(inputs))
      throw unfit(`the entry ${named(start.entry)} to take [${typesOf(inputs)}]`, `[${typesOf(start.inputs)}]`);
    const taken = typesOf(step.inputs.slice(1));
    for (const [entry, answered] of [
      [step.entry, step.results.slice(1)],
      [start?.entry ?? step.entry, start?.results ?? []],
    ] as const)
      if (typesOf(answered) !== taken)
        throw unfit(
          `the entry ${named(entry)} to answer [${taken}] for ${named(step.entry)}`,
          `[${typesOf(answered)}]`,
        );
  }

  #hostCall({ entry, inputs, results }: HostCall): void {
    for (const input of inputs) this.#input(input);
    for (const result of results) this.#result(result);
    this.#call(entry, inputs, results);
  }

  /** All behind the arena: the words by which threads agree, then what each has of its own. */
  #checkThreads({ control, own, ownBytes, most }: ManifestThreads): void {
    const { arenaBytes } = this.#manifest;
    const end = own + most * ownBytes;
    if (end > mostBytes) throw failure(notEnoughMemory, { bytes: end });
    const apart = control >= arenaBytes && own >= control + 8;
    if (!apart || [control, own, ownBytes].some((one) => one % 8 !== 0))
      throw unfit(`memory of threads behind byte ${arenaBytes}`, `it from ${control} and ${own}`);
  }

  #checkTrain({ inputs, losses, rates = [], probes = [], norms = [], evaluation }: HostTrain): void {
    const { loss, losses: all = [], metrics, whole = [], units } = evaluation;
    const beside = units === undefined ? [] : [units.mean, units.deviation];
    for (const input of [...inputs, ...beside]) this.#input(input);
    const evaluated = [loss, ...all, ...metrics];
    for (const result of [...losses, ...rates, ...norms, ...evaluated]) this.#result(result);
    this.#call("train_step", inputs, [...losses, ...rates, ...norms]);
    this.#call("evaluate", [...inputs, ...beside], evaluated);
    for (const { mean, spread, gradientNorm } of probes)
      for (const buffer of [mean, spread, gradientNorm]) this.#buffer(buffer, "a probe");
    for (const { entry, inputs: taken, result } of whole) {
      this.#result(result);
      for (const { input, from } of taken) {
        this.#input(input);
        this.#buffer(from, `the metric ${named(result.name)}`);
      }
      this.#call(
        entry,
        taken.map(({ input }) => input),
        [result],
      );
    }
  }

  #checkBuffer({ name, offset, bytes, shape, role, dtype }: Manifest["buffers"][number]): void {
    const { arenaBytes } = this.#manifest;
    const what = `the buffer ${named(name)}`;
    this.#shape(shape, what);
    if (offset % 4 !== 0 || bytes % 4 !== 0 || offset + bytes > arenaBytes)
      throw unfit(`whole words within ${arenaBytes} bytes for ${what}`, `${bytes} bytes from ${offset}`);
    const needed = 4 * elements(shape, this.#bounds);
    if (!(needed <= bytes)) throw unfit(`at least ${needed} bytes for ${what}`, String(bytes));
    const lasts = role === "parameter" || role === "state" || role === "optimizer" || role === "counter";
    if (lasts && Number.isNaN(elements(shape, new Map())))
      throw unfit(`a shape without open dimensions for ${what}`, "one with");
    if (role === "counter" && (dtype !== "i32" || shape.length > 0)) throw unfit(`a single i32 for ${what}`, dtype);
  }

  /** What no kernel reads has no buffer. */
  #input({ name, buffer, dtype, shape }: HostInput): void {
    const what = `the input ${named(name)}`;
    this.#shape(shape, what);
    const found = this.#buffers.get(buffer);
    if (found === undefined) return;
    if (found.dtype !== dtype) throw unfit(`${found.dtype} for ${what}, as its buffer has`, dtype);
    this.#fits(shape, found.bytes, what);
  }

  #result({ name, buffer, dtype, shape }: HostResult): void {
    const what = `the result ${named(name)}`;
    this.#shape(shape, what);
    const found = this.#buffer(buffer, what);
    if (found.dtype !== dtype) throw unfit(`${found.dtype} for ${what}, as its buffer has`, dtype);
    this.#fits(shape, found.bytes, what);
  }

  #fits(shape: readonly Dimension[], bytes: number, what: string): void {
    const needed = 4 * elements(shape, this.#bounds);
    if (!(needed <= bytes)) throw unfit(`a buffer of at least ${needed} bytes for ${what}`, String(bytes));
  }

  /** Sizes of known dimensions, whole and, but where they fall as a name grows, not negative at their bounds; and called what they are. */
  #shape(shape: readonly Dimension[], what: string): void {
    const [unknown] = symbolsOf(shape, this.#bounds);
    if (unknown !== undefined) throw unfit(`a dimension ${named(unknown)} for ${what}`, "none");
    for (const size of shape) {
      const value = evaluate(size, this.#bounds);
      const mayFall = size.monomials.some(({ coefficient, atoms }) => coefficient < 0 && atoms.length > 0);
      if (!Number.isSafeInteger(value) || (value < 0 && !mayFall))
        throw unfit(`sizes that are whole numbers for ${what}`, String(value));
    }
  }

  #buffer(name: string, what: string): Manifest["buffers"][number] {
    const buffer = this.#buffers.get(name);
    if (buffer === undefined) throw unfit(`a buffer ${named(name)} for ${what}`, "none");
    return buffer;
  }

  #entry(name: string): Manifest["entries"][number] {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw unfit(`an entry ${named(name)}`, "none");
    return entry;
  }

  /** The sizes of the inputs tell all dimensions that the entry takes and its results have. */
  #call(name: string, inputs: readonly HostInput[], results: readonly HostResult[]): void {
    const told = new Set(
      symbolsOf(
        inputs.flatMap(({ shape }) => shape),
        new Map(),
      ),
    );
    const asked = [
      ...this.#entry(name).dims,
      ...symbolsOf(
        results.flatMap(({ shape }) => shape),
        new Map(),
      ),
    ];
    const lacking = asked.find((dimension) => !told.has(dimension));
    if (lacking !== undefined) throw unfit(`an input of the entry ${named(name)} that tells ${named(lacking)}`, "none");
  }

  #once(what: string, list: readonly { readonly name: string }[], different: number): void {
    if (list.length !== different) throw unfit(`${what} of different names`, `${list.length - different} twice`);
  }
}

function typesOf(tensors: readonly HostResult[]): string {
  return tensors.map(({ dtype, shape }) => `${dtype}${printShape(shape)}`).join(", ");
}

function unfit(expected: string, found: string): Error {
  return failure(notAnArtifact, { expected, found });
}
