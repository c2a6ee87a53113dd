/**
 * Other values for the settings of a train's optimizers, schedules and regularizers, as `--set lr=0.01` asks for: the same train with those
 * arguments in the place of what it writes. `lr` goes to every optimizer that has it, `critic.lr` to that of one step, `schedule.decay` to the
 * schedule, `regularize.rate` to the regularizer; what goes nowhere is an error.
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
  const shared = train.entries;
  const changed =
    train.steps.length === 0
      ? { ...train, entries: given.to(undefined, [], shared) }
      : {
          ...train,
          steps: train.steps.map((step) => ({ ...step, entries: given.to(step.name.text, shared, step.entries) })),
        };
  given.report((train.label ?? train.name).text);
  return changed;
}

/** The keys whose settings can be given, and the name space of what stands behind them. */
const places = [
  { key: "optimizer", space: "optimizer" },
  { key: "schedule", space: "schedule" },
  { key: "regularize", space: "regularizer" },
] as const;

type Place = (typeof places)[number];

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

  /** The entries of a step with the values that are for it; where a default of the train changes, the step gets one of its own. */
  to(step: string | undefined, shared: readonly KeyValue[], own: readonly KeyValue[]): readonly KeyValue[] {
    return places.reduce((entries, place) => {
      const find = (list: readonly KeyValue[]) => list.find(({ key }) => key.text === place.key);
      const entry = find(own) ?? find(shared);
      if (entry === undefined) return entries;
      const value = this.#valueTo(step, place, entry.value);
      if (value === entry.value) return entries;
      return [...entries.filter(({ key }) => key.text !== place.key), { ...entry, value }];
    }, own);
  }

  /** Of several regularizers each is told by its name. */
  #valueTo(step: string | undefined, { key, space }: Place, value: Expression): Expression {
    if (key === "optimizer") return this.#calledWith(step, () => "", space, value);
    if (value.kind !== "list") return this.#calledWith(step, () => `${key}.`, space, value);
    const prefix = value.items.length > 1 ? (name: string) => `${key}.${name}.` : () => `${key}.`;
    const items = value.items.map((item) => this.#calledWith(step, prefix, space, item));
    return items.every((item, at) => item === value.items[at]) ? value : { ...value, items };
  }

  /** What is named, called with the values that are for it. */
  #calledWith(
    step: string | undefined,
    prefixOf: (name: string) => string,
    space: Place["space"],
    value: Expression,
  ): Expression {
    const { target, written: own } = declared(value, space, this.#frame);
    const all = settingsOf(target.declaration);
    const prefix = prefixOf(target.declaration.name.text);
    const values = new Map<string, number>();
    const rate = space === "optimizer" ? ["lr"] : [];
    for (const name of [...rate, ...all.filter(isNumber).map(({ name: { text } }) => text)]) {
      const bare = `${prefix}${name}`;
      const path = step === undefined ? bare : `${step}.${bare}`;
      this.#known.add(bare).add(path);
      const key = [path, bare].find((one) => this.#settings.has(one));
      const number = key === undefined ? undefined : this.#settings.get(key);
      if (key === undefined || number === undefined) continue;
      this.#takers.set(key, [...(this.#takers.get(key) ?? []), step ?? ""]);
      values.set(name, number);
    }
    if (values.size === 0) return value;
    return replaced(
      value,
      own,
      all.map(({ name }) => name.text),
      values,
    );
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
