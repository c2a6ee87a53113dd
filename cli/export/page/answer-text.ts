/** The part of a page that shows what the network says of a row: shares of classes as bars, numbers in their units. TypeScript without an import. */
export const answerText = `/** Classes that are shown; of numbers, how many. */
const mostBars = 10;
const mostNumbers = 100;

function answerOf(row: Row): readonly HTMLElement[] {
  const [found = []] = run([row]);
  return outputs.flatMap((output, at) => {
    const values = found[at] ?? [];
    const heading = outputs.length > 1 ? [make("h2", {}, output.name)] : [];
    return [...heading, ...(output.classes === null ? numbersOf(output, values) : barsOf(output.name, output.classes, values))];
  });
}

function barsOf(name: string, classes: readonly string[], values: readonly number[]): readonly HTMLElement[] {
  // A single logit is that of the second class, beside 0 for the first.
  const scores = values.length < classes.length ? [0, ...values] : values.slice(0, classes.length);
  const shares = sharesOf(scores);
  const order = classes.map((_, id) => id).sort((one, other) => (shares[other] ?? 0) - (shares[one] ?? 0));
  const best = argmax(scores);
  const bars = order.slice(0, mostBars).map((id) => {
    const bar = make("span", { className: "bar" });
    bar.style.width = \`\${100 * (shares[id] ?? 0)}%\`;
    const track = make("span", { className: "track" }, bar);
    track.setAttribute("aria-hidden", "true");
    const share = make("span", { className: "share", title: \`score \${short(scores[id] ?? NaN)}\` }, percent(shares[id] ?? NaN));
    return make("li", { className: id === best ? "first" : "" }, make("span", { className: "name" }, classes[id] ?? ""), share, track);
  });
  const more = classes.length - bars.length;
  return [
    make("p", { className: "best" }, make("span", {}, \`\${name}: \`), classes[best] ?? ""),
    make("ol", { className: "bars" }, ...bars),
    ...(more > 0 ? [make("p", { className: "note" }, \`… and \${more} more\`)] : []),
  ];
}

const percent = (share: number): string => (share > 0 && share < 0.001 ? "< 0.1 %" : \`\${(100 * share).toFixed(1)} %\`);

/** Scores that are probabilities already, else the softmax of them. */
function sharesOf(scores: readonly number[]): readonly number[] {
  const total = scores.reduce((sum, score) => sum + score, 0);
  if (scores.every((score) => score >= 0) && Math.abs(total - 1) < 1e-4) return scores;
  const highest = Math.max(...scores);
  const chances = scores.map((score) => (score === highest ? 1 : Math.exp(score - highest)));
  const all = chances.reduce((sum, chance) => sum + chance, 0);
  return chances.map((chance) => chance / all);
}

function numbersOf(output: Output, values: readonly number[]): readonly HTMLElement[] {
  const numbers = values.map((value, index) => short(unscaled(value, output, index)));
  if (numbers.length === 1) return [make("p", { className: "best" }, make("span", {}, output.name)), make("p", { className: "one" }, numbers[0] ?? "")];
  const shownNumbers = numbers.slice(0, mostNumbers).flatMap((value, at) => [make("dt", {}, output.columns?.[at] ?? \`\${output.name}[\${at}]\`), make("dd", {}, value)]);
  const more = numbers.length - mostNumbers;
  return [make("dl", { className: "numbers" }, ...shownNumbers), ...(more > 0 ? [make("p", { className: "note" }, \`… and \${more} more\`)] : [])];
}
`;

/** A form with a control for each field, and beside it the answer, which follows every change. */
export const rowsPageText = `function say(problem: string): void {
  place("brief").replaceChildren();
  place("answer").replaceChildren(make("p", { className: "problem" }, problem));
}

function startRows(views: readonly View[], hasExamples: boolean): void {
  const update = (): void => {
    try {
      const row = Object.fromEntries(fields.map(({ name }, at) => [name, controls[at]?.read() ?? []]));
      place("answer").replaceChildren(...answerOf(row));
      // In one line, where the answer itself may be out of sight.
      place("brief").textContent = [".best", ".first .share, .one"].map((part) => place("answer").querySelector(part)?.textContent ?? "").join(" ");
    } catch (error) {
      say((error instanceof Error ? error.message : String(error)).replace(/^row 0: /, ""));
    }
  };
  const controls = fields.map((field, at) => controlOf(field, views[at] ?? { kind: "list" }, \`field\${at}\`, update));
  const show = ({ row }: Example): void => row.forEach(([name, values]) => controls[fields.findIndex((field) => field.name === name)]?.show(values));
  place("form").append(...controls.map(({ element }) => element));
  if (hasExamples) place("form").append(examplesOf(views, (example) => {
    show(example);
    update();
  }));
  const [first] = examples;
  // A pad without a picture of the data stays empty.
  if (first !== undefined && (hasExamples || views.every(({ kind }) => kind !== "picture"))) show(first);
  update();
}

/** Rows of the data to begin from. */
function examplesOf(views: readonly View[], chosen: (example: Example) => void): HTMLElement {
  const buttons = examples.map((example, at) => {
    const [view] = views;
    const [, values = []] = example.row[0] ?? [];
    const name = \`Example \${at + 1} of the data\`;
    const button = make("button", { type: "button", title: name }, ...(view?.kind === "picture" ? [small(values.map(Number), view.picture)] : [String(at + 1)]));
    button.setAttribute("aria-label", name);
    button.addEventListener("click", () => chosen(example));
    return button;
  });
  const which = views[0]?.kind === "picture" ? "pictures" : "plain";
  return make("fieldset", {}, make("legend", {}, "Examples of the data"), make("div", { className: \`examples \${which}\` }, ...buttons));
}

function small(values: readonly number[], picture: Picture): HTMLElement {
  const canvas = make("canvas", { width: picture.width, height: picture.height });
  paint(canvas, values, picture);
  canvas.style.width = "48px";
  return canvas;
}
`;
