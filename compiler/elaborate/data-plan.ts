/**
 * Where the data of a `train` come from, evaluated: a reader with its settings. What can be told of a setting without a file is told here, at
 * its place in the source; what the files hold is the reader's to check.
 */
import { label, type Span } from "../diagnostics/diagnostic.ts";
import { missingSetting } from "../diagnostics/codes/settings.ts";
import { badValue, unknownReader } from "../diagnostics/codes/train.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import type { HostData, HostSetting } from "../program/host.ts";
import { lookUp, visibleNames } from "../semantics/module.ts";
import type { Argument, Call, Entry as SyntaxEntry, Expression } from "../syntax/ast.ts";
import { describeExpression } from "../syntax/describe.ts";
import { failTwice } from "./arguments.ts";
import type { Frame } from "./frame.ts";
import { toNumber } from "./rational.ts";
import { describeValue, type Evaluated } from "./values.ts";

/** What a setting may be; `written` tells `100%` from `1`. */
interface Kind {
  readonly expected: string;
  readonly fits: (value: HostSetting, written: Expression) => boolean;
}

const text: Kind = { expected: "the path of a file", fits: (value) => typeof value === "string" && value !== "" };
const count: Kind = {
  expected: "a whole number of at least 1",
  fits: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
};

/** The settings that mean the same with every reader. All others name an input or the target. */
const general: ReadonlyMap<string, Kind> = new Map([
  ["path", text],
  ["test", text],
  [
    "scale",
    {
      expected: "a number other than 0 that an f32 holds",
      fits: (value) => typeof value === "number" && Number.isFinite(Math.fround(value)) && Math.fround(value) !== 0,
    },
  ],
  ["standardize", { expected: "true or false", fits: (value) => typeof value === "boolean" }],
  ["holdout", { expected: "a part between 0% and 100%, or a number of rows", fits: isHoldout }],
  ["window", count],
  ["stride", count],
  ["vocabulary", count],
]);

const columns: Kind = {
  expected: "the name of a column, a pattern or a list of them",
  fits: (value) =>
    typeof value === "string" ||
    (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string")),
};

/** The readers, and the settings without which they cannot read. */
const readers: ReadonlyMap<string, readonly string[]> = new Map([
  ["csv", ["path"]],
  ["idx", []],
  ["npy", []],
  ["text", ["path", "window", "vocabulary"]],
  ["arrays", []],
  ["given", []],
]);

/** The data of a train; none means that the host program gives them. */
export function planData(entry: SyntaxEntry | undefined, frame: Frame): HostData {
  if (entry === undefined) return { reader: "given", settings: {} };
  const { value } = entry;
  const declared = value.kind === "name" ? lookUp(frame.body.scope, "value", value.text)?.declaration : undefined;
  return readerOf(declared?.kind === "data" ? declared.value : value, frame);
}

function readerOf(expression: Expression, frame: Frame): HostData {
  const callee = expression.kind === "call" ? expression.callee : expression;
  const name = callee.kind === "name" ? callee.text : "";
  const needed = readers.get(name);
  if (needed === undefined) {
    return frame.fail(
      unknownReader,
      { found: describeExpression(callee) },
      callee.span,
      "this",
      [],
      didYouMean(name, [...readers.keys(), ...visibleNames(frame.body.scope, "value")]),
    );
  }
  const settings = expression.kind === "call" ? settingsOf(expression, name, frame) : new Map<string, HostSetting>();
  for (const key of needed) {
    if (settings.has(key)) continue;
    const type = general.get(key)?.expected ?? "";
    frame.fail(missingSetting, { callee: name, name: key, type }, expression.span, "in this call");
  }
  return { reader: name, settings: Object.fromEntries(settings) };
}

function settingsOf({ arguments: given }: Call, name: string, frame: Frame): ReadonlyMap<string, HostSetting> {
  const settings = new Map<string, HostSetting>();
  const places = new Map<string, Span>();
  for (const argument of given) {
    const key = argument.label?.text ?? "path";
    const earlier = places.get(key);
    if (earlier !== undefined) failTwice(name, key, argument.span, earlier, frame);
    settings.set(key, settingOf(key, argument, name, frame));
    places.set(key, argument.span);
  }
  const [holdout, test] = [places.get("holdout"), places.get("test")];
  if (holdout !== undefined && test !== undefined)
    frame.fail(
      badValue,
      { key: "holdout", expected: "left out beside `test`, which takes its place", found: "both" },
      holdout,
      "this",
      [label(test, "the rows to test with are named here")],
    );
  return settings;
}

function settingOf(key: string, { value: written, span }: Argument, reader: string, frame: Frame): HostSetting {
  const evaluated = frame.session.evaluator.evaluate(written, frame);
  const value = hostSetting(key, evaluated, span, frame);
  const { expected, fits } = general.get(key) ?? (reader === "csv" || key === "inputs" ? columns : text);
  if (fits(value, written)) return value;
  const found = written.kind === "number" ? `the number ${written.text}` : describeValue(evaluated);
  const names = general.has(key) ? [] : [...general.keys(), "inputs", "target"];
  return frame.fail(badValue, { key, expected, found }, written.span, "this", [], didYouMean(key, names));
}

/** A number of rows is whole, a part lies between 0 and 1, and `100%` is neither. */
function isHoldout(value: HostSetting, written: Expression): boolean {
  if (typeof value !== "number") return false;
  const isPart = value > 0 && value < 1;
  const isPercent = written.kind === "number" && written.text.endsWith("%");
  return isPart || (!isPercent && Number.isSafeInteger(value) && value >= 1);
}

function hostSetting(key: string, value: Evaluated, span: Span, frame: Frame): HostSetting {
  switch (value.kind) {
    case "number":
      return toNumber(value.value);
    case "string":
    case "bool":
      return value.value;
    case "list":
      return value.items.map((item) => hostSetting(key, item, span, frame));
    default:
      return frame.fail(
        badValue,
        { key, expected: "a number, a string, true, false or a list of them", found: describeValue(value) },
        span,
        "this",
      );
  }
}
