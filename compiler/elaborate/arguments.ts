/**
 * Arguments of calls: evaluated in the caller, sorted into tensors and settings, and settings made into their types.
 */
import { numbered } from "../diagnostics/lists.ts";
import { label, type Span } from "../diagnostics/diagnostic.ts";
import {
  givenTwice,
  missingSetting,
  tooManyArguments,
  unknownSetting,
  wrongSetting,
} from "../diagnostics/codes/settings.ts";
import { settingHelp } from "../semantics/habits.ts";
import { symbolsOf } from "../dimension/dimension.ts";
import type { Argument, Callable, ListType, Parameter, Setting, SettingType } from "../syntax/ast.ts";
import { walk } from "../syntax/children.ts";
import type { Mode } from "./evaluator.ts";
import type { Frame } from "./frame.ts";
import { elementOf } from "./number-range.ts";
import { isWhole } from "./rational.ts";
import { describeValue, type Evaluated, type GivenArgument, type GivenArguments } from "./values.ts";

type SettingForm = SettingType | ListType;

export function isTensorInput(parameter: Parameter): boolean {
  return parameter.kind !== "setting";
}

export function hasTensorInput({ parameters }: Callable): boolean {
  return parameters.some(isTensorInput);
}

export function settingsOf({ parameters }: Callable): readonly Setting[] {
  return parameters.filter((parameter) => parameter.kind === "setting");
}

/** `int | [int]`, as the signature writes it. */
export function printSettingType(types: readonly SettingForm[]): string {
  return types.map(printForm).join(" | ");
}

function printForm(form: SettingForm): string {
  return form.kind === "settingType" ? form.name : `[${printForm(form.element)}]`;
}

/** How an argument for this setting is evaluated. */
function modeOf({ types }: Setting): Mode {
  const forms = types.map((form) => leaf(form));
  const expects = forms.find((form) => form === "initializer" || form === "schedule");
  const numeric = forms.filter((form) => form === "int" || form === "float");
  const whole = numeric.length > 0 && !numeric.includes("float");
  return expects === undefined ? { whole } : { whole, expects };
}

function leaf(form: SettingForm): SettingType["name"] {
  let inner = form;
  while (inner.kind === "listType") inner = inner.element;
  return inner.name;
}

/**
 * Evaluates arguments. A positional one is evaluated as the next setting would want it, since only a setting minds; what
 * turns out to be a tensor fills the next tensor input, and so do numbers where no setting is left and an input is. `piped` are there already.
 */
export function evaluateArguments(
  given: readonly Argument[],
  declaration: Callable,
  frame: Frame,
  piped = 0,
): GivenArguments {
  const open = settingsOf(declaration);
  const inputs = declaration.parameters.filter(({ kind }) => kind === "tensorInput").length - piped;
  const isNamed = ({ name }: Setting): boolean => given.some(({ label: own }) => own?.text === name.text);
  const tensors: GivenArgument[] = [];
  const settings: GivenArgument[] = [];
  const named = new Map<string, GivenArgument>();
  for (const argument of given) {
    if (argument.label !== undefined) {
      nameArgument(argument, argument.label.text, declaration, named, frame);
      continue;
    }
    const left = open.slice(settings.length);
    const value = evaluated(argument, left.at(0), frame);
    const isOver = left.every(isNamed) && tensors.length < inputs && isNumeric(value.value);
    (isOver || value.value.kind === "tensor" || value.value.kind === "tuple" ? tensors : settings).push(value);
  }
  return { tensors, settings, named };
}

/** What a tensor may be made of. */
function isNumeric({ kind }: Evaluated): boolean {
  return kind === "number" || kind === "list" || kind === "dimension" || kind === "bool";
}

function evaluated({ value: expression, span }: Argument, setting: Setting | undefined, frame: Frame): GivenArgument {
  const value = frame.session.evaluator.evaluate(expression, frame, setting === undefined ? {} : modeOf(setting));
  const isDimension =
    expression.kind === "name" &&
    frame.lookUp(expression.text) === undefined &&
    frame.body.dimensions.has(expression.text);
  return { value, span, label: isDimension ? expression.text : undefined };
}

/** What an optimizer or a regularizer is given by the train. */
function isGiven({ kind }: Parameter): boolean {
  return kind === "bareInput";
}

/** Settings that no declaration names, since all of the kind have them. */
const givenToAll: ReadonlyMap<string, readonly string[]> = new Map([
  ["optimizer", ["lr"]],
  ["regularizer", ["all"]],
]);

function nameArgument(
  argument: Argument,
  name: string,
  declaration: Callable,
  named: Map<string, GivenArgument>,
  frame: Frame,
): void {
  const callee = declaration.name.text;
  const parameter = declaration.parameters.find((candidate) => candidate.name.text === name);
  if (parameter === undefined) {
    const candidates = declaration.parameters.filter((one) => !isGiven(one)).map((candidate) => candidate.name.text);
    const given = givenToAll.get(declaration.kind) ?? [];
    frame.fail(
      unknownSetting,
      { callee, name },
      argument.label?.span ?? argument.span,
      "no such name",
      [label(declaration.name.span, `\`${callee}\` is declared here`)],
      settingHelp(callee, name, [...candidates, ...given]),
    );
  }
  const earlier = named.get(name);
  if (earlier !== undefined) failTwice(callee, name, argument.span, earlier.span, frame);
  named.set(name, evaluated(argument, parameter.kind === "setting" ? parameter : undefined, frame));
}

/** The one error for a setting or an input that is given twice, wherever settings stand. */
export function failTwice(callee: string, name: string, again: Span, first: Span, frame: Frame): never {
  return frame.fail(givenTwice, { callee, name }, again, "again here", [label(first, "first here")]);
}

/** What was given by name before, and what is added by name: neither twice. */
export function joinNamed(
  callee: string,
  held: GivenArguments["named"],
  added: GivenArguments["named"],
  frame: Frame,
): GivenArguments["named"] {
  for (const [name, { span }] of added) {
    const earlier = held.get(name);
    if (earlier !== undefined) failTwice(callee, name, span, earlier.span, frame);
  }
  return new Map([...held, ...added]);
}

/** Puts arguments at their parameters: each by its place or its name, none twice, none too many. */
export function assign(
  parameters: readonly Parameter[],
  positional: readonly GivenArgument[],
  what: string,
  { named }: GivenArguments,
  declaration: Callable,
  frame: Frame,
): ReadonlyMap<string, GivenArgument> {
  const callee = declaration.name.text;
  const assigned = new Map<string, GivenArgument>();
  if (positional.length > parameters.length) {
    const extra = positional[parameters.length];
    frame.fail(
      tooManyArguments,
      { callee, what, most: parameters.length, found: positional.length },
      extra.span,
      `this is ${describeValue(extra.value)}`,
      [label(declaration.name.span, `\`${callee}\` is declared here`)],
      extra.value.kind === "tuple"
        ? "a list stands in brackets, `[3, 3]`; parentheses hold several results"
        : undefined,
    );
  }
  for (const [index, argument] of positional.entries()) assigned.set(parameters[index].name.text, argument);
  for (const {
    name: { text: name },
  } of parameters) {
    const argument = named.get(name);
    if (argument === undefined) continue;
    const earlier = assigned.get(name);
    if (earlier !== undefined) failTwice(callee, name, argument.span, earlier.span, frame);
    assigned.set(name, argument);
  }
  return assigned;
}

/** Binds every setting in `inside`: what is given, else its default, evaluated there. `later` are bound once dimensions are known. */
export function bindGivenSettings(
  declaration: Callable,
  given: GivenArguments,
  inside: Frame,
  outside: Frame,
): readonly Setting[] {
  const settings = settingsOf(declaration);
  const assigned = assign(settings, given.settings, numbered(settings.length, "setting"), given, declaration, outside);
  const later: Setting[] = [];
  for (const setting of settings) {
    const argument = assigned.get(setting.name.text);
    if (argument === undefined) {
      later.push(setting);
      continue;
    }
    inside.bindValue(setting.name.text, coerce(argument.value, setting, argument.span, declaration, outside));
    inside.body.settings.set(setting.name.text, argument.label);
  }
  return later;
}

/** The settings whose defaults wait for these names, or for one another. */
export function dependents(settings: readonly Setting[], names: readonly string[]): readonly Setting[] {
  const waiting = new Set(names);
  return settings.filter((setting) => {
    const nodes = setting.default === undefined ? [] : [...walk(setting.default)];
    const isWaiting = nodes.some((node) => node.kind === "name" && waiting.has(node.text));
    if (isWaiting) waiting.add(setting.name.text);
    return isWaiting;
  });
}

export function bindDefaults(
  later: readonly Setting[],
  declaration: Callable,
  inside: Frame,
  outside: Frame,
  span: Span,
): void {
  const callee = declaration.name.text;
  for (const setting of later) {
    const name = setting.name.text;
    if (setting.default === undefined) {
      outside.fail(missingSetting, { callee, name, type: printSettingType(setting.types) }, span, "in this call", [
        label(setting.span, "declared here"),
      ]);
    }
    const value = inside.session.evaluator.evaluate(setting.default, inside, modeOf(setting));
    inside.bindValue(name, coerce(value, setting, setting.default.span, declaration, inside));
  }
}

function coerce(value: Evaluated, setting: Setting, span: Span, declaration: Callable, frame: Frame): Evaluated {
  if (setting.types.some((form) => fits(value, form))) {
    checkRange(value, setting.types, span, frame);
    noteClosed(value, span, `it decides the setting \`${setting.name.text}\` of \`${declaration.name.text}\``, frame);
    return value;
  }
  return frame.fail(
    wrongSetting,
    {
      callee: declaration.name.text,
      name: setting.name.text,
      expected: printSettingType(setting.types),
      found: describeValue(value),
    },
    span,
    "this",
    [label(setting.span, "declared here")],
    settingValueHelp(value, setting, declaration),
  );
}

/** What may have been meant by a value of another type: a number in quotes, or the size of the input where nothing takes a size. */
function settingValueHelp(value: Evaluated, { types }: Setting, { parameters }: Callable): string | undefined {
  const takes = (forms: readonly SettingForm[], ...names: readonly string[]): boolean =>
    forms.some((form) => form.kind === "settingType" && names.includes(form.name));
  if (value.kind === "string" && takes(types, "int", "float") && /^\d+(\.\d+)?$/.test(value.value))
    return `without quotes: \`${value.value}\``;
  if (value.kind === "string" && takes(types, "initializer", "layer", "schedule") && /^[\w.]+$/.test(value.value))
    return `without quotes: \`${value.value}\``;
  if (value.kind === "number" && takes(types, "initializer"))
    return "an initializer that gives one number: `constant(0.5)`";
  const isSized = parameters.some((one) => one.kind === "setting" && takes(one.types, "int"));
  return value.kind === "number" && !isSized && !takes(types, "float") && parameters.some(isTensorInput)
    ? "the size of the input is inferred: leave it out"
    : undefined;
}

/** Every number in it is an i32 where the setting is an `int`, else an f32. */
function checkRange(value: Evaluated, types: readonly SettingForm[], span: Span, frame: Frame): void {
  if (value.kind === "list") for (const item of value.items) checkRange(item, types, span, frame);
  if (value.kind !== "number") return;
  const dtype = types.some((form) => leaf(form) === "float") ? "f32" : "i32";
  elementOf(value.value, dtype, span, frame);
}

function noteClosed(value: Evaluated, span: Span, reason: string, frame: Frame): void {
  if (value.kind !== "dimension") return;
  for (const name of symbolsOf(value.value)) frame.entry.closed.push({ name, span, reason });
}

function fits(value: Evaluated, form: SettingForm): boolean {
  if (form.kind === "listType") return value.kind === "list" && value.items.every((item) => fits(item, form.element));
  switch (form.name) {
    case "int":
      return value.kind === "dimension" || (value.kind === "number" && isWhole(value.value));
    case "float":
      return value.kind === "number" || value.kind === "dimension";
    default:
      return value.kind === form.name;
  }
}
