/** What the text of a signature alone tells: where `..` stands, what defaults are, which settings are words. */
import { diagnose, label, type Diagnostic } from "../diagnostics/diagnostic.ts";
import { restMisplaced } from "../diagnostics/codes/names.ts";
import { wrongDefault } from "../diagnostics/codes/settings.ts";
import type { Setting, TensorType } from "../syntax/ast.ts";
import { isCallable, type Declared } from "./module.ts";

export function checkRest({ shape, span }: TensorType, diagnostics: Diagnostic[]): void {
  const places = shape.flatMap(({ kind }, index) => (kind === "rest" ? [index] : []));
  const [first] = places;
  if (first === undefined || (places.length === 1 && first <= 1)) return;
  diagnostics.push(
    diagnose(restMisplaced, { shape: "this shape" }, [
      label(shape[places.at(-1) ?? 0].span, "here"),
      label(span, "in this shape"),
    ]),
  );
}

/** Literals only: what else a default is shows when it is evaluated. */
export function checkDefault({ name, types, default: value }: Setting, diagnostics: Diagnostic[]): void {
  if (value === undefined) return;
  const found =
    value.kind === "number"
      ? "a number"
      : value.kind === "string"
        ? "a string"
        : value.kind === "boolean"
          ? "a bool"
          : undefined;
  if (found === undefined) return;
  const names = types.map((type) => (type.kind === "settingType" ? type.name : "list"));
  const wanted = value.kind === "string" ? ["string"] : value.kind === "boolean" ? ["bool"] : ["int", "float"];
  const isFraction = value.kind === "number" && value.value.denominator !== 1n && !names.includes("float");
  if (names.some((own) => wanted.includes(own)) && !isFraction) return;
  diagnostics.push(
    diagnose(wrongDefault, { name: name.text, expected: names.join(" or "), found }, [label(value.span, "this")]),
  );
}

/** The settings of a block or model that may be words. */
export function textSettings(declared: Declared | undefined): readonly string[] {
  if (!isCallable(declared)) return [];
  return declared.declaration.parameters.flatMap((parameter) =>
    parameter.kind === "setting" &&
    parameter.types.some((type) => type.kind === "settingType" && type.name === "string")
      ? [parameter.name.text]
      : [],
  );
}
