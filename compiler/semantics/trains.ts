/** Trains, as far as their text alone tells: keys, doubles, names in steps. */
import { diagnose, label, type Diagnostic } from "../diagnostics/diagnostic.ts";
import { duplicateName } from "../diagnostics/codes/names.ts";
import { repeatedKey, unknownKey, uselessKey } from "../diagnostics/codes/train.ts";
import type { KeyValue, Name, Node, Train } from "../syntax/ast.ts";
import { BodyChecker } from "./bodies.ts";
import { linearDimensions } from "./linear.ts";
import { isLikeKey, keyHelp } from "./habits.ts";
import { lookUp, type FileScope } from "./module.ts";
import { Scope } from "./scope.ts";
import { stepKeys, trainKeys } from "./train-keys.ts";
import type { UnknownNames } from "./unknown-names.ts";
import { checkUnusedInTrain } from "./unused.ts";

export function checkTrains(trains: readonly Train[], scope: FileScope, unknown: UnknownNames): void {
  const { diagnostics } = unknown;
  checkTwice(
    trains.map(({ name, label: own }) => own ?? name),
    "tell trains of one model apart with `as label`",
    diagnostics,
  );
  for (const train of trains) {
    checkTrain(train, scope, unknown);
    checkUnusedInTrain(train, diagnostics);
  }
}

function checkTwice(names: readonly Name[], help: string, diagnostics: Diagnostic[]): void {
  const seen = new Map<string, Name>();
  for (const name of names) {
    const earlier = seen.get(name.text);
    if (earlier === undefined) seen.set(name.text, name);
    else
      diagnostics.push(
        diagnose(
          duplicateName,
          { name: name.text },
          [label(name.span, "again here"), label(earlier.span, "first here")],
          help,
        ),
      );
  }
}

function checkTrain(train: Train, file: FileScope, unknown: UnknownNames): void {
  const { diagnostics } = unknown;
  const checker = new BodyChecker(file, { kind: "train", name: train.name.text, declaration: train }, unknown);
  const scope = new Scope(undefined, train.lets);
  for (const { name, types } of train.inputs) {
    checker.bind(name.text, name.span, scope);
    const shown = types.flatMap(({ shape }) => shape);
    const isKnown = (text: string): boolean =>
      scope.find(text) !== undefined || lookUp(file, "value", text)?.declaration.kind === "const";
    for (const dimension of shown)
      if (dimension.kind === "name" && !isKnown(dimension.text)) scope.bind(dimension.text, dimension.span);
    for (const told of linearDimensions(shown, isKnown)) scope.bind(told.name.text, told.name.span);
  }
  // What was meant to be bound is no unknown name, and nobody knows its value.
  const bindAssigned = (entries: readonly KeyValue[], keys: readonly string[], inside: Scope): void => {
    for (const entry of entries) {
      if (!isAssigned(entry, keys)) continue;
      inside.bind(entry.key.text, entry.key.span);
      unknown.failed.add(train);
    }
  };
  bindAssigned(train.entries, trainKeys, scope);
  for (const statement of train.lets) checker.let(statement, scope);
  checkKeys(train.entries, trainKeys, "train", diagnostics);
  checkMinimize(train.entries, checker, scope);
  if (train.steps.length > 0 || train.entries.some(({ key }) => key.text === "minimize"))
    checkMetrics(train.entries, checker, scope);
  checkForm(train, diagnostics);
  checkTwice(
    train.steps.map(({ name }) => name),
    "give each step a name of its own: its loss is called so",
    diagnostics,
  );
  for (const { entries, lets } of train.steps) {
    checkKeys(entries, stepKeys, "step", diagnostics);
    const inside = new Scope(scope, lets);
    bindAssigned(entries, stepKeys, inside);
    for (const statement of lets) checker.let(statement, inside);
    checkMinimize(entries, checker, inside);
  }
}

/** What steps have of their own, else from above them. */
const defaults: readonly string[] = ["optimizer", "schedule", "regularize", "clip_norm"];

/** A train minimises a `loss` of its model, or one expression, or has steps that do: what belongs to another form has no effect. */
function checkForm({ entries, lets, steps }: Train, diagnostics: Diagnostic[]): void {
  const useless = (what: string, why: string, node: Node): void => {
    diagnostics.push(diagnose(uselessKey, { what, why }, [label(node.span, "this")]));
  };
  const keys = new Map(entries.map((entry) => [entry.key.text, entry.key]));
  const report = (key: string, why: string): void => {
    const place = keys.get(key);
    if (place !== undefined) useless(`\`${key}\``, why, place);
  };
  if (steps.length === 0) {
    if (keys.has("minimize")) report("loss", "`minimize` says what is minimised");
    else if (keys.has("loss"))
      for (const statement of lets) useless("a `let`", "`loss` compares the model's output with the target", statement);
    return;
  }
  for (const key of ["loss", "minimize", "update"]) report(key, "each step says what it minimises and updates");
  for (const key of defaults)
    if (steps.every((step) => step.entries.some((entry) => entry.key.text === key)))
      report(key, "every step has its own");
  for (const { name } of steps)
    if (name.text === rate) useless(`the name \`${name.text}\``, "a result of every train is called so", name);
}

/** What a result of every training step is called; `loss`, the other one, is no name. */
const rate = "lr";

/** `slope = …`, a `let` without its word, of which the sign was said to be wrong. */
function isAssigned({ key, assigned }: KeyValue, keys: readonly string[]): boolean {
  return assigned === true && !keys.includes(key.text) && !isLikeKey(key.text, keys);
}

function checkKeys(
  entries: readonly KeyValue[],
  keys: readonly string[],
  place: string,
  diagnostics: Diagnostic[],
): void {
  const seen = new Map<string, KeyValue>();
  for (const entry of entries) {
    const { text, span } = entry.key;
    const earlier = seen.get(text);
    if (isAssigned(entry, keys) || entry.apart === true) continue;
    if (!keys.includes(text)) {
      const help = keyHelp(text, keys, place);
      diagnostics.push(diagnose(unknownKey, { key: text, place }, [label(span, "not known")], help));
    } else if (earlier !== undefined)
      diagnostics.push(
        diagnose(repeatedKey, { key: text }, [label(span, "again here"), label(earlier.key.span, "first here")]),
      );
    seen.set(text, entry);
  }
}

/** With steps, metrics are calls with tensors over the train's own names; what is called is looked up where it is evaluated. */
function checkMetrics(entries: readonly KeyValue[], checker: BodyChecker, scope: Scope): void {
  for (const { key, value } of entries) {
    if (key.text !== "metrics") continue;
    for (const item of value.kind === "list" ? value.items : [value]) {
      const metric = item.kind === "named" ? item.expression : item;
      if (metric.kind === "call") for (const given of metric.arguments) checker.expression(given.value, scope);
    }
  }
}

/** The one entry that is an expression over the train's own names. */
function checkMinimize(entries: readonly KeyValue[], checker: BodyChecker, scope: Scope): void {
  for (const { key, value } of entries) if (key.text === "minimize") checker.expression(value, scope);
}
