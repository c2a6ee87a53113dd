/**
 * Where the data of a `train` come from, evaluated: a reader with its settings. What can be told of a setting without a file is told here, at
 * its place in the source; what the files hold is the reader's to check.
 */
import { label, type Span } from "../diagnostics/diagnostic.ts";
import { unknownField } from "../diagnostics/codes/fields.ts";
import { missingSetting } from "../diagnostics/codes/settings.ts";
import { settingOfReader, unknownReader } from "../diagnostics/codes/readers.ts";
import { badValue } from "../diagnostics/codes/train.ts";
import { listOf } from "../diagnostics/lists.ts";
import { didYouMean, nearest } from "../diagnostics/suggest.ts";
import { readerHelp } from "../semantics/habits.ts";
import type { HostData, HostSetting } from "../program/host.ts";
import { isCallable, lookUp, visibleNames, type DeclaredCallable } from "../semantics/module.ts";
import type { Argument, Call, Expression, KeyValue, Train } from "../syntax/ast.ts";
import { describeExpression } from "../syntax/describe.ts";
import { failTwice, isTensorInput } from "./arguments.ts";
import { augmentOf, checkAugment } from "./data-augment.ts";
import { columns, general, kindOf, readers, text, type Reader } from "./data-readers.ts";
import { Entry } from "./entry.ts";
import { Failure, recover } from "./failure.ts";
import type { Frame } from "./frame.ts";
import { topFrame } from "./inputs.ts";
import { toNumber } from "./rational.ts";
import type { Session } from "./session.ts";
import { describeValue, type Evaluated } from "./values.ts";

/** The data of a train; none means that the host program gives them. */
export function planData(entry: KeyValue | undefined, frame: Frame): HostData {
  if (entry === undefined) return { reader: "given", settings: {} };
  return readerOf(dataExpression(entry.value, frame), frame);
}

/** What a train's `data` says itself, or the declaration that it names. */
function dataExpression(value: Expression, frame: Frame): Expression {
  const declared = value.kind === "name" ? lookUp(frame.body.scope, "value", value.text)?.declaration : undefined;
  return declared?.kind === "data" ? declared.value : value;
}

/** A setting as the data of a train, or the declaration that it names, have it. */
export function dataSetting(name: string, train: Train, frame: Frame): Argument | undefined {
  const value = train.entries.find(({ key }) => key.text === "data")?.value;
  const source = value === undefined ? undefined : dataExpression(value, frame);
  return source?.kind === "call" ? source.arguments.find((one) => one.label?.text === name) : undefined;
}

/** Every `data` declaration, used or not, so that its mistakes are found. */
export function checkData(session: Session): void {
  const scratch = new Entry(session, "data", { training: false, averaged: false });
  for (const { declaration, scope } of session.module.scope.names.get("value")?.values() ?? []) {
    if (declaration.kind !== "data") continue;
    const { text: name } = declaration.name;
    const frame = topFrame(scratch, scope, session.root("data"), name, "a `data` declaration");
    recover(() => readerOf(declaration.value, frame));
  }
}

function readerOf(expression: Expression, frame: Frame): HostData {
  const callee = expression.kind === "call" ? expression.callee : expression;
  const name = callee.kind === "name" ? callee.text : "";
  const reader = readers.get(name);
  if (reader === undefined) {
    frame.leaveIfHidden(name);
    return frame.fail(
      unknownReader,
      { found: describeExpression(callee) },
      callee.span,
      "this",
      [],
      callee.kind === "member" && callee.target.kind === "name"
        ? `a file stands in quotes, and is read by a reader: \`csv("${callee.target.text}.${callee.member.text}", target: "y")\``
        : callee.kind === "string"
          ? `a file is read by a reader: \`csv(${JSON.stringify(callee.value)}, target: "y")\``
          : didYouMean(name, [...readers.keys(), ...visibleNames(frame.body.scope, "value")]),
    );
  }
  const written = expression.kind === "call" ? expression.arguments : [];
  return { reader: name, settings: Object.fromEntries(settingsOf(written, expression.span, name, reader, frame)) };
}

type Setting = readonly [string, HostSetting];

/** Each is looked at whatever is wrong with the others, so that every mistake is told. */
function settingsOf(
  written: readonly Argument[],
  span: Span,
  name: string,
  reader: Reader,
  frame: Frame,
): readonly Setting[] {
  const places = new Map<string, Argument>();
  const checks: (() => readonly Setting[])[] = [];
  for (const argument of written) {
    const key = argument.label?.text ?? "path";
    const earlier = places.get(key);
    if (earlier === undefined) places.set(key, argument);
    else checks.push(() => failTwice(name, key, argument.span, earlier.span, frame));
  }
  checks.push(() => checkTest(places, frame));
  const fields = [...places.keys()].filter((key) => !isOwn(reader, key));
  const takers = fields.length === 0 ? new Set<string>() : takersOf(frame);
  for (const [key, argument] of places)
    checks.push(() => {
      if (key === "test" && reader.others.includes(key)) {
        // What the test is to have files for is told by fields that something takes.
        const isTold = fields.every((field) => takers.has(field));
        return isTold ? [[key, testOf(argument, name, reader, fields, frame)]] : [];
      }
      const isTaken = isOwn(reader, key) || takers.has(key);
      // What another reader takes is no name of a column or a file, unless an input is called so.
      if (!isTaken && readersWith(key).length > 0) failSetting(key, argument, name, reader, frame);
      const value = settingOf(key, argument, name, reader, frame);
      if (!isTaken) failNowhere(key, argument, [...takers], frame);
      return [[key, value]];
    });
  // A misspelt one is a mistake already.
  const isMisspelt = (one: string): boolean => [...places.keys()].some((key) => nearest(key, [one]) !== undefined);
  for (const key of reader.needed.filter((one) => !places.has(one) && !isMisspelt(one))) {
    const type = kindOf(reader, key)?.expected ?? "";
    checks.push(() => frame.fail(missingSetting, { callee: name, name: key, type }, span, "in this call"));
  }
  const settings = checks.map((check) => recover(check));
  const right = settings.filter((found) => found !== undefined);
  if (right.length < settings.length) throw new Failure();
  checkAugment(places, new Map(right.flat()), frame);
  return right.flat();
}

/** What rows may have a column or file for: the inputs of models and trains, and what losses and metrics take. */
function takersOf({ session, body }: Frame): ReadonlySet<string> {
  const visible = (space: "loss" | "metric") =>
    visibleNames(body.scope, space).flatMap((name) => lookUp(body.scope, space, name) ?? []);
  const tensors = ({ declaration }: DeclaredCallable) => declaration.parameters.filter(isTensorInput);
  // The first that a loss or metric takes is the model's output.
  const compared = [...visible("loss"), ...visible("metric")]
    .filter(isCallable)
    .flatMap((one) => tensors(one).slice(1));
  const inputs = [...session.module.models.flatMap(tensors), ...compared];
  const declared = session.module.trains.flatMap((train) => train.inputs);
  return new Set(["target", ...[...inputs, ...declared].map(({ name }) => name.text)]);
}

function failNowhere(field: string, { span }: Argument, names: readonly string[], frame: Frame): never {
  return frame.fail(
    unknownField,
    { field, fields: listOf(names.map((one) => `\`${one}\``)) },
    span,
    "this",
    [],
    didYouMean(field, names) ?? readerHelp(field),
  );
}

function checkTest(places: ReadonlyMap<string, Argument>, frame: Frame): readonly Setting[] {
  const [holdout, test] = [places.get("holdout"), places.get("test")];
  if (holdout !== undefined && test !== undefined)
    frame.fail(
      badValue,
      { key: "holdout", expected: "left out beside `test`, which takes its place", found: "both" },
      holdout.span,
      "this",
      [label(test.span, "the rows to test with are named here")],
    );
  return [];
}

function isOwn({ needed, others, field }: Reader, key: string): boolean {
  return needed.includes(key) || others.includes(key) || general.has(key) || field === undefined;
}

/** The readers that have a setting of this name. */
function readersWith(key: string): readonly string[] {
  return [...readers].flatMap(([name, { needed, others }]) =>
    needed.includes(key) || others.includes(key) ? [`\`${name}\``] : [],
  );
}

function failSetting(
  key: string,
  { span, label: named }: Argument,
  name: string,
  { needed, others, field }: Reader,
  frame: Frame,
): never {
  const own = [...needed, ...others];
  const names = own.map((one) => `\`${one}\``);
  const expected = [...names, ...(field === undefined ? [] : ["the names of inputs"])].join(", ");
  const found = named === undefined ? "a value without a name" : `\`${key}\``;
  const elsewhere = named === undefined ? [] : readersWith(key);
  const help = elsewhere.length > 0 ? `\`${key}\` is a setting of ${listOf(elsewhere)}` : didYouMean(key, own);
  return frame.fail(settingOfReader, { reader: name, expected, found }, span, "this", [], help);
}

function settingOf(key: string, argument: Argument, name: string, reader: Reader, frame: Frame): HostSetting {
  const { value: written, span } = argument;
  const { needed, others, field } = reader;
  const own = [...needed, ...others];
  const kind = own.includes(key) ? kindOf(reader, key) : general.has(key) ? undefined : field;
  if (kind === undefined) return failSetting(key, argument, name, reader, frame);
  if (key === "augment" && own.includes(key)) return augmentOf(written, frame);
  // The names of inputs are no values.
  if (key === "standardize" && written.kind === "list" && written.items.length > 0)
    return namesIn(written.items, frame);
  const tail = key === "holdout" ? tailOf(key, written, frame) : undefined;
  if (tail !== undefined) return { last: settingOf(key, tail, name, reader, frame) };
  requireNoReader(key, written, kind.expected, frame);
  const evaluated = frame.session.evaluator.evaluate(written, frame);
  const value = hostSetting(key, evaluated, span, frame);
  if (kind.fits(value, written)) return value;
  const found = written.kind === "number" ? `the number ${written.text}` : describeValue(evaluated);
  const names = own.includes(key) ? [] : [...own, "target"];
  const habit = own.includes(key) ? undefined : readerHelp(key);
  const help = habit ?? (kind === columns && name === "csv" ? columnHelp(value) : undefined);
  return frame.fail(
    badValue,
    { key, expected: kind.expected, found },
    written.span,
    "this",
    [],
    didYouMean(key, names) ?? help,
  );
}

/** A column by its number is one of a file that does not name them. */
function columnHelp(value: HostSetting): string | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1
    ? `of a file without column names, which \`header: false\` reads, that is "column_${value}"`
    : undefined;
}

/** What stands in `last(20%)`, the end of the rows in their order. */
function tailOf(key: string, written: Expression, frame: Frame): Argument | undefined {
  if (!isLast(written)) return undefined;
  const [only, ...more] = written.arguments;
  const found = wrongTail(only, more.length);
  if (only !== undefined && found === undefined) return only;
  const expected = "a part or a number of rows alone in `last`, as in last(20%)";
  return frame.fail(badValue, { key, expected, found: found ?? "nothing" }, written.span, "this");
}

function isLast(written: Expression): written is Call {
  return written.kind === "call" && written.callee.kind === "name" && written.callee.text === "last";
}

/** What of the arguments of `last` is too much or too little. */
function wrongTail(only: Argument | undefined, others: number): string | undefined {
  if (only === undefined) return "nothing";
  if (others > 0) return `${others + 1} values`;
  if (only.label !== undefined) return `a value named \`${only.label.text}\``;
  return isLast(only.value) ? "`last` in `last`" : undefined;
}

/** What `standardize` lists: each a name or a string. */
function namesIn(items: readonly Expression[], frame: Frame): readonly string[] {
  const expected = general.get("standardize")?.expected ?? "";
  const names = new Set<string>();
  for (const item of items) {
    const name = item.kind === "name" ? item.text : item.kind === "string" ? item.value : undefined;
    if (name === undefined || names.has(name)) {
      const found = name === undefined ? describeExpression(item) : `\`${name}\` twice`;
      frame.fail(badValue, { key: "standardize", expected, found }, item.span, "this");
    }
    names.add(name);
  }
  return [...names];
}

/** The rows to test with: a path, or, where each input has a file of its own, the same reader with theirs. */
function testOf(
  { value: written, span, label: named }: Argument,
  name: string,
  reader: Reader,
  fields: readonly string[],
  frame: Frame,
): HostSetting {
  const several = !reader.needed.includes("path");
  const files = fields.map((field) => `${field}: "…"`).join(", ");
  const path = (several ? undefined : kindOf(reader, "path")) ?? text;
  const shape = several ? `\`${name}(${files})\`` : path.expected;
  if (written.kind === "call" && written.callee.kind === "name" && written.callee.text === name) {
    const places = new Map<string, Span>();
    const paths = written.arguments.map(({ label: key, value, span: place }): readonly [string, HostSetting] => {
      const field = key?.text ?? "path";
      const earlier = places.get(field);
      if (earlier !== undefined) failTwice(name, field, place, earlier, frame);
      places.set(field, place);
      const setting = hostSetting("test", frame.session.evaluator.evaluate(value, frame), place, frame);
      const known = several ? fields.includes(key?.text ?? "") : key === undefined || key.text === "path";
      if (known && path.fits(setting, value)) return [field, setting];
      const found = key === undefined ? "a value without a name" : `\`${key.text}\` as something else`;
      return frame.fail(badValue, { key: "test", expected: shape, found }, place, "this");
    });
    const [only] = paths;
    if (!several && only !== undefined) return only[1];
    const lacking = fields.find((field) => !paths.some(([key]) => key === field));
    if (several && lacking === undefined) return Object.fromEntries(paths);
    const found = lacking === undefined ? "nothing" : `no file of \`${lacking}\``;
    return frame.fail(badValue, { key: "test", expected: shape, found }, written.span, "this");
  }
  requireNoReader("test", written, shape, frame);
  const evaluated = frame.session.evaluator.evaluate(written, frame);
  const value = hostSetting("test", evaluated, span, frame);
  const [field, ...more] = fields;
  if (path.fits(value, written) && (!several || more.length === 0))
    return several && field !== undefined ? Object.fromEntries([[field, value]]) : value;
  const found = several && path.fits(value, written) ? "one file" : describeValue(evaluated);
  return frame.fail(
    badValue,
    { key: "test", expected: shape, found },
    named === undefined ? span : written.span,
    "this",
  );
}

/** A reader is no value, with or without its files: what it reads has one form for a whole `data`. */
function requireNoReader(key: string, written: Expression, expected: string, frame: Frame): void {
  const callee = written.kind === "call" ? written.callee : written;
  if (callee.kind !== "name" || !readers.has(callee.text)) return;
  if (lookUp(frame.body.scope, "value", callee.text) !== undefined) return;
  const found = `the reader \`${callee.text}\``;
  frame.fail(badValue, { key, expected, found }, written.span, "this");
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
