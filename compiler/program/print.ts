/** A program as text for people: its buffers as a table, its kernels as indented pseudo-code, its entries as calls and loops of them. */
import { print as printDimension, printShape } from "../dimension/dimension.ts";
import type { Dimension } from "../dimension/dimension.ts";
import { infix } from "../loops/print.ts";
import type { Index, IndexAtom, Scalar } from "../loops/types.ts";
import type {
  Entry,
  Expression,
  Program,
  ProgramBuffer,
  ScheduledKernel,
  Slice,
  Statement,
  Step,
  ValueType,
} from "./types.ts";

export { shortest } from "../loops/print.ts";

/** The whole program. */
export function printProgram(program: Program): string {
  const { name, dims, buffers, arenaBytes, kernels, entries } = program;
  const open = dims.map((dim) => `${dim.name} ≤ ${dim.bound}`).join(", ");
  const head = [
    `program ${name}${open === "" ? "" : ` for ${open}`}`,
    "",
    `arena of ${arenaBytes} bytes`,
    ...printBuffers(buffers),
  ];
  const bodies = kernels.flatMap((kernel) => ["", printKernel(kernel)]);
  const calls = entries.flatMap((entry) => ["", ...printEntry(entry, program)]);
  return [...head, ...bodies, ...calls, ""].join("\n");
}

function printBuffers(buffers: readonly ProgramBuffer[]): readonly string[] {
  const rows = buffers.map((buffer) => {
    const { name, role, dtype, shape, offset, bytes, slice } = buffer;
    const place =
      slice === undefined
        ? [`at ${offset}`, `${bytes} bytes`]
        : [partText(buffer, buffers), `${printDimension(slice.stride)} elements a slot`];
    return [`  ${name}`, role, `${dtype}${printShape(shape)}`, ...place];
  });
  return alignColumns(rows);
}

/** `h[t + 1]` for a slice of `h`, else the name. */
function partText({ name, slice }: ProgramBuffer, buffers: readonly ProgramBuffer[]): string {
  return slice === undefined ? name : `${partText(buffers[slice.of], buffers)}[${slotText(slice)}]`;
}

function slotText({ loop, times, plus, modulo }: Slice): string {
  const rest = plus.key === "0" ? [] : [printDimension(plus)];
  const moved = loop === undefined ? [] : [loop];
  const sum = times === 1 ? [...moved, ...rest].join(" + ") : [rest.join(""), ...moved].join(" - ").trim();
  const text = sum === "" ? "0" : sum.replaceAll("+ -", "- ");
  if (modulo === undefined) return text;
  return `${/^\w+$/.test(text) ? text : `(${text})`} mod ${modulo}`;
}

/** Rows of a table, each column as wide as its widest cell. */
export function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [c, cell] of row.entries()) widths[c] = Math.max(widths[c] ?? 0, cell.length);
  return rows.map((row) =>
    row
      .map((cell, c) => cell.padEnd(widths[c]))
      .join("  ")
      .trimEnd(),
  );
}

function printEntry({ name, inputs, results, dims, steps }: Entry, program: Program): readonly string[] {
  const sizes = dims.length === 0 ? "" : `; ${dims.join(", ")}`;
  const head = `entry ${name}(${inputs.join(", ")}${sizes}) -> ${results.join(", ")}`;
  return [head, ...steps.flatMap((step) => printStep(step, program, "  "))];
}

function printStep(step: Step, program: Program, indent: string): readonly string[] {
  if (step.kind === "loop") {
    const body = step.steps.flatMap((one) => printStep(one, program, `${indent}  `));
    return [`${indent}for ${step.index} in ${printDimension(step.extent)}`, ...body];
  }
  const { kernels, buffers } = program;
  const own = step.buffers.map((buffer) => partText(buffers[buffer], buffers));
  return [`${indent}${kernels[step.kernel].name}(${own.join(", ")})`];
}

/** One kernel: its signature, private arrays and statements. */
export function printKernel({ name, parameters, dims, arrays, body }: ScheduledKernel): string {
  const buffers = parameters.map((parameter) => `${parameter.access} ${parameter.name}: ${parameter.dtype}`).join(", ");
  const sizes = dims.length === 0 ? "" : `; ${dims.join(", ")}`;
  const own = arrays.map((array) => `  array ${array.name}: ${array.dtype}[${array.elements}]`);
  return [`kernel ${name}(${buffers}${sizes})`, ...own, ...printStatements(body, "  ")].join("\n");
}

function printStatements(statements: readonly Statement[], indent: string): readonly string[] {
  return statements.flatMap((statement) => printStatement(statement, indent));
}

function printStatement(statement: Statement, indent: string): readonly string[] {
  switch (statement.kind) {
    case "for": {
      const { variable, from, to, step, role, body } = statement;
      const by = step === 1 ? "" : ` by ${step}`;
      const head = `${indent}${role === "parallel" ? "parallel " : ""}for ${variable} in ${printIndex(from)} .. ${printIndex(to)}${by}`;
      return [head, ...printStatements(body, `${indent}  `)];
    }
    case "define":
      return [
        `${indent}${statement.mutable ? "var" : "let"} ${statement.name}: ${printType(statement.type)} = ${printExpression(statement.value)}`,
      ];
    case "assign":
      return [`${indent}${statement.name} = ${printExpression(statement.value)}`];
    case "store":
      return [`${indent}${statement.buffer}[${printIndex(statement.address)}] = ${printExpression(statement.value)}`];
    case "if": {
      const { condition, whenTrue, otherwise } = statement;
      const other = otherwise.length === 0 ? [] : [`${indent}else`, ...printStatements(otherwise, `${indent}  `)];
      return [`${indent}if ${printExpression(condition)}`, ...printStatements(whenTrue, `${indent}  `), ...other];
    }
    case "comment":
      return [`${indent}// ${statement.text}`];
  }
}

function printType({ dtype, lanes }: ValueType): string {
  return lanes === 1 ? dtype : `${dtype}x${lanes}`;
}

/** An expression as a person would write it. */
export function printExpression(expression: Expression): string {
  const inner = printExpression;
  switch (expression.kind) {
    case "constant":
      return Object.is(expression.value, -0) ? "-0" : String(expression.value);
    case "variable":
      return expression.name;
    case "index":
      return expression.type.lanes === 1
        ? `<${printIndex(expression.index)}>`
        : `<${printIndex(expression.index)} + lane>`;
    case "load":
      return `${expression.buffer}[${printIndex(expression.address)}${expression.type.lanes === 4 ? " ..4" : ""}]`;
    case "splat":
      return `splat(${inner(expression.value)})`;
    case "lane":
      return `${inner(expression.value)}.${expression.lane}`;
    case "pack":
      return `pack(${expression.values.map(inner).join(", ")})`;
    case "shuffle":
      return `shuffle(${inner(expression.left)}, ${inner(expression.right)}; ${expression.lanes.join(" ")})`;
    case "unary":
      return `${expression.operator}(${inner(expression.value)})`;
    case "binary":
    case "compare": {
      const [sign] = infix[expression.operator] ?? [];
      const [left, right] = [inner(expression.left), inner(expression.right)];
      return sign === undefined ? `${expression.operator}(${left}, ${right})` : `(${left} ${sign} ${right})`;
    }
    case "select":
      return `select(${inner(expression.condition)}, ${inner(expression.whenTrue)}, ${inner(expression.otherwise)})`;
    case "cast":
      return `${expression.type.dtype}(${inner(expression.value)})`;
    case "call":
      return `${expression.function}(${expression.arguments.map(inner).join(", ")})`;
  }
}

/** `64*i0 + k + 3`. */
export function printIndex({ terms, constant }: Index): string {
  const parts = terms.map(({ atom, coefficient }) => {
    if (coefficient.key === "1") return printAtom(atom);
    return coefficient.monomials.length > 1
      ? `(${coefficient.key})*${printAtom(atom)}`
      : `${coefficient.key}*${printAtom(atom)}`;
  });
  if (constant.key !== "0" || parts.length === 0) parts.push(printDimension(constant));
  return parts.join(" + ").replaceAll("+ -", "- ");
}

function printAtom(atom: IndexAtom): string {
  switch (atom.kind) {
    case "axis":
      return atom.axis;
    case "quotient":
      return `floor((${printIndex(atom.value)}) / ${printDivisor(atom.divisor)})`;
    case "remainder":
      return `((${printIndex(atom.value)}) mod ${printDivisor(atom.divisor)})`;
    case "data":
      return printData(atom.value);
  }
}

function printDivisor(divisor: Dimension): string {
  const text = printDimension(divisor);
  return /^\w+$/.test(text) ? text : `(${text})`;
}

/** A scheduled index has only locals for data. */
function printData(value: Scalar): string {
  return value.kind === "local" ? value.name : `{${value.kind}}`;
}
