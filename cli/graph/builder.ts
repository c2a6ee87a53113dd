/** A picture while it is put together: groups are made when something is first put into them, by their paths below a container. */
import { printable } from "../../compiler/diagnostics/display.ts";
import { lineAt, lineRange, lineTable } from "../../compiler/diagnostics/lines.ts";
import type { LineTable } from "../../compiler/diagnostics/lines.ts";
import type { Span } from "../../compiler/diagnostics/diagnostic.ts";
import { cut } from "../output/wrap.ts";
import { isGroup } from "./picture.ts";
import type { Box, Edge, GroupKind, LeafKind, Picture, Place } from "./picture.ts";

/** How long a name may be in a box, a line in what is told of it. */
const mostLetters = 30;
const mostTold = 300;

interface Draft {
  parent: number | null;
  readonly kind: GroupKind | LeafKind;
  name: string;
  readonly path: string;
  readonly about: readonly string[];
  readonly places: readonly number[];
}

export interface LeafParts {
  readonly kind: LeafKind;
  readonly name: string;
  readonly path: string;
  readonly about?: readonly string[];
  readonly span?: Span | undefined;
}

/** Where paths begin: a group, and what the paths of all that is in it begin with. */
export interface Container {
  readonly group: number;
  readonly base: readonly string[];
}

export class PictureBuilder {
  readonly #drafts: Draft[] = [];
  readonly #edges = new Map<string, Edge>();
  readonly #groups = new Map<string, number>();
  readonly #places = new Map<string, number>();
  readonly #placeList: Place[] = [];
  readonly #tables: ReadonlyMap<string, LineTable>;
  readonly #calls: ReadonlyMap<string, Span>;

  /** `calls`: where layers are called, by their paths. */
  constructor(sources: ReadonlyMap<string, string>, calls: ReadonlyMap<string, Span>) {
    this.#tables = new Map([...sources].map(([file, text]) => [file, lineTable(text)]));
    this.#calls = calls;
  }

  /** A group of its own. */
  group(parent: number | null, kind: GroupKind, name: string, path: string, about: readonly string[] = []): number {
    return this.#add({ parent, kind, name, path, about, places: this.#placesOf(this.#calls.get(path)) });
  }

  /** The group of a layer below a container; what the path shares with the container's is not repeated. */
  layer({ group, base }: Container, path: string): number {
    const parts = path === "" ? [] : path.split(".");
    let shared = 0;
    while (shared < base.length && shared < parts.length && base[shared] === parts[shared]) shared += 1;
    let at = group;
    for (let end = shared + 1; end <= parts.length; end += 1) {
      const own = parts.slice(0, end).join(".");
      const key = `${group}/${own}`;
      const known = this.#groups.get(key);
      at = known ?? this.group(at, "layer", parts[end - 1] ?? "", own);
      if (known === undefined) this.#groups.set(key, at);
    }
    return at;
  }

  leaf(parent: number, { kind, name, path, about = [], span }: LeafParts): number {
    return this.#add({ parent, kind, name, path, about, places: this.#placesOf(span) });
  }

  /** Once for each text. */
  edge(from: number, to: number, text: string): void {
    this.#edges.set(`${from} ${to} ${text}`, { from, to, text });
  }

  /** The picture: groups with one group in them are one box, and empty ones are gone. */
  finish(title: string, subtitle: string): Picture {
    const drafts = this.#drafts;
    const kept = this.#kept();
    const numbers = new Map(kept.map((id, at) => [id, at]));
    const numberOf = (id: number): number => numbers.get(id) ?? 0;
    const boxes = kept.flatMap((id): Box[] => {
      const draft = drafts[id];
      if (draft === undefined) return [];
      const { parent, kind, name, path, about, places } = draft;
      return [{ id: numberOf(id), parent: parent === null ? null : numberOf(parent), kind, name, path, about, places }];
    });
    const edges = [...this.#edges.values()].map(({ from, to, text }) => {
      return { from: numberOf(from), to: numberOf(to), text };
    });
    return { title: shown(title), subtitle: shown(subtitle), boxes: withTurns(boxes), edges, places: this.#placeList };
  }

  /** The drafts that stay, in order. */
  #kept(): readonly number[] {
    const drafts = this.#drafts;
    const children = drafts.map((): number[] => []);
    for (const [id, { parent }] of drafts.entries()) if (parent !== null) children[parent]?.push(id);
    const gone = new Set<number>();
    for (const [id, draft] of [...drafts.entries()].toReversed()) {
      const within = (children[id] ?? []).filter((child) => !gone.has(child));
      if (draft.parent === null) continue;
      if (isGroup({ ...draft, id }) && within.length === 0) gone.add(id);
      const only = within.length === 1 ? this.#joined(draft, within[0]) : undefined;
      if (only === undefined) continue;
      gone.add(id);
      children[draft.parent]?.push(only);
    }
    return [...drafts.keys()].filter((id) => !gone.has(id));
  }

  /** Puts the only group in a layer into the place of both; its number stays smaller than those of what is in it. */
  #joined(outer: Draft, only: number | undefined): number | undefined {
    const inner = only === undefined ? undefined : this.#drafts[only];
    if (outer.kind !== "layer" || inner?.kind !== "layer") return undefined;
    inner.parent = outer.parent;
    inner.name = `${outer.name}.${inner.name}`;
    return only;
  }

  #add(draft: Draft): number {
    const about = draft.about.map((line) => cut(shown(line), mostTold));
    this.#drafts.push({ ...draft, name: shown(draft.name), path: shown(draft.path), about });
    return this.#drafts.length - 1;
  }

  #placesOf(span: Span | undefined): readonly number[] {
    const table = span && this.#tables.get(span.file);
    if (span === undefined || table === undefined) return [];
    const line = lineAt(table, span.from);
    const key = `${line} ${span.file}`;
    const known = this.#places.get(key);
    if (known !== undefined) return [known];
    const { from, to } = lineRange(table, line);
    this.#placeList.push({
      file: shown(span.file),
      line,
      text: cut(shown(table.text.slice(from, to).trim()), mostTold),
    });
    this.#places.set(key, this.#placeList.length - 1);
    return [this.#placeList.length - 1];
  }
}

/** On one line, with nothing in it that is not seen or turns the direction of writing. */
function shown(text: string): string {
  return printable(text);
}

/** A turn of a `repeat` is called after it; long names are cut. */
function withTurns(boxes: readonly Box[]): readonly Box[] {
  return boxes.map((box) => {
    const around = box.parent === null ? undefined : boxes[box.parent];
    const isTurn = box.kind === "layer" && /^\d/.test(box.name) && around !== undefined;
    return { ...box, name: cut(isTurn ? `${around.name}.${box.name}` : box.name, mostLetters) };
  });
}
