/**
 * Syntax trees as one text and back, so that the prelude's trees are small to ship and quick to read: JSON in which a node
 * is `[form, value, value, …]`, and a form says once for all such nodes which kind it is and what its values are called.
 */
import type { SourceModule } from "../semantics/module.ts";

type Plain = null | boolean | number | string | readonly Plain[];
type Form = readonly [kind: string | null, ...keys: string[]];

interface Packed {
  readonly forms: readonly Form[];
  readonly files: readonly (readonly [name: string, module: Plain])[];
}

/** What stands in a form's place for what is no node. */
const list = 0;
const span = 1;
const bigint = 2;
const firstForm = 3;

/** The trees of these files, which carry no span of another file. Recursive: the grammar limits how deep trees are. */
export function pack(modules: readonly SourceModule[]): string {
  const forms = new Map<string, number>();
  const packed = (value: unknown): Plain => {
    if (Array.isArray(value)) return [list, ...value.map(packed)];
    if (typeof value === "bigint") return [bigint, value.toString()];
    // Trees hold nothing else.
    if (typeof value !== "object" || value === null) return value as Plain;
    const kind = "kind" in value ? String(value.kind) : null;
    if (kind === null && "from" in value && "to" in value) return [span, Number(value.from), Number(value.to)];
    const members = Object.entries(value).filter(([key, member]) => key !== "kind" && member !== undefined);
    const form = JSON.stringify([kind, ...members.map(([key]) => key)]);
    if (!forms.has(form)) forms.set(form, firstForm + forms.size);
    return [forms.get(form) ?? firstForm, ...members.map(([, member]) => packed(member))];
  };
  const files = modules.map(({ name, module }) => [name, packed(module)]);
  return JSON.stringify({ forms: [...forms.keys()].map((form): unknown => JSON.parse(form)), files });
}

/** What `pack` was given. */
export function unpack(text: string): readonly SourceModule[] {
  // Written by `pack` when the project was built, as are the modules.
  const { forms, files } = JSON.parse(text) as Packed;
  return files.map(([name, module]) => ({ name, module: unpacked(module, forms, name) })) as readonly SourceModule[];
}

function unpacked(value: Plain, forms: readonly Form[], file: string): unknown {
  if (typeof value !== "object" || value === null) return value;
  const [place, first, second] = value;
  switch (place) {
    case list:
      return value.slice(1).map((item) => unpacked(item, forms, file));
    case span:
      return { file, from: first, to: second };
    case bigint:
      return BigInt(String(first));
    default: {
      const [kind, ...keys] = forms[Number(place) - firstForm];
      // `kind` and the keys are the grammar's, never a user's.
      const node: Record<string, unknown> = kind === null ? {} : { kind };
      for (let key = 0; key < keys.length; key += 1) node[keys[key]] = unpacked(value[key + 1], forms, file);
      return node;
    }
  }
}
