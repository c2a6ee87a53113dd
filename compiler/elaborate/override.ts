/**
 * Other values for the settings of a train's optimizers, as `--set lr=0.01` asks for: the same train with those arguments in the place of
 * what it writes. `lr` goes to every optimizer that has it, `critic.lr` to that of one step; what goes nowhere is an error.
 */
import { severalOptimizers, unknownOptimizerSetting } from "../diagnostics/codes/settings.ts";
import { diagnose } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/diagnostic.ts";
import { listOf } from "../diagnostics/lists.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import type { Argument, Call, KeyValue, Expression, NumberLiteral, Setting, Train } from "../syntax/ast.ts";
import { settingsOf } from "./arguments.ts";
import { declared } from "./choose.ts";
import type { Frame } from "./frame.ts";
import { written } from "./rational.ts";

type Settings = ReadonlyMap<string, number>;

/** `frame` is at the top of the train. */
export function withSettings(train: Train, settings: Settings = new Map(), frame: Frame): Train {
  if (settings.size === 0) return train;
  const given = new Given(settings, frame);
  const shared = optimizerIn(train.entries);
  const changed =
    train.steps.length === 0
      ? { ...train, entries: withOptimizer(train.entries, given.to(undefined, shared)) }
      : {
          ...train,
          steps: train.steps.map((step) => {
            const optimizer = given.to(step.name.text, optimizerIn(step.entries) ?? shared);
            return { ...step, entries: withOptimizer(step.entries, optimizer) };
          }),
        };
  given.report((train.label ?? train.name).text);
  return changed;
}

function optimizerIn(entries: readonly KeyValue[]): KeyValue | undefined {
  return entries.find(({ key }) => key.text === "optimizer");
}

/** A step without one of its own gets one. */
function withOptimizer(entries: readonly KeyValue[], optimizer: KeyValue | undefined): readonly KeyValue[] {
  if (optimizer === undefined) return entries;
  return [...entries.filter(({ key }) => key.text !== "optimizer"), optimizer];
}

/** What is given, and where it goes. */
class Given {
  readonly #settings: Settings;
  readonly #frame: Frame;
  /** By what was given, the steps that took it; the empty name of a train without steps. */
  readonly #takers = new Map<string, string[]>();
  readonly #known = new Set<string>();

  constructor(settings: Settings, frame: Frame) {
    this.#settings = settings;
    this.#frame = frame;
  }

  /** The optimizer of a step with the values that are for it; undefined where there is none. */
  to(step: string | undefined, optimizer: KeyValue | undefined): KeyValue | undefined {
    if (optimizer === undefined) return undefined;
    const { target, written: own } = declared(optimizer.value, "optimizer", this.#frame);
    const all = settingsOf(target.declaration);
    const places = all.map(({ name }) => name.text);
    const values = new Map<string, number>();
    for (const name of ["lr", ...all.filter(isNumber).map(({ name: { text } }) => text)]) {
      const path = step === undefined ? name : `${step}.${name}`;
      this.#known.add(name).add(path);
      const key = [path, name].find((one) => this.#settings.has(one));
      const value = key === undefined ? undefined : this.#settings.get(key);
      if (key === undefined || value === undefined) continue;
      this.#takers.set(key, [...(this.#takers.get(key) ?? []), step ?? ""]);
      values.set(name, value);
    }
    return values.size === 0 ? optimizer : { ...optimizer, value: replaced(optimizer.value, own, places, values) };
  }

  /** What went nowhere, and what went to several. */
  report(train: string): void {
    const { session } = this.#frame;
    const known = [...this.#known];
    // Without an optimizer something else is wrong.
    if (known.length === 0) return;
    for (const name of this.#settings.keys()) {
      const [first, ...more] = this.#takers.get(name) ?? [];
      if (first === undefined) {
        const expected = listOf(known.map((one) => `\`${one}\``));
        session.report(diagnose(unknownOptimizerSetting, { name, train, expected }, [], didYouMean(name, known)));
      } else if (more.length > 0) {
        const steps = listOf([first, ...more].map((one) => `\`${one}\``));
        session.report(diagnose(severalOptimizers, { name, steps, path: `${first}.${name}` }, []));
      }
    }
  }
}

/** What can be given is a number. */
function isNumber({ types }: Setting): boolean {
  return types.some((type) => type.kind === "settingType" && (type.name === "int" || type.name === "float"));
}

/** A bare name becomes a call. What it gives by place is named, so that what takes its place leaves no gap. */
function replaced(
  expression: Expression,
  own: readonly Argument[],
  places: readonly string[],
  settings: Settings,
): Call {
  const { span } = expression;
  const callee = expression.kind === "call" ? expression.callee : expression;
  let place = 0;
  const named = own.map((argument): Argument => {
    const text = argument.label === undefined ? places[place++] : undefined;
    return text === undefined ? argument : { ...argument, label: { kind: "name", text, span: argument.span } };
  });
  const kept = named.filter(({ label }) => label === undefined || !settings.has(label.text));
  return {
    kind: "call",
    callee,
    arguments: [...kept, ...[...settings].map(([name, value]) => argument(name, value, span))],
    span,
  };
}

function argument(name: string, value: number, span: Span): Argument {
  const literal: NumberLiteral = {
    kind: "number",
    text: String(Math.abs(value)),
    value: written(Math.abs(value)) ?? { numerator: 0n, denominator: 1n },
    span,
  };
  const signed: Expression = value < 0 ? { kind: "unary", operator: "-", operand: literal, span } : literal;
  return { kind: "argument", label: { kind: "name", text: name, span }, value: signed, span };
}
