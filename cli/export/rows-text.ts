/**
 * The part of an exported module that reads rows: by columns or by fields, every key and every value looked at, as `predictor` does
 * (`runtime/predict/rows.ts`). It stands behind the module's `fields` and `known`, and is TypeScript without an import.
 */
import type { Interface } from "../../runtime/predict/interface.ts";
import { literal } from "../../targets/typescript/code.ts";
import type { Needs } from "./needs.ts";

export function rowsText(outside: Interface, needs: Needs): string {
  return [
    flattenText,
    needs.columns && !needs.single ? columnsText : "",
    valuesText(outside, needs),
    ...(needs.wholes || needs.floats ? [numberText(needs)] : []),
    ...(needs.words ? [wordsText(needs)] : []),
    placeText(needs),
    scaleText(needs),
    putText(needs),
  ].join("\n");
}

const flattenText = `const isList = (value: unknown): value is readonly Value[] | Numbers => Array.isArray(value) || isNumbers(value);

/** Nested lists as one. The nesting is the caller's, who may have put a list into itself: there is an end. */
function flatten(value: Value, { name, width }: Field, at: number): readonly Value[] {
  const flat: Value[] = [];
  let looked = 0;
  const take = (one: Value, depth: number): void => {
    looked += 1;
    if (looked > 64 * (width + 1024)) mistake(\`row \${at}\`, \`\${width} values for \${name}\`, "far more lists");
    if (!isList(one)) flat.push(one);
    else if (depth > 63) mistake(\`row \${at}\`, "numbers", "lists in lists more than 64 deep");
    else for (let place = 0; place < one.length; place += 1) take(one[place] as Value, depth + 1);
  };
  take(value, 0);
  return flat;
}

/** Throws for a key that would be dropped without a word. */
function refuse(key: string | undefined, expected: ReadonlySet<string>, at: number): void {
  if (key === undefined) return;
  const names = [...expected];
  mistake(\`row \${at}\`, \`the keys \${names.slice(0, 8).map(shown).join(", ")}\${names.length > 8 ? \` and \${names.length - 8} more\` : ""}\`, \`\${shown(key)}, which nothing reads\`);
}
`;

/** What a row must be where it is not the list of a single field. */
function expectedOf({ inputs }: Interface): string {
  const names = inputs.map(({ name }) => JSON.stringify(name)).join(", ");
  return literal(`${inputs.length === 1 ? "a list of values or " : ""}an object with ${names}`);
}

function valuesText(outside: Interface, { single, columns }: Needs): string {
  const own = columns
    ? "fields.flatMap(({ name, columns }) => [name, ...(columns ?? [])])"
    : "fields.map(({ name }) => name)";
  const read = columns ? (single ? singleText(outside) : byColumnText) : byNameText;
  return `const ownKeys: readonly string[] = ${own};
const known: ReadonlySet<string> = new Set([...ownKeys, ...beside]);

/** The values of each field in a row, flattened.${single ? " A list stands for the single field." : ""} */
function valuesOf(row: Row, at: number): readonly (readonly Value[])[] {${single ? `\n  if (isList(row)) return [flatten(row, fields[0] as Field, at)];` : ""}
  if (typeof row !== "object" || row === null || isList(row)) mistake(\`row \${at}\`, ${expectedOf(outside)}, shown(row));
  refuse(Object.keys(row).find((key) => !known.has(key)), known, at);
${read}
}
`;
}

const byNameText = `  return fields.map((field) => {
    if (!Object.hasOwn(row, field.name)) mistake(\`row \${at}\`, shown(field.name), "none");
    return flatten(row[field.name] as Value, field, at);
  });`;

const byColumnText = `  const whole = wholeFields(row);
  const keys = fields.map((field) => keysOf(row, field, whole, at));
  const used = new Set([...keys.flat(), ...beside]);
  refuse(ownKeys.find((key) => Object.hasOwn(row, key) && !used.has(key)), used, at);
  return fields.map((field, index) => {
    const values = (keys[index] ?? []).map((key) => row[key] as Value);
    return whole.has(field.name) ? flatten(values, field, at) : values;
  });`;

/** The same of a single field. */
function singleText({ inputs: [input] }: Interface): string {
  const isColumn = input !== undefined && input.width > 1 && input.columns?.includes(input.name) === true;
  return `  // A row with all columns, each with a single value, is a row of the data; else the field's own name stands for it as a whole.
  const field = fields[0] as Field;
  const { name, columns: all } = field as Field & { readonly columns: readonly string[] };
  const isSingle = (key: string): boolean => Object.hasOwn(row, key) && !isList(row[key]);
  const isWhole = Object.hasOwn(row, name) && ${isColumn ? "!isSingle(name) && " : ""}!all.every(isSingle);
  const keys = isWhole ? [name] : all;
  const lacking = keys.find((key) => !Object.hasOwn(row, key));
  if (lacking !== undefined) mistake(\`row \${at}\`, shown(lacking), "none");
  const used = new Set([...keys, ...beside]);
  refuse(ownKeys.find((key) => Object.hasOwn(row, key) && !used.has(key)), used, at);
  const values = keys.map((key) => row[key] as Value);
  return [isWhole ? flatten(values, field, at) : values];`;
}

const columnsText = `/** The fields that a row gives under their own names. A row with all columns, each with a single value, gives none so: it is a row of the data. */
function wholeFields(row: { readonly [name: string]: Value }): ReadonlySet<string> {
  const isSingle = (key: string): boolean => Object.hasOwn(row, key) && !isList(row[key]);
  if (fields.every(({ columns }) => columns?.every(isSingle))) return new Set();
  const isColumn = ({ name, width, columns }: Field): boolean => width > 1 && isSingle(name) && columns?.includes(name) === true;
  return new Set(fields.filter((field) => Object.hasOwn(row, field.name) && !isColumn(field)).map(({ name }) => name));
}

/** The keys under which a row has a field: its name or its columns, those that no other field is called in this row. */
function keysOf(row: { readonly [name: string]: Value }, { name, columns }: Field, whole: ReadonlySet<string>, at: number): readonly string[] {
  if (whole.has(name)) return [name];
  const lacking = (columns ?? [name]).find((column) => !Object.hasOwn(row, column) || whole.has(column));
  if (lacking !== undefined) mistake(\`row \${at}\`, shown(whole.has(lacking) ? name : lacking), "none");
  return columns ?? [name];
}
`;

function numberText({ words, wholes, floats, limits }: Needs): string {
  const word = words ? "\n  if (field.classes !== null) return idOf(value, field, index, at);" : "";
  if (!wholes)
    return `function numberOf(value: Value, field: Field, index: number, at: number): number {${word}
  if (typeof value !== "number" || !Number.isFinite(Math.fround(value))) mistake(\`row \${at}\`, \`a finite number for \${placeIn(field, index)}\`, shown(value));
  return value;
}
`;
  const range = limits
    ? `  if (typeof value === "boolean" && ${floats ? `field.dtype === "i32" && ` : ""}field.limit === 2) return Number(value);
  const [least, below] = field.limit === null ? [-2147483648, 2147483648] : [0, field.limit];
  const range = field.limit === null ? "of 32 bits" : \`from 0 to \${field.limit - 1}\`;`
    : `  const [least, below, range] = [-2147483648, 2147483648, "of 32 bits"];`;
  const whole = "Number.isInteger(value) && value >= least && value < below";
  const [fits, expected] = floats
    ? [
        `(field.dtype === "i32" ? ${whole} : Number.isFinite(Math.fround(value)))`,
        `field.dtype === "i32" ? \`a whole number \${range}\` : "a finite number"`,
      ]
    : [whole, "`a whole number ${range}`"];
  return `function numberOf(value: Value, field: Field, index: number, at: number): number {${word}
${range}
  if (typeof value === "number" && ${fits}) return value;
  return mistake(\`row \${at}\`, \`\${${expected}} for \${placeIn(field, index)}\`, shown(value));
}
`;
}

function placeText({ columns }: Needs): string {
  if (!columns)
    return `const placeIn = ({ name, width }: Field, index: number): string => (width === 1 ? name : \`\${name}[\${index}]\`);
`;
  return `/** What a value of a field is called: by its column where it has one. */
function placeIn({ name, width, columns }: Field, index: number): string {
  const column = columns?.[index] ?? name;
  if (column !== name) return \`\${column} of \${name}\`;
  return width === 1 || columns !== null ? name : \`\${name}[\${index}]\`;
}
`;
}

function wordsText({ wholes, floats }: Needs): string {
  const name = wholes || floats ? "idOf" : "numberOf";
  return `/** A number in the place of a word would be taken for an id that it may not be. */
function ${name}(value: Value, field: Field, index: number, at: number): number {
  const classes = field.classes ?? [];
  const id = classes.findIndex((one) => one === value || (typeof value === "boolean" && one.toLowerCase() === String(value)));
  if (id >= 0) return id;
  return mistake(\`row \${at}\`, \`one of the classes \${classes.slice(0, 8).map(shown).join(", ")}\${classes.length > 8 ? \` and \${classes.length - 8} more\` : ""} for \${placeIn(field, index)}\`, shown(value));
}
`;
}

function scaleText({ scaling }: Needs): string {
  if (scaling !== "fit") return "";
  return `function scaled(value: number, { scale, mean, deviation }: Field, index: number): number {
  if (scale === 1 && mean === null) return value;
  const column = mean === null ? 0 : index % mean.length;
  const spread = deviation?.[column] ?? 1;
  return spread === 0 ? 0 : (value * scale - (mean?.[column] ?? 0)) / spread;
}
`;
}

/** What is written for a value of a field. */
function preparedText({ scaling, words, wholes, floats }: Needs): string {
  if (scaling === "none") return "value";
  const scaled = scaling === "fit" ? "scaled(value, field, index)" : "value * field.scale";
  return (words || wholes) && floats ? `field.dtype === "i32" ? value : ${scaled}` : scaled;
}

function putText(needs: Needs): string {
  return `/** Writes the values of one row, from a place among those of many, to where the kernels read them, if any does. */
function putRow(view: View | undefined, to: number, values: readonly Value[] | Numbers, from: number, field: Field, at: number): void {
  for (let index = 0; index < field.width; index += 1) {
    const value = numberOf(values[from + index] as Value, field, index, at);
    if (view) view[to + index] = ${preparedText(needs)};
  }
}

function prepare(view: View | undefined, to: number, values: readonly Value[], field: Field, at: number): void {
  if (values.length !== field.width) mistake(\`row \${at}\`, \`\${field.width} values for \${field.name}\`, values.length);
  putRow(view, to, values, 0, field, at);
}
`;
}
