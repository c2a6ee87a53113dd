/** What an exported module of rows knows of its model: fields and outputs with what was fitted to them, weights, and the examples that it tests itself with. */
import type { Interface } from "../../runtime/predict/interface.ts";
import { keysBeside } from "../../runtime/predict/rows.ts";
import { literal } from "../../targets/typescript/code.ts";
import { spreadForm } from "./examples.ts";
import { numbersLiteral } from "./frame.ts";
import type { Needs } from "./needs.ts";
import type { ModuleParts } from "./module-parts.ts";
import { weightsText } from "./weights-text.ts";

/** A row as a caller writes it. */
function inWords(
  row: ModuleParts["examples"][number]["row"],
  { inputs }: Interface,
): readonly (readonly [name: string, values: readonly (number | string)[]])[] {
  return Object.entries(row).map(([name, values]) => {
    const classes = inputs.find((input) => input.name === name)?.classes;
    return [name, classes === undefined ? values : values.map((id) => classes[id] ?? id)];
  });
}

export function dataText(parts: ModuleParts, needs: Needs): string {
  const { outside, fitted, bound, format, data } = parts;
  const fields = fieldsOf(parts, needs);
  const results = outputsOf(parts, needs);
  const isLater = format === "wgsl";
  return [
    "/** How values become numbers: (x · scale − mean) / deviation, as fitted to the training rows. */",
    interfaceText("Field", fields),
    `const fields: readonly Field[] = [${fields.map(recordText).join(", ")}];`,
    "",
    "/** What a row may have beside its fields: what training read beside them. */",
    `const beside: readonly string[] = ${literal([...new Set(keysBeside(outside.inputs, fitted))])};`,
    "",
    "/** Numbers are given back as they were before they were fitted. */",
    interfaceText("Output", results),
    `const outputs: readonly Output[] = [${results.map(recordText).join(", ")}];`,
    "",
    ...(isLater ? [`const entry = ${literal(outside.model.entry)};`] : []),
    "/** The most rows that the kernels take at once. */",
    `const most = ${bound};`,
    "",
    weightsText(parts.weights),
    ...(data === undefined && outside.inputs.some(isSpread) ? [spreadText] : []),
    "/** Rows, input by input, with what came out for them when this was exported. */",
    "interface Example { readonly row: readonly (readonly [name: string, values: readonly Value[]])[]; readonly outputs: readonly (readonly number[])[] }",
    `const examples: readonly Example[] = [${parts.examples.map((example, at) => exampleText(example, at, parts)).join(",")}];`,
    "",
  ].join("\n");
}

/** A property of a record: its type, its value as text, and whether it says something. */
type Property = readonly [name: string, type: string, value: string, told: boolean];

const property = (name: string, type: string, value: unknown, told = true): Property => [
  name,
  type,
  literal(value),
  told,
];

/** Names that are counted through are counted there, too. */
function columnsProperty(columns: readonly string[] | undefined, told: boolean): Property {
  const [first] = columns ?? [];
  const stem = first?.endsWith("0") === true ? first.slice(0, -1) : undefined;
  const isCounted =
    columns !== undefined && columns.length >= 8 && columns.every((name, at) => name === `${stem ?? ""}${at}`);
  const type = "readonly string[] | null";
  if (!isCounted) return property("columns", type, columns ?? null, told);
  return ["columns", type, `Array.from({ length: ${columns.length} }, (_, at) => ${literal(stem)} + at)`, told];
}

function interfaceText(name: string, [properties = []]: readonly (readonly Property[])[]): string {
  return `interface ${name} { ${properties.map(([own, type]) => `readonly ${own}: ${type}`).join("; ")} }`;
}

function recordText(properties: readonly Property[]): string {
  return `{ ${properties.map(([name, , value]) => `${name}: ${value}`).join(", ")} }`;
}

/** What all of them need to tell. */
function told(records: readonly (readonly Property[])[]): readonly (readonly Property[])[] {
  return records.map((record) => record.filter(([, , , isTold]) => isTold));
}

const listType = "readonly number[] | null";

function fieldsOf({ outside, fitted, format, placeOf }: ModuleParts, needs: Needs): readonly (readonly Property[])[] {
  const isRead = outside.model.inputs.every(({ buffer }) => placeOf(buffer) !== undefined);
  const mixes = needs.whole || (needs.floats && (needs.wholes || needs.words));
  return told(
    outside.inputs.map(({ name, dtype, width, columns, classes, limit }) => {
      const buffer = outside.model.inputs.find((input) => input.name === name)?.buffer ?? name;
      const own = fitted.inputs.find((input) => input.name === name);
      return [
        property("name", "string", name),
        property("buffer", "string", buffer, format === "wgsl"),
        property("place", isRead ? "number" : "number | null", placeOf(buffer)?.offset ?? null, format !== "wgsl"),
        property("dtype", "string", dtype, mixes || format === "wgsl"),
        property("width", "number", width),
        columnsProperty(columns, needs.columns || needs.whole),
        property("classes", "readonly string[] | null", classes ?? null, needs.words || needs.whole),
        property("limit", "number | null", limit ?? null, needs.limits || needs.whole),
        property("scale", "number", own?.scale ?? 1, needs.scaling !== "none"),
        property("mean", listType, own?.mean ?? null, needs.scaling === "fit"),
        property("deviation", listType, own?.deviation ?? null, needs.scaling === "fit"),
      ];
    }),
  );
}

function outputsOf({ outside, format, placeOf }: ModuleParts, needs: Needs): readonly (readonly Property[])[] {
  return told(
    outside.outputs.map(({ name, width, classes, columns, units }, at) => {
      const buffer = outside.model.results[at]?.buffer ?? name;
      return [
        property("name", "string", name),
        property("buffer", "string", buffer, format === "wgsl"),
        property("place", "number", placeOf(buffer)?.offset ?? 0, format !== "wgsl"),
        property("width", "number", width),
        property("classes", "readonly string[] | null", classes ?? null, needs.classes || needs.whole),
        property("columns", "readonly string[] | null", columns ?? null, needs.targets || needs.whole),
        property("scale", "number", units?.scale ?? 1, needs.units),
        property("mean", listType, units?.mean ?? null, needs.units),
        property("deviation", listType, units?.deviation ?? null, needs.units),
      ];
    }),
  );
}

function exampleText(
  { row, outputs }: ModuleParts["examples"][number],
  at: number,
  { outside, data }: ModuleParts,
): string {
  const fields = inWords(row, outside).map(([name, values]) => {
    const input = outside.inputs.find((one) => one.name === name);
    const isFormula = data === undefined && input !== undefined && isSpread(input);
    return `[${literal(name)},${isFormula ? `spread(${input.width}, ${at * input.width})` : literal(values)}]`;
  });
  return `{"row":[${fields.join(",")}],"outputs":[${outputs.map(numbersLiteral).join(",")}]}`;
}

/** Whether values that are made up are made up in the module. */
function isSpread({ dtype, classes, width }: Interface["inputs"][number]): boolean {
  return dtype === "f32" && classes === undefined && width >= 16;
}

const spreadText = `/** Values of a row that is made up. */
const spread = (count: number, from: number): readonly number[] => Array.from({ length: count }, (_, at) => ${spreadForm("(at + from)")});
`;
