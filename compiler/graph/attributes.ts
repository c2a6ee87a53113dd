/**
 * Reading attributes whose type the reader knows from the op; anything else there is a bug.
 */
import { InternalError } from "../diagnostics/diagnostic.ts";
import type { Dimension } from "../dimension/dimension.ts";
import type { Attribute, Attributes } from "./types.ts";

export function isDimension(attribute: Attribute): attribute is Dimension {
  return typeof attribute === "object" && !isList(attribute) && "monomials" in attribute;
}

export function isList(attribute: Attribute): attribute is readonly Attribute[] {
  return Array.isArray(attribute);
}

function isNumber(attribute: Attribute): attribute is number {
  return typeof attribute === "number";
}

function wrong(name: string, wanted: string): InternalError {
  return new InternalError("graph", `the attribute ${name} is not ${wanted}`);
}

export function numberOf(attributes: Attributes, name: string): number {
  const value = attributes[name];
  if (!isNumber(value)) throw wrong(name, "a number");
  return value;
}

export function numbersOf(attributes: Attributes, name: string): readonly number[] {
  const value = attributes[name];
  if (!isList(value) || !value.every(isNumber)) throw wrong(name, "a list of numbers");
  return value;
}

export function dimensionOf(attributes: Attributes, name: string): Dimension {
  const value = attributes[name];
  if (value === undefined || !isDimension(value)) throw wrong(name, "a size");
  return value;
}

export function dimensionsOf(attributes: Attributes, name: string): readonly Dimension[] {
  const value = attributes[name];
  if (!isList(value) || !value.every(isDimension)) throw wrong(name, "a shape");
  return value;
}

export function stringOf(attributes: Attributes, name: string): string {
  const value = attributes[name];
  if (typeof value !== "string") throw wrong(name, "a string");
  return value;
}
