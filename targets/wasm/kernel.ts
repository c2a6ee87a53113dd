/** Kernels and functions of a program as WebAssembly functions. */
import { withSlices } from "../../compiler/program/cut.ts";
import type { Slice } from "../../compiler/program/cut.ts";
import { enterLoop, integerOf, rangeOf, runsAlways } from "../../compiler/program/integer.ts";
import type { Facts } from "../../compiler/program/integer.ts";
import { subtractIndex } from "../../compiler/program/linear.ts";
import { Names, loopVariableNames, oneLine } from "../../compiler/program/names.ts";
import { expressionOf } from "../../compiler/program/scalars.ts";
import { Scope } from "../../compiler/program/scope.ts";
import type { FunctionDefinition, ScheduledKernel, Statement } from "../../compiler/program/types.ts";
import { localsOfIndex } from "../../compiler/program/uses.ts";
import type { Block, ModuleContext, Place, Pointer } from "./context.ts";
import { Locals, emptyBlock, identifiers, localType } from "./context.ts";
import { expressionText, storeText } from "./expression.ts";
import { integerText } from "./integer.ts";
import { bindSlices } from "./slices.ts";
import { add, get, i32, isPlain, multiply, set } from "./text.ts";
import type { Text } from "./text.ts";

type For = Extract<Statement, { readonly kind: "for" }>;

/** A kernel, or with slices a part of one: it takes two sizes more, which of how many it is to run. */
export interface Printed {
  readonly kernel: ScheduledKernel;
  readonly slices?: readonly Slice[];
}

/** The kernel as a function of byte addresses and sizes. `arrays` gives the addresses of its private arrays. */
export function printKernel(
  { kernel, slices }: Printed,
  printed: string,
  arrays: ReadonlyMap<string, number>,
  facts: Facts,
  module: ModuleContext,
): Text {
  const names = new Names(identifiers);
  const scope = new Scope(emptyBlock(), slices === undefined ? facts : withSlices(facts, slices));
  const place: Place = { module, names, arrays, locals: new Locals(), scope };
  const give = (space: "buffer" | "dimension", name: string): Text => {
    const local = names.give(`$${name}`);
    place.scope.bind(space, name, local);
    return ["param", local, "i32"];
  };
  const buffers = kernel.parameters.map(({ name }) => give("buffer", name));
  const dims = kernel.dims.map((name) => give("dimension", name));
  const part = slices === undefined ? [] : bindSlices(slices, place);
  printBody(kernel.body, place);
  const { lines } = place.scope.state;
  return ["func", printed, ...buffers, ...dims, ...part, ...place.locals.declarations(lines), ...lines];
}

/** The function of scalars, or of four lanes of each. */
export function printFunction(
  definition: FunctionDefinition,
  printed: string,
  lanes: 1 | 4,
  module: ModuleContext,
): Text {
  const names = new Names(identifiers);
  const facts: Facts = { ranges: new Map(), bounds: new Map() };
  const place: Place = {
    module,
    names,
    arrays: new Map(),
    locals: new Locals(),
    scope: new Scope(emptyBlock(), facts),
  };
  const parameters = definition.parameters.map(({ name, dtype }): Text => {
    const local = names.give(`$${name}`);
    place.scope.bind("local", name, local);
    return ["param", local, localType({ dtype, lanes })];
  });
  for (const { name, value } of definition.lets) {
    printDefinition(
      {
        kind: "define",
        name,
        type: expressionOf(value, lanes).type,
        mutable: false,
        value: expressionOf(value, lanes),
      },
      place,
    );
  }
  const result = expressionText(expressionOf(definition.result, lanes), place);
  const type: Text = ["result", localType({ dtype: definition.dtype, lanes })];
  const { lines } = place.scope.state;
  return ["func", printed, ...parameters, type, ...place.locals.declarations(lines), ...lines, result];
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
    case "assign":
      lines.push(
        set(place.scope.find("local", statement.name).binding.printed, expressionText(statement.value, place)),
      );
      return;
    case "store":
      lines.push(storeText(statement.buffer, statement.address, statement.value, place));
      return;
    case "comment":
      lines.push({ comment: oneLine(statement.text) });
      return;
  }
}

function printDefinition({ name, type, mutable, value }: Extract<Statement, { kind: "define" }>, place: Place): void {
  const text = expressionText(value, place);
  const local = place.locals.give(name, localType(type), place.names);
  place.scope.bind("local", name, local, mutable);
  place.scope.state.lines.push(set(local, text));
}

function printIf(statement: Extract<Statement, { kind: "if" }>, place: Place): void {
  const condition = expressionText(statement.condition, place);
  const whenTrue: Text = ["then", ...printBranch(statement.whenTrue, place)];
  const otherwise = printBranch(statement.otherwise, place);
  place.scope.state.lines.push([
    "if",
    condition,
    whenTrue,
    ...(otherwise.length === 0 ? [] : [["else", ...otherwise]]),
  ]);
}

function printBranch(body: readonly Statement[], place: Place): readonly Text[] {
  place.names.open();
  const scope = new Scope(emptyBlock(), place.scope.facts, place.scope);
  printBody(body, { ...place, scope });
  place.names.close();
  return scope.state.lines;
}

/** Tested at its end; where it may not run at all, within an `if`. */
function printLoop(loop: For, place: Place): void {
  const { facts, state } = place.scope;
  place.names.open();
  const variable = place.locals.give(loopVariableNames(loop), "i32", place.names);
  const scope = new Scope(
    emptyBlock(loop),
    enterLoop(facts, loop.variable, loop.from, loop.to),
    place.scope,
    loop.variable,
  );
  scope.bind("axis", loop.variable, variable);
  const tile = isTile(loop);
  printBody(tile ? loadsFirst(loop.body) : loop.body, { ...place, scope });
  const always = runsAlways(loop.from, loop.to, facts);
  const rising = byPointer(loop, scope, place);
  const to = always && rising !== undefined ? undefined : loopEnd(loop, place);
  const turns = rising ?? byCounter(loop, variable, to ?? i32(0), place);
  const moves = [...scope.state.pointers.values()].filter((pointer) => pointer !== turns.pointer).map(move);
  place.names.close();
  const turn = [...scope.state.lines, ...moves];
  const text: readonly Text[] = [
    ...scope.state.before,
    ...turns.before,
    tile ? tileLoop(variable, turn, turns.again) : ["loop", variable, ...turn, ["br_if", variable, turns.again]],
  ];
  if (always) state.lines.push(...text);
  else
    state.lines.push([
      "if",
      ["i32.lt_s", integerText(integerOf(loop.from, facts), place), to ?? i32(0)],
      ["then", ...text],
    ]);
}

/** How many turns of a tile's loop stand one after the other. */
const tileTurns = 5;
/** Vectors that a loop adds to, from where on they fill the registers. */
const tileSums = 6;

/** The innermost loop of a contraction: it adds to vectors in registers, and does nothing else. */
function isTile({ body }: For): boolean {
  const sums = body.filter((one) => one.kind === "assign" && one.value.type.lanes === 4);
  return sums.length >= tileSums && body.every(({ kind }) => kind === "assign" || kind === "define");
}

/**
 * Vectors before splats, which then are loaded where they are needed and share a register. What is loaded from a place that
 * the turn itself works out stays behind that.
 */
function loadsFirst(body: readonly Statement[]): readonly Statement[] {
  const own = new Set(body.flatMap((one) => (one.kind === "define" || one.kind === "assign" ? [one.name] : [])));
  const isVector = (one: Statement): boolean =>
    one.kind === "define" &&
    one.value.kind === "load" &&
    !localsOfIndex(one.value.address).some((name) => own.has(name));
  return [...body.filter(isVector), ...body.filter((one) => !isVector(one))];
}

/**
 * Several turns in a row, each with its test, which keeps an engine from loading what all of them need before it computes:
 * it would run out of registers. It would also do so by unrolling the loop itself; the loop within, which is never reached,
 * makes it leave this one as it is.
 */
function tileLoop(variable: string, turn: readonly Text[], again: Text): Text {
  const done = `${variable}.done`;
  const turns = Array.from({ length: tileTurns }, () => [...turn, ["br_if", done, ["i32.eqz", again]]]).flat();
  return ["block", done, ["loop", variable, ...turns, ["br", variable], ["loop"]]];
}

/** The bound as a number or a local. */
function loopEnd(loop: For, place: Place): Text {
  const text = integerText(integerOf(loop.to, place.scope.facts), place);
  if (isPlain(text)) return text;
  const local = place.locals.keep("end", "i32", place.names);
  place.scope.state.lines.push(set(local, text));
  return get(local);
}

function move({ local, bump }: Pointer): Text {
  return set(local, add(get(local), bump));
}

interface Turns {
  readonly before: readonly Text[];
  /** The condition of another turn; it also advances what it tests. */
  readonly again: Text;
  /** The pointer that `again` moves. */
  readonly pointer?: Pointer;
}

function byCounter(loop: For, variable: string, to: Text, place: Place): Turns {
  const next: Text = ["local.tee", variable, add(get(variable), i32(loop.step))];
  const start = integerText(integerOf(loop.from, place.scope.facts), place);
  return { before: [set(variable, start)], again: ["i32.lt_s", next, to] };
}

/** Where nothing reads the variable, a pointer that rises tells when the loop is at its end. */
function byPointer(loop: For, scope: Scope<Block>, place: Place): Turns | undefined {
  if (scope.state.counted || !place.module.small) return undefined;
  const length = subtractIndex(loop.to, loop.from);
  const { high } = rangeOf(length, place.scope.facts);
  const fits = ({ stride }: Pointer): boolean => stride !== undefined && stride > 0 && stride * high < 2 ** 30;
  const pointer = [...scope.state.pointers.values()].find(fits);
  if (pointer?.stride === undefined) return undefined;
  const end = place.locals.keep(`${pointer.local.slice(1)}.end`, "i32", place.names);
  const distance = multiply(integerText(integerOf(length, place.scope.facts), place), pointer.stride);
  const next: Text = ["local.tee", pointer.local, add(get(pointer.local), pointer.bump)];
  return { before: [set(end, add(get(pointer.local), distance))], again: ["i32.lt_u", next, get(end)], pointer };
}
