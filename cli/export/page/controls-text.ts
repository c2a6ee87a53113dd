/**
 * The part of a page that asks for values: a number or a choice for each column, or a list. TypeScript without an import, behind the module's
 * own text, whose `fields` it reads.
 */
export const makeText = `/** An element with these properties and children; texts are texts, whatever is in them. */
function make<Name extends keyof HTMLElementTagNameMap>(name: Name, properties: Partial<HTMLElementTagNameMap[Name]> = {}, ...children: readonly (Node | string)[]): HTMLElementTagNameMap[Name] {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

function place(id: string): HTMLElement {
  return document.getElementById(id) as HTMLElement;
}
`;

export const controlsText = `/** In as many digits as a 32-bit float has for sure. */
const short = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(6))) : String(value));

/** The shortest number that is the same float. */
function exact(value: number): string {
  const digits = [6, 7, 8].find((count) => Math.fround(Number(value.toPrecision(count))) === Math.fround(value));
  return String(digits === undefined ? value : Number(value.toPrecision(digits)));
}

interface Range { readonly least: number; readonly most: number }
interface Picture extends Range { readonly height: number; readonly width: number; readonly channels: number; readonly dark: boolean; readonly filter: string }
type View = { readonly kind: "picture"; readonly picture: Picture } | { readonly kind: "values"; readonly labels: readonly string[]; readonly ranges: readonly (Range | null)[] } | { readonly kind: "list" };

/** A part of the form: what it says now, and how it is made to say something. */
interface Control { readonly element: HTMLElement; readonly read: () => readonly Value[]; readonly show: (values: readonly Value[]) => void }

function controlOf(field: Field, view: View, id: string, changed: () => void): Control {
  if (view.kind === "picture") return pictureControl(field, view.picture, id, changed);
  return view.kind === "list" ? listControl(field, id, changed) : valuesControl(field, view.labels, view.ranges, id, changed);
}

function valuesControl(field: Field, labels: readonly string[], ranges: readonly (Range | null)[], id: string, changed: () => void): Control {
  const isSingle = labels.length === 1;
  const values = labels.map((label, at) => {
    const own = \`\${id}-\${at}\`;
    const hint = make("span", { className: "hint", id: \`\${own}-hint\` });
    const value = field.classes === null ? numberInput(field, own) : choice(field.classes, own);
    const range = ranges[at] ?? null;
    if (range !== null) {
      value.setAttribute("aria-describedby", hint.id);
      hint.textContent = \`\${short(range.least)} to \${short(range.most)}\${isSingle ? " in the data" : ""}\`;
    }
    value.addEventListener("input", () => {
      mark();
      changed();
    });
    const mark = (): void => {
      const beyond = range !== null && (Number(value.value) < range.least || Number(value.value) > range.most);
      hint.classList.toggle("beyond", beyond);
    };
    const element = make("div", { className: "value" }, make("label", { htmlFor: own }, label), value, ...(range === null ? [] : [hint]));
    return { element, value, label, mark };
  });
  // A single value's label says all that a heading and a note would say once more.
  const isNamed = isSingle && (fields.length === 1 || labels[0] === field.name);
  const legend = isNamed ? [] : [make("legend", {}, field.name)];
  const note = !isSingle && ranges.some((range) => range !== null) ? [make("p", { className: "note above" }, "Below each, its range in the data.")] : [];
  return {
    element: make("fieldset", {}, ...legend, ...note, make("div", { className: "values" }, ...values.map(({ element }) => element))),
    read: () => values.map(({ value, label }) => {
      if (field.classes !== null) return value.value;
      if (value.value === "" || !Number.isFinite(Number(value.value))) throw new TypeError(\`expected a number for \${label}\`);
      return Number(value.value);
    }),
    show: (given) => values.forEach(({ value, mark }, at) => {
      const shown = given[at] ?? "";
      value.value = typeof shown === "number" && field.dtype === "f32" ? exact(shown) : String(shown);
      mark();
    }),
  };
}

function numberInput({ dtype, limit }: Field, id: string): HTMLInputElement {
  const input = make("input", { type: "number", id, step: dtype === "i32" ? "1" : "any", inputMode: dtype === "i32" ? "numeric" : "decimal", autocomplete: "off" });
  if (limit !== null) Object.assign(input, { min: "0", max: String(limit - 1) });
  return input;
}

function choice(classes: readonly string[], id: string): HTMLSelectElement {
  return make("select", { id }, ...classes.map((one) => make("option", { value: one }, one)));
}

function listControl({ name, width, classes }: Field, id: string, changed: () => void): Control {
  const area = make("textarea", { id, spellcheck: false, autocomplete: "off" });
  area.addEventListener("input", changed);
  const what = \`\${name}: \${width} \${classes === null ? "numbers" : "words"}, with spaces or commas between them\`;
  return {
    element: make("fieldset", { className: "wide" }, make("label", { htmlFor: id }, what), area),
    read: () => {
      const words = area.value.split(/[\\s,;]+/).filter((word) => word !== "");
      return classes === null ? words.map((word) => (Number.isNaN(Number(word)) ? word : Number(word))) : words;
    },
    show: (values) => {
      area.value = values.map((value) => (typeof value === "number" ? exact(value) : String(value))).join(" ");
    },
  };
}
`;
