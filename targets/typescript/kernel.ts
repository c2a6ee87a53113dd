/** Kernels and functions of a program as TypeScript functions: their statements, one line each. */
import { enterLoop, integerOf } from "../../compiler/program/integer.ts";
import type { Facts } from "../../compiler/program/integer.ts";
import { numberOf } from "../../compiler/program/linear.ts";
import { Names, loopVariableNames } from "../../compiler/program/names.ts";
import { expressionOf } from "../../compiler/program/scalars.ts";
import { Scope } from "../../compiler/program/scope.ts";
import type { FunctionDefinition, ScheduledKernel, Statement } from "../../compiler/program/types.ts";
import { addressText, countUses } from "./address.ts";
import { Level, atLeast, commentText } from "./code.ts";
import type { Code } from "./code.ts";
import type { Block, ModuleContext, Place } from "./context.ts";
import { identifiers } from "./context.ts";
import { expressionCode, storedCode } from "./expression.ts";
import { integerCode } from "./integer.ts";

/** A function as text: what stands in its parentheses, and its body line by line. */
export interface PrintedFunction {
  readonly parameters: readonly { readonly name: string; readonly type: string }[];
  readonly lines: readonly string[];
}

/** The kernel as a function of typed arrays and sizes. `arrays` gives the module's names of its private arrays. */
export function printKernel(
  kernel: ScheduledKernel,
  arrays: ReadonlyMap<string, string>,
  facts: Facts,
  module: ModuleContext,
  taken: Iterable<string>,
): PrintedFunction {
  const names = new Names(identifiers, taken);
  const scope = new Scope<Block>(blockFor(kernel.body, names), facts);
  const buffers = kernel.parameters.map(({ name, dtype }) => {
    const printed = names.give(name);
    scope.bind("buffer", name, printed);
    return { name: printed, type: dtype === "f32" ? "Float32Array" : "Int32Array" };
  });
  for (const [name, printed] of arrays) scope.bind("buffer", name, printed);
  const dims = kernel.dims.map((name) => {
    const printed = names.give(name);
    scope.bind("dimension", name, printed);
    return { name: printed, type: "number" };
  });
  printBody(kernel.body, { module, names, scope });
  return { parameters: [...buffers, ...dims], lines: scope.state.lines };
}

/** The function of scalars under the names of its parameters and lets. */
export function printFunction(
  definition: FunctionDefinition,
  module: ModuleContext,
  taken: Iterable<string>,
): PrintedFunction {
  const names = new Names(identifiers, taken);
  const scope = new Scope<Block>(blockFor([], names), { ranges: new Map(), bounds: new Map() });
  const place: Place = { module, names, scope };
  const parameters = definition.parameters.map(({ name, dtype }) => {
    const printed = names.give(name);
    scope.bind("local", name, printed);
    return { name: printed, type: scalarType(dtype) };
  });
  for (const { name, value } of definition.lets) {
    const code = expressionCode(expressionOf(value), place);
    const printed = names.give(name);
    scope.bind("local", name, printed);
    scope.state.lines.push(`const ${printed} = ${code.text};`);
  }
  scope.state.lines.push(`return ${expressionCode(expressionOf(definition.result), place).text};`);
  return { parameters, lines: scope.state.lines };
}

/** The type of a scalar in expressions. */
export function scalarType(dtype: FunctionDefinition["dtype"]): string {
  return dtype === "bool" ? "boolean" : "number";
}

function blockFor(body: readonly Statement[], names: Names): Block {
  return { lines: [], hoisted: new Map(), uses: countUses(body), nameDepth: names.depth };
}

function printBody(body: readonly Statement[], place: Place): void {
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
      const { printed } = place.scope.find("buffer", statement.buffer).binding;
      const value = storedCode(statement.value, place).text;
      const address = addressText(statement, place);
      lines.push(`${printed}[${address}] = ${value};`);
      return;
    }
    case "comment":
      lines.push(`// ${commentText(statement.text)}`);
      return;
  }
}

function printDefinition(statement: Extract<Statement, { kind: "define" }>, place: Place): void {
  const { name, type, mutable, value } = statement;
  const code = expressionCode(value, place).text;
  const printed = place.names.give(name);
  place.scope.bind("local", name, printed, mutable);
  // A literal alone would narrow the constant's type to that value.
  const annotation = value.kind === "constant" && !mutable ? `: ${scalarType(type.dtype)}` : "";
  place.scope.state.lines.push(`${mutable ? "let" : "const"} ${printed}${annotation} = ${code};`);
}

function printLoop(loop: Extract<Statement, { kind: "for" }>, place: Place): void {
  const { facts, state } = place.scope;
  const from = integerCode(integerOf(loop.from, facts), place).text;
  const bound = integerCode(integerOf(loop.to, facts), place);
  place.names.open();
  const variable = place.names.give(loopVariableNames(loop));
  const to = numberOf(loop.to) === undefined ? endName(bound, variable, place) : bound.text;
  const inside = enterLoop(facts, loop.variable, loop.from, loop.to);
  const scope = new Scope<Block>(blockFor(loop.body, place.names), inside, place.scope, loop.variable);
  scope.bind("axis", loop.variable, variable);
  printBody(loop.body, { ...place, scope });
  place.names.close();
  const step = loop.step === 1 ? `${variable}++` : `${variable} += ${loop.step}`;
  state.lines.push(
    `for (let ${variable} = ${from}; ${variable} < ${to}; ${step}) {`,
    ...indented(scope.state.lines),
    "}",
  );
}

/** The bound itself where it is cheap, else a constant before the loop. */
function endName(bound: Code, variable: string, place: Place): string {
  if (bound.level === Level.primary && !bound.text.includes("(")) return bound.text;
  if (bound.level === Level.add && /^[\w$]+ [+-] \d+$/.test(bound.text)) return bound.text;
  const { state } = place.scope;
  const name = place.names.give(`${variable}End`, state.nameDepth);
  state.lines.push(`const ${name} = ${bound.text};`);
  return name;
}

function printIf(statement: Extract<Statement, { kind: "if" }>, place: Place): void {
  const condition = expressionCode(statement.condition, place);
  const then = printBranch(statement.then, place);
  const otherwise = printBranch(statement.otherwise, place);
  const tail = otherwise.length === 0 ? ["}"] : ["} else {", ...indented(otherwise), "}"];
  place.scope.state.lines.push(`if (${atLeast(condition, 0)}) {`, ...indented(then), ...tail);
}

function printBranch(body: readonly Statement[], place: Place): readonly string[] {
  place.names.open();
  const scope = new Scope<Block>(blockFor(body, place.names), place.scope.facts, place.scope);
  printBody(body, { ...place, scope });
  place.names.close();
  return scope.state.lines;
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
