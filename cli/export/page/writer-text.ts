/** The part of a page that lets a model of text write: a prompt, how long, and the draws. TypeScript without an import. */
export const writerText = `function startWriter(): void {
  const length = make("input", { type: "number", id: "length", min: "0", step: "1", value: "200" });
  const temperature = make("input", { type: "number", id: "temperature", min: "0", step: "0.1", value: "0.8" });
  const seed = make("input", { type: "number", id: "seed", step: "1", value: String(ownSeed) });
  const prompt = make("textarea", { id: "prompt", value: example.prompt, spellcheck: false });
  const button = make("button", { type: "submit", className: "main", textContent: "Generate" });
  const labelled = (text: string, element: HTMLElement): HTMLElement => make("div", { className: "value" }, make("label", { htmlFor: element.id }, text), element);
  place("form").append(
    make("div", { className: "wide" }, make("label", { htmlFor: "prompt" }, "Text to go on from"), prompt),
    make("div", { className: "values" }, labelled("Characters", length), labelled("Temperature", temperature), labelled("Seed of the draws", seed)),
    make("div", { className: "row" }, button),
    make("p", { className: "note" }, \`Knows \${vocabulary.length} characters; others are read as \${shown(vocabulary[vocabulary.length - 1])}.\`),
  );
  let running = 0;
  const stop = (): void => {
    running = 0;
    button.textContent = "Generate";
  };
  const write = async (turn: number): Promise<void> => {
    const written = make("span");
    place("answer").replaceChildren(make("p", { className: "text" }, make("span", { className: "prompt" }, prompt.value), written));
    const characters = generate(prompt.value, { length: wholeOf(length, "Characters"), temperature: wholeOf(temperature, "Temperature"), seed: wholeOf(seed, "Seed") });
    // In slices, so that the page answers meanwhile.
    for (let next = characters.next(); next.done !== true && running === turn; ) {
      const until = Date.now() + 24;
      let part = "";
      for (; next.done !== true && Date.now() < until; next = characters.next()) part += next.value;
      written.append(part);
      await new Promise((resolve) => setTimeout(resolve));
    }
  };
  let turns = 0;
  place("form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (running > 0) {
      stop();
      return;
    }
    turns += 1;
    const turn = turns;
    running = turn;
    button.textContent = "Stop";
    const ended = (): void => {
      if (running === turn) stop();
    };
    write(turn).then(ended, (error: unknown) => {
      ended();
      place("answer").replaceChildren(make("p", { className: "problem" }, (error instanceof Error ? error.message : String(error)).replace(/^generate: /, "")));
    });
  });
  place("answer").replaceChildren(make("p", { className: "text" }, make("span", { className: "prompt" }, example.prompt), example.written));
}

function wholeOf({ value }: HTMLInputElement, name: string): number {
  if (value === "" || !Number.isFinite(Number(value))) throw new TypeError(\`expected a number for \${name}\`);
  return Number(value);
}
`;
