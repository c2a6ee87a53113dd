/** The statements of kernels and functions as WGSL, one line each. */
import { enterLoop, integerOf } from "../../compiler/program/integer.ts";
import { Names, loopVariableNames, oneLine } from "../../compiler/program/names.ts";
import { expressionOf } from "../../compiler/program/scalars.ts";
import { Scope } from "../../compiler/program/scope.ts";
import type { FunctionDefinition, Statement } from "../../compiler/program/types.ts";
import { elementText } from "./address.ts";
import { helper, isSum } from "./binary.ts";
import type { Block, ModuleContext, Place } from "./context.ts";
import { identifiers } from "./context.ts";
import { expressionCode, storedCode } from "./expression.ts";
import { integerCode } from "./integer.ts";

type For = Extract<Statement, { readonly kind: "for" }>;

/** The function of scalars under the names of its parameters and lets. */
export function printFunction(
  definition: FunctionDefinition,
  printed: string,
  module: ModuleContext,
): readonly string[] {
  const names = new Names(identifiers, module.taken);
  const scope = new Scope<Block>(emptyBlock(names), { ranges: new Map(), bounds: new Map() });
  const place: Place = { module, names, arrays: new Set(), scope, rounded: true };
  const parameters = definition.parameters.map(({ name, dtype }) => {
    const parameter = names.give(name);
    scope.bind("local", name, parameter);
    return `${parameter}: ${dtype}`;
  });
  const { lines } = scope.state;
  for (const { name, value } of definition.lets) {
    const expression = expressionOf(value);
    const plain = expressionCode(expression, place);
    const code = isSum(expression) ? helper("rounded", place, plain) : plain;
    const local = names.give(name);
    scope.bind("local", name, local);
    lines.push(`let ${local} = ${code.text};`);
  }
  lines.push(`return ${expressionCode(expressionOf(definition.result), place).text};`);
  return [`fn ${printed}(${parameters.join(", ")}) -> ${definition.dtype} {`, ...indented(lines), "}"];
}

export function emptyBlock(names: Names): Block {
  return { lines: [], hoisted: new Map(), nameDepth: names.depth };
}

export function printBody(body: readonly Statement[], place: Place): void {
  for (const statement of body) printStatement(statement, place);
}

function printStatement(statement: Statement, place: Place): void {
  const { lines } = place.scope.state;
  switch (statement.kind) {
    case "for":
      printLoop(statement, place);
      return;
    case "if":
      printIf(statement, place);
      return;
    case "define":
      printDefinition(statement, place);
      return;
    case "assign": {
      const { printed } = place.scope.find("local", statement.name).binding;
      const value = expressionCode(statement.value, place).text;
      lines.push(`${printed} = ${value};`);
      return;
    }
    case "store": {
      const value = storedCode(statement.buffer, statement.value, place).text;
      const element = elementText(statement, place);
      lines.push(`${element} = ${value};`);
      return;
    }
    case "comment":
      lines.push(`// ${oneLine(statement.text)}`);
      return;
  }
}

function printDefinition({ name, mutable, value }: Extract<Statement, { kind: "define" }>, place: Place): void {
  const code = expressionCode(value, place).text;
  const printed = place.names.give(name);
  place.scope.bind("local", name, printed, mutable);
  place.scope.state.lines.push(`${mutable ? "var" : "let"} ${printed} = ${code};`);
}

function printLoop(loop: For, place: Place): void {
  const { facts, state } = place.scope;
  const from = integerCode(integerOf(loop.from, facts), place).text;
  place.names.open();
  const variable = place.names.give(loopVariableNames(loop));
  const to = endText(loop, variable, place);
  const inside = loopPlace(loop, variable, place);
  printBody(loop.body, inside);
  place.names.close();
  const step = loop.step === 1 ? `${variable}++` : `${variable} += ${loop.step}`;
  state.lines.push(
    `for (var ${variable} = ${from}; ${variable} < ${to}; ${step}) {`,
    ...indented(inside.scope.state.lines),
    "}",
  );
}

/** Within the loop's body. */
function loopPlace(loop: For, variable: string, place: Place): Place {
  const inside = enterLoop(place.scope.facts, loop.variable, loop.from, loop.to);
  const scope = new Scope(emptyBlock(place.names), inside, place.scope, loop.variable);
  scope.bind("axis", loop.variable, variable);
  return { ...place, scope };
}

/** The bound itself where it is a name or a number, else a constant before the loop. */
function endText(loop: For, variable: string, place: Place): string {
  const { facts, state } = place.scope;
  const { text } = integerCode(integerOf(loop.to, facts), place);
  if (/^\w+$/.test(text)) return text;
  const name = place.names.give(`${variable}_end`, state.nameDepth);
  state.lines.push(`let ${name} = ${text};`);
  return name;
}

function printIf(statement: Extract<Statement, { kind: "if" }>, place: Place): void {
  const condition = expressionCode(statement.condition, place).text;
  const then = printBranch(statement.then, place);
  const otherwise = printBranch(statement.otherwise, place);
  const tail = otherwise.length === 0 ? ["}"] : ["} else {", ...indented(otherwise), "}"];
  place.scope.state.lines.push(`if (${condition}) {`, ...indented(then), ...tail);
}

function printBranch(body: readonly Statement[], place: Place): readonly string[] {
  place.names.open();
  const scope = new Scope(emptyBlock(place.names), place.scope.facts, place.scope);
  printBody(body, { ...place, scope });
  place.names.close();
  return scope.state.lines;
}

export function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
