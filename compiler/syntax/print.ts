/**
 * The syntax tree as text for tests and for reading: a declaration or statement a line, expressions in prefix form. Two
 * trees print alike exactly where they differ in spans only. The recursion is no deeper than the tree (`maximalDepth`).
 */
import type * as ast from "./ast.ts";

function list(items: readonly string[]): string {
  return `(${items.join(" ")})`;
}

function printRange({ from, to, step }: ast.Range): string {
  const bounds = [from, to, ...(step === undefined ? [] : [step])];
  return bounds.map((bound) => (bound === undefined ? "" : printExpression(bound))).join(":");
}

function printIndexItem(item: ast.IndexItem): string {
  switch (item.kind) {
    case "element":
      return printExpression(item.value);
    case "range":
      return printRange(item);
    case "newAxis":
      return "newaxis";
    case "rest":
      return "..";
  }
}

function printArgument({ label, value }: ast.Argument): string {
  return label === undefined ? printExpression(value) : `${label.text}: ${printExpression(value)}`;
}

function printScan(scan: ast.Scan): string {
  const { along, checkpoint } = scan;
  const inputs = scan.inputs.map(({ name, source }) => `(${name.text} in ${printExpression(source)})`);
  const where =
    along?.dimension !== undefined
      ? [`along ${along.dimension.text}`]
      : along?.axis !== undefined
        ? [`along axis ${printExpression(along.axis)}`]
        : [];
  const carries = scan.carries.map(({ name, start }) => `(${name.text} = ${printExpression(start)})`);
  const every = checkpoint === undefined ? [] : [`checkpoint ${printExpression(checkpoint)}`];
  const body = scan.body.statements.flatMap((statement) => printStatement(statement, ""));
  return list([
    "scan",
    ...inputs,
    ...where,
    ...(scan.reversed ? ["reversed"] : []),
    ...carries,
    ...every,
    `{ ${body.join("; ")} }`,
  ]);
}

/** An expression on one line. */
export function printExpression(node: ast.Dimension): string {
  switch (node.kind) {
    case "name":
      return node.text;
    case "number":
      return node.text;
    case "string":
      return JSON.stringify(node.value);
    case "boolean":
      return String(node.value);
    case "rest":
      return "..";
    case "inferred":
      return "_";
    case "list":
      return `[${node.items.map(printExpression).join(" ")}]`;
    case "tuple":
      return list(["tuple", ...node.items.map(printExpression)]);
    case "chain":
      return list([
        printExpression(node.first),
        ...node.rest.map(({ operator, operand }) => `${operator} ${printExpression(operand)}`),
      ]);
    case "binary":
      return list([node.operator, printExpression(node.left), printExpression(node.right)]);
    case "unary":
      return list([node.operator, printExpression(node.operand)]);
    case "pipe":
      return list(["|>", ...node.stages.map(printExpression)]);
    case "call":
      return list(["call", printExpression(node.callee), ...node.arguments.map(printArgument)]);
    case "named":
      return list(["as", printExpression(node.expression), JSON.stringify(node.name.value)]);
    case "repeat":
      return list(["repeat", printExpression(node.count), printExpression(node.body)]);
    case "index":
      return list(["index", printExpression(node.target), ...node.items.map(printIndexItem)]);
    case "transpose":
      return list([".T", printExpression(node.target)]);
    case "member":
      return list([".", printExpression(node.target), node.member.text]);
    case "scan":
      return printScan(node);
  }
}

type AnyType = ast.TensorType | ast.SettingType | ast.ListType | ast.TupleType | ast.UnionType;

/** A type as it stands in a signature; `f32` is not written. */
export function printType(type: AnyType): string {
  switch (type.kind) {
    case "tensorType":
      return `${type.element === "f32" ? "" : type.element}[${type.shape.map(printExpression).join(" ")}]`;
    case "settingType":
      return type.name;
    case "listType":
      return `[${printType(type.element)}]`;
    case "tupleType":
      return list(type.members.map(printType));
    case "unionType":
      return type.members.map(printType).join(" | ");
  }
}

function printParameter(parameter: ast.Parameter): string {
  switch (parameter.kind) {
    case "bareInput":
      return parameter.name.text;
    case "tensorInput":
      return `${parameter.name.text}: ${parameter.types.map(printType).join(" | ")}`;
    case "setting": {
      const start = parameter.default === undefined ? "" : ` = ${printExpression(parameter.default)}`;
      return `setting ${parameter.name.text}: ${parameter.types.map(printType).join(" | ")}${start}`;
    }
  }
}

function printIf(node: ast.If, indent: string): readonly string[] {
  const inner = `${indent}  `;
  const branches = node.branches.flatMap(({ condition, body }, index) => [
    `${indent}${index === 0 ? "if" : "else if"} ${printExpression(condition)}`,
    ...body.statements.flatMap((statement) => printStatement(statement, inner)),
  ]);
  if (node.otherwise === undefined) return branches;
  return [
    ...branches,
    `${indent}else`,
    ...node.otherwise.statements.flatMap((statement) => printStatement(statement, inner)),
  ];
}

function printLet({ targets, destructured, value }: ast.Let): string {
  const names = targets.map((target) => (target.kind === "name" ? target.text : "_"));
  return `let ${destructured ? list(names) : names.join("")} = ${printExpression(value)}`;
}

/** A statement, a line each for those inside it. */
export function printStatement(node: ast.Statement, indent: string): readonly string[] {
  switch (node.kind) {
    case "let":
      return [`${indent}${printLet(node)}`];
    case "param":
    case "state": {
      const type = node.type === undefined ? "" : `: ${printType(node.type)}`;
      return [
        ...docLines(node.doc, indent),
        `${indent}${node.kind} ${node.name.text}${type} = ${printExpression(node.start)}`,
      ];
    }
    case "update":
      return [`${indent}${node.target.text} <- ${printExpression(node.value)}`];
    case "if":
      return printIf(node, indent);
    case "require":
      return [`${indent}require ${printExpression(node.condition)} ${JSON.stringify(node.message.value)}`];
    case "return":
    case "emit":
      return [`${indent}${node.kind} ${printExpression(node.value)}`];
    case "next":
      return [`${indent}next ${node.name.text} = ${printExpression(node.value)}`];
  }
}

function docLines(doc: string | undefined, indent: string): readonly string[] {
  return doc === undefined ? [] : doc.split("\n").map((line) => `${indent}/// ${line}`);
}

function printMembers({ entries, lets }: ast.Train | ast.Step, indent: string): readonly string[] {
  return [
    ...entries.map(({ key, value }) => `${indent}${key.text}: ${printExpression(value)}`),
    ...lets.map((node) => `${indent}${printLet(node)}`),
  ];
}

function printTrain(train: ast.Train): readonly string[] {
  const label = train.label === undefined ? "" : ` as ${train.label.text}`;
  const inputs = train.inputs.length === 0 ? "" : `(${train.inputs.map(printParameter).join(", ")})`;
  const steps = train.steps.flatMap((step) => [
    ...docLines(step.doc, "  "),
    `  step ${step.name.text}`,
    ...printMembers(step, "    "),
  ]);
  return [`train ${train.name.text}${label}${inputs}`, ...printMembers(train, "  "), ...steps];
}

function printCallable(node: ast.Callable): readonly string[] {
  const result = node.result === undefined ? "" : ` -> ${printType(node.result)}`;
  const head = `${node.kind} ${node.name.text}(${node.parameters.map(printParameter).join(", ")})${result}`;
  return [head, ...node.body.statements.flatMap((statement) => printStatement(statement, "  "))];
}

function printDeclaration(node: ast.Declaration): readonly string[] {
  switch (node.kind) {
    case "use":
      return [`use ${JSON.stringify(node.path.value)}`];
    case "const":
    case "data":
      return [`${node.kind} ${node.name.text} = ${printExpression(node.value)}`];
    case "train":
      return printTrain(node);
    case "block":
    case "model":
    case "initializer":
    case "loss":
    case "metric":
    case "regularizer":
    case "optimizer":
    case "schedule":
      return printCallable(node);
  }
}

/** A whole file's tree, a blank line between declarations. */
export function printModule(module: ast.Module): string {
  const parts = module.declarations.map((node) => [...docLines(node.doc, ""), ...printDeclaration(node)].join("\n"));
  const doc = module.doc === undefined ? [] : [docLines(module.doc, "").join("\n")];
  return [...doc, ...parts].join("\n\n");
}
