/**
 * The part of an exported module that reads rows: by columns or by fields, every key and every value looked at, as `predictor` does
 * (`runtime/predict/rows.ts`). It stands behind the module's `fields` and `beside`, and is TypeScript without an import.
 */
export const rowsText = `const isList = (value: unknown): value is readonly Value[] | Numbers => Array.isArray(value) || isNumbers(value);

/** Nested lists as one. The nesting is the caller's, who may have put a list into itself: no recursion, and an end. */
function flatten(value: Value, { name, width }: Field, at: number): readonly Value[] {
  if (!isList(value)) return [value];
  const flat: Value[] = [];
  const around: { readonly list: readonly Value[] | Numbers; next: number }[] = [{ list: value, next: 0 }];
  for (let looked = 0, inner = around.at(-1); inner !== undefined; looked += 1, inner = around.at(-1)) {
    if (looked > 64 * (width + 1024)) throw new TypeError(\`row \${at}: expected \${width} values for \${name}, found far more lists\`);
    const { list, next } = inner;
    inner.next += 1;
    if (next >= list.length) {
      around.pop();
      continue;
    }
    const one = list[next] as Value;
    if (!isList(one)) flat.push(one);
    else if (around.push({ list: one, next: 0 }) > 64) throw new TypeError(\`row \${at}: expected numbers, found lists in lists more than 64 deep\`);
  }
  return flat;
}

const ownKeys: readonly string[] = fields.flatMap(({ name, columns }) => [name, ...(columns ?? [])]);
const known: ReadonlySet<string> = new Set([...ownKeys, ...beside]);

/** Throws for a key that would be dropped without a word. */
function refuse(key: string, expected: ReadonlySet<string>, at: number): never {
  const names = [...expected];
  const more = names.length > 8 ? \` and \${names.length - 8} more\` : "";
  throw new TypeError(\`row \${at}: expected the keys \${names.slice(0, 8).map(shown).join(", ")}\${more}, found \${shown(key)}, which nothing reads\`);
}

function requireKnown(row: Row, at: number): void {
  if (typeof row !== "object" || row === null || isList(row)) return;
  const other = Object.keys(row).find((key) => !known.has(key));
  if (other !== undefined) refuse(other, known, at);
}

/** The values of each field in a row, flattened. A list stands for a single field. */
function valuesOf(row: Row, at: number): readonly (readonly Value[])[] {
  if (isList(row) && fields.length === 1) return [flatten(row, fields[0] as Field, at)];
  if (typeof row !== "object" || row === null || isList(row)) {
    const list = fields.length === 1 ? "a list of values or " : "";
    throw new TypeError(\`row \${at}: expected \${list}an object with \${fields.map(({ name }) => JSON.stringify(name)).join(", ")}, found \${shown(row)}\`);
  }
  const whole = wholeFields(row);
  const keys = fields.map((field) => keysOf(row, field, whole, at));
  const used = new Set([...keys.flat(), ...beside]);
  const other = ownKeys.find((key) => Object.hasOwn(row, key) && !used.has(key));
  if (other !== undefined) refuse(other, used, at);
  return fields.map((field, index) => {
    const values = (keys[index] ?? []).map((key) => row[key] as Value);
    return whole.has(field.name) ? flatten(values, field, at) : values;
  });
}

/** The fields that a row gives under their own names. A row with all columns, each with a single value, gives none so: it is a row of the data. */
function wholeFields(row: { readonly [name: string]: Value }): ReadonlySet<string> {
  const isSingle = (key: string): boolean => Object.hasOwn(row, key) && !isList(row[key]);
  if (fields.every(({ columns }) => columns !== null && columns.every(isSingle))) return new Set();
  const isColumn = ({ name, width, columns }: Field): boolean => width > 1 && isSingle(name) && columns !== null && columns.includes(name);
  return new Set(fields.filter((field) => Object.hasOwn(row, field.name) && !isColumn(field)).map(({ name }) => name));
}

/** The keys under which a row has a field: its name or its columns, those that no other field is called in this row. */
function keysOf(row: { readonly [name: string]: Value }, { name, columns }: Field, whole: ReadonlySet<string>, at: number): readonly string[] {
  if (whole.has(name)) return [name];
  const lacking = (columns ?? [name]).find((column) => !Object.hasOwn(row, column) || whole.has(column));
  if (lacking === undefined) return columns ?? [name];
  throw new TypeError(\`row \${at}: expected \${shown(whole.has(lacking) ? name : lacking)}, found none\`);
}

function numberOf(value: Value, field: Field, index: number, at: number): number {
  if (field.classes !== null) return idOf(value, field, index, at);
  const whole = field.dtype === "i32";
  if (typeof value === "boolean" && whole && field.limit === 2) return Number(value);
  const [least, below] = field.limit === null ? [-2147483648, 2147483648] : [0, field.limit];
  const fits = typeof value === "number" && (whole ? Number.isInteger(value) && value >= least && value < below : Number.isFinite(Math.fround(value)));
  if (fits) return value as number;
  const range = field.limit === null ? "of 32 bits" : \`from 0 to \${field.limit - 1}\`;
  throw new TypeError(\`row \${at}: expected \${whole ? \`a whole number \${range}\` : "a finite number"} for \${placeIn(field, index)}, found \${shown(value)}\`);
}

/** What a value of a field is called: by its column where it has one. */
function placeIn({ name, width, columns }: Field, index: number): string {
  const column = columns?.[index] ?? name;
  if (column !== name) return \`\${column} of \${name}\`;
  return width === 1 || columns !== null ? name : \`\${name}[\${index}]\`;
}

/** A number in the place of a word would be taken for an id that it may not be. */
function idOf(value: Value, field: Field, index: number, at: number): number {
  const classes = field.classes ?? [];
  const id = classes.findIndex((one) => one === value || (typeof value === "boolean" && one.toLowerCase() === String(value)));
  if (id >= 0) return id;
  const others = classes.length > 8 ? \` and \${classes.length - 8} more\` : "";
  throw new TypeError(\`row \${at}: expected one of the classes \${classes.slice(0, 8).map(shown).join(", ")}\${others} for \${placeIn(field, index)}, found \${shown(value)}\`);
}

/** Writes the values of one row to where the kernels read them, if any does. */
function prepare(view: View | undefined, offset: number, values: readonly Value[], field: Field, at: number): void {
  if (values.length !== field.width) throw new TypeError(\`row \${at}: expected \${field.width} values for \${field.name}, found \${values.length}\`);
  for (let index = 0; index < values.length; index += 1) {
    const value = numberOf(values[index] as Value, field, index, at);
    if (view !== undefined) view[offset + index] = field.dtype === "i32" ? value : scaled(value, field, index);
  }
}
`;
