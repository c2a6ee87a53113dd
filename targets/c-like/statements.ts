/** The statements of kernels, and functions of numbers, in a language that looks like C: one line each. */
import type { Facts } from "../../compiler/program/integer.ts";
import { enterLoop, integerOf } from "../../compiler/program/integer.ts";
import { Names, loopVariableNames } from "../../compiler/program/names.ts";
import { expressionOf } from "../../compiler/program/scalars.ts";
import { Scope } from "../../compiler/program/scope.ts";
import type { FunctionDefinition, Statement } from "../../compiler/program/types.ts";
import type { Code } from "./code.ts";
import { expressionCode, integerCode } from "./expression.ts";
import type { Block, Module, Place } from "./syntax.ts";

type For = Extract<Statement, { readonly kind: "for" }>;

/** The place at the start of a function. */
export function startOf(
  body: readonly Statement[],
  facts: Facts,
  module: Module,
  arrays: ReadonlySet<string> = new Set(),
): Place {
  const names = new Names(module.syntax.identifiers, module.taken);
  return { module, names, arrays, scope: new Scope(blockOf(body, names), facts), inFunction: false };
}

export function blockOf(body: readonly Statement[], names: Names): Block {
  return { lines: [], body, hoisted: new Map(), nameDepth: names.depth };
}

/** A function of numbers: its parameters as they are named, and its body line by line. */
export function printFunction(
  { parameters, lets, result }: FunctionDefinition,
  module: Module,
): { readonly parameters: FunctionDefinition["parameters"]; readonly lines: readonly string[] } {
  const place = { ...startOf([], { ranges: new Map(), bounds: new Map() }, module), inFunction: true };
  const { scope, names } = place;
  const bind = (name: string): string => {
    const printed = names.give(name);
    scope.bind("local", name, printed);
    return printed;
  };
  const named = parameters.map(({ name, dtype }) => ({ name: bind(name), dtype }));
  const { lines } = scope.state;
  for (const { name, value } of lets) {
    const expression = expressionOf(value);
    const code = module.syntax.named(expression, expressionCode(expression, place), place);
    lines.push(`${module.syntax.constant} ${bind(name)} = ${code.text};`);
  }
  lines.push(`return ${expressionCode(expressionOf(result), place).text};`);
  return { parameters: named, lines };
}

export function printBody(body: readonly Statement[], place: Place): void {
  for (const statement of body) printStatement(statement, place);
}

function printStatement(statement: Statement, place: Place): void {
  const { syntax } = place.module;
  const { lines } = place.scope.state;
  switch (statement.kind) {
    case "for":
      return printLoop(statement, place);
    case "if":
      return printIf(statement, place);
    case "define": {
      const { name, mutable, value } = statement;
      const code = expressionCode(value, place).text;
      const printed = place.names.give(name);
      place.scope.bind("local", name, printed, mutable, value);
      const word = mutable ? syntax.variable : syntax.constant;
      lines.push(`${word} ${printed}${syntax.annotation(statement)} = ${code};`);
      return;
    }
    case "assign": {
      const { printed } = place.scope.find("local", statement.name).binding;
      const value = expressionCode(statement.value, place).text;
      lines.push(`${printed} = ${value};`);
      return;
    }
    case "store": {
      const { buffer, value } = statement;
      const { text } = syntax.stored(buffer, value, expressionCode(value, place), place);
      const element = syntax.element(statement, place);
      lines.push(`${element} = ${text};`);
      return;
    }
    case "comment":
      lines.push(`// ${syntax.comment(statement.text)}`);
      return;
  }
}

function printLoop(loop: For, place: Place): void {
  const { facts, state } = place.scope;
  const from = integerCode(integerOf(loop.from, facts), place).text;
  const bound = integerCode(integerOf(loop.to, facts), place);
  place.names.open();
  const variable = place.names.give(loopVariableNames(loop));
  const to = endText(bound, variable, place);
  const inside = enterLoop(facts, loop.variable, loop.from, loop.to);
  const scope = new Scope(blockOf(loop.body, place.names), inside, place.scope, loop.variable);
  scope.bind("axis", loop.variable, variable);
  printBody(loop.body, { ...place, scope });
  place.names.close();
  const step = loop.step === 1 ? `${variable}++` : `${variable} += ${loop.step}`;
  state.lines.push(
    `for (${place.module.syntax.variable} ${variable} = ${from}; ${variable} < ${to}; ${step}) {`,
    ...indented(scope.state.lines),
    "}",
  );
}

/** The bound itself where it is cheap, else a constant before the loop. */
export function endText(bound: Code, variable: string, { module: { syntax }, names, scope }: Place): string {
  if (syntax.isCheap(bound)) return bound.text;
  const name = names.give(`${variable}${syntax.end}`, scope.state.nameDepth);
  scope.state.lines.push(`${syntax.constant} ${name} = ${bound.text};`);
  return name;
}

function printIf(statement: Extract<Statement, { kind: "if" }>, place: Place): void {
  const condition = expressionCode(statement.condition, place).text;
  const whenTrue = branchLines(statement.whenTrue, place);
  const otherwise = branchLines(statement.otherwise, place);
  const tail = otherwise.length === 0 ? ["}"] : ["} else {", ...indented(otherwise), "}"];
  place.scope.state.lines.push(`if (${condition}) {`, ...indented(whenTrue), ...tail);
}

/** What `print` writes, in a block of its own; the statements themselves where nothing is said. */
export function branchLines(
  body: readonly Statement[],
  place: Place,
  print: (inside: Place) => void = (inside) => printBody(body, inside),
): readonly string[] {
  place.names.open();
  const scope = new Scope(blockOf(body, place.names), place.scope.facts, place.scope);
  print({ ...place, scope });
  place.names.close();
  return scope.state.lines;
}

export function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
