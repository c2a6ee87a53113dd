/**
 * The form of plain data that came from outside, as plain data, and the first place where a value has another. Walked without recursion, since
 * how deep it nests is up to who wrote it.
 */
import { isFields, shown } from "../../compiler/diagnostics/values.ts";

export type Schema =
  | { readonly kind: "text"; readonly values?: readonly string[] }
  | { readonly kind: "whole"; readonly least: number; readonly most: number }
  | { readonly kind: "number" }
  | { readonly kind: "flag" }
  /** A number, a text, true or false. */
  | { readonly kind: "plain" }
  /** Whatever JSON can hold. */
  | { readonly kind: "anything" }
  | { readonly kind: "list"; readonly item: Schema; readonly least?: number }
  /** Any names. */
  | { readonly kind: "record"; readonly item: Schema }
  /** Names beside these are of a newer writer, and of no account. */
  | { readonly kind: "fields"; readonly fields: Fields; readonly optional?: Fields }
  /** Told apart by the text in one field. */
  | { readonly kind: "variants"; readonly by: string; readonly variants: Fields }
  | { readonly kind: "either"; readonly text: string; readonly other: Schema }
  /** For forms that contain themselves. */
  | { readonly kind: "later"; readonly schema: () => Schema };

type Fields = Readonly<Record<string, Schema>>;

export interface Misfit {
  /** `manifest.buffers[3].offset`. */
  readonly place: string;
  readonly expected: string;
  readonly found: string;
}

interface Spot {
  readonly schema: Schema;
  readonly value: unknown;
  readonly key: string;
  readonly parent: Spot | undefined;
}

/** Levels within each other; what compilers write has a dozen. */
const deepest = 1000;

/** The first misfit, where there is one; `name` is what the whole is called. */
export function misfit(schema: Schema, value: unknown, name: string): Misfit | undefined {
  const stack: Spot[] = [{ schema, value, key: name, parent: undefined }];
  for (let spot = stack.pop(); spot !== undefined; spot = stack.pop()) {
    const parts = partsOf(spot);
    if (typeof parts === "string") return { place: placeOf(spot), expected: parts, found: shown(spot.value) };
    for (const part of parts.toReversed()) stack.push(part);
    if (stack.length > 0 && depthOf(spot) > deepest)
      return { place: name, expected: "a shallower nesting", found: "more" };
  }
  return undefined;
}

/** What is in a value and must be looked at, or what was expected in its place. */
function partsOf(spot: Spot): readonly Spot[] | string {
  const { schema, value } = spot;
  const part = (one: Schema, key: string, inner: unknown): Spot => ({ schema: one, value: inner, key, parent: spot });
  switch (schema.kind) {
    case "text":
      if (schema.values !== undefined)
        return schema.values.some((one) => one === value)
          ? []
          : schema.values.map((one) => JSON.stringify(one)).join(" or ");
      return typeof value === "string" ? [] : "a text";
    case "whole": {
      const { least, most } = schema;
      const fits = Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
      return fits ? [] : `a whole number from ${least} to ${most}`;
    }
    case "number":
      return Number.isFinite(value) ? [] : "a finite number";
    case "flag":
      return typeof value === "boolean" ? [] : "true or false";
    case "plain":
      return typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)
        ? []
        : "a number, a text, true or false";
    case "anything":
      return value === undefined ? "a value" : [];
    case "either":
      return value === schema.text ? [] : [{ ...spot, schema: schema.other }];
    case "later":
      return [{ ...spot, schema: schema.schema() }];
    case "list":
      if (!Array.isArray(value) || value.length < (schema.least ?? 0))
        return schema.least ? "a list that is not empty" : "a list";
      return Array.from(value, (inner: unknown, at) => part(schema.item, `[${at}]`, inner));
    case "record":
      if (!isFields(value)) return "an object";
      return Object.entries(value).map(([key, inner]) => part(schema.item, `.${key}`, inner));
    case "fields":
      if (!isFields(value)) return "an object";
      return fieldsOf(schema.fields, value, part).concat(
        fieldsOf(schema.optional ?? {}, value, part).filter(({ value: inner }) => inner !== undefined),
      );
    case "variants": {
      const tag = isFields(value) ? value[schema.by] : undefined;
      const variant = new Map(Object.entries(schema.variants)).get(String(tag));
      const names = Object.keys(schema.variants).map((one) => JSON.stringify(one));
      return variant === undefined
        ? `an object whose \`${schema.by}\` is ${names.join(" or ")}`
        : [{ ...spot, schema: variant }];
    }
  }
}

function fieldsOf(
  fields: Fields,
  value: Readonly<Record<string, unknown>>,
  part: (schema: Schema, key: string, inner: unknown) => Spot,
): readonly Spot[] {
  return Object.entries(fields).map(([key, schema]) =>
    part(schema, `.${key}`, Object.hasOwn(value, key) ? value[key] : undefined),
  );
}

function placeOf(spot: Spot): string {
  const keys: string[] = [];
  for (let at: Spot | undefined = spot; at !== undefined; at = at.parent) keys.unshift(at.key);
  const place = keys.join("");
  return place.length > 200 ? `${place.slice(0, 199)}…` : place;
}

function depthOf(spot: Spot): number {
  let depth = 0;
  for (let at = spot.parent; at !== undefined; at = at.parent) depth++;
  return depth;
}
