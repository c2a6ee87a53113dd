/** Every setting of every kind of source: what it may be, at its limits and one beyond; what a source does not use is refused. */
import { describe, expect, test } from "vitest";
import { evaluate, product } from "../../compiler/dimension/dimension.ts";
import { elaborated } from "./helpers.ts";

/** A program with `data: …`, elaborated. */
function withData(data: string) {
  const batch = data.startsWith("arrays") ? "all" : "4";
  const model = data.startsWith("text")
    ? "model M(x: i32[N, T]) -> [N, T, 16] = x |> embedding(16, 2) |> dense(16)"
    : "model M(x: [N, 3]) -> [N, 2] = x |> dense(2)";
  const source = `${model}
train M { data: ${data}  loss: cross_entropy  optimizer: sgd(lr: 1)  batch: ${batch}  epochs: 1 }`;
  return elaborated(source);
}

function settingsIn(data: string): Readonly<Record<string, unknown>> {
  return withData(data).elaboration?.host.train?.data.settings ?? {};
}

/** The messages about `data: …`. */
function told(data: string): readonly string[] {
  // How many rows a file has is another matter.
  const found = withData(data).diagnostics.filter(({ code }) => code !== "NN0510");
  return found.map(({ code, message }) => `${code} ${message}`);
}

const readers = {
  csv: (more: string) => `csv("x.csv", target: "y"${more})`,
  idx: (more: string) => `idx(x: "x.idx", target: "y.idx"${more})`,
  npy: (more: string) => `npy(x: "x.npy", target: "y.npy"${more})`,
  images: (more: string) => `images("photos", size: [8, 6]${more})`,
  text: (more: string) => `text("x.txt", window: 8, vocabulary: 16${more})`,
  arrays: (more: string) => `arrays(x: "x.npy", target: "y.npy"${more})`,
  given: (more: string) => `given(${more.slice(2)})`,
} as const;

type Reader = keyof typeof readers;

const all: readonly Reader[] = ["csv", "images", "idx", "npy", "text", "arrays", "given"];
const takes: readonly (readonly [string, readonly Reader[]])[] = [
  ["scale: 2", ["csv", "images", "idx", "npy", "arrays", "given"]],
  ["standardize: true", ["csv", "images", "idx", "npy", "given"]],
  ["standardize: [x]", ["csv", "images", "idx", "npy", "given"]],
  ["holdout: 20%", ["csv", "images", "idx", "npy", "text", "given"]],
  ["stride: 2", ["text"]],
  ['inputs: "a*"', ["csv"]],
  ["header: false", ["csv"]],
  ["channels: 1", ["images"]],
  ["augment: [flip]", ["images"]],
];

describe("a setting that a source does not use is refused", () => {
  test.each(takes.flatMap(([setting, used]) => all.map((reader) => [setting, reader, used.includes(reader)] as const)))(
    "%s of %s: %s",
    (setting, reader, isUsed) => {
      const name = setting.slice(0, setting.indexOf(":"));
      const refused = [expect.stringMatching(new RegExp(`^NN0536 \`${reader}\` takes .*, found \`${name}\`$`))];
      expect(told(readers[reader](`, ${setting}`))).toEqual(isUsed ? [] : refused);
    },
  );

  test.each([
    ['npy("x.npy")', "npy", "a value without a name"],
    ['idx("x.idx")', "idx", "a value without a name"],
    ['given("x.csv")', "given", "a value without a name"],
    ['given(x: "x.npy")', "given", "`x`"],
    ['text("x.txt", window: 8, vocabulary: 9, x: "y.txt")', "text", "`x`"],
    ['csv("x.csv", vocabulary: 9)', "csv", "`vocabulary`"],
  ])("%s", (data, reader, name) => {
    expect(told(data)).toEqual([expect.stringMatching(new RegExp(`^NN0536 \`${reader}\` takes .*, found ${name}$`))]);
  });
});

describe("the values of a setting", () => {
  const number = "must be a number other than 0 that an f32 holds, found";
  const part = "must be a part between 0% and 100%, a number of rows, or the last of them, as in last(20%), found";
  const count = "must be a whole number of at least 1, found";
  const path = "must be the path of a file, or a list of them, found";
  const columns = "must be the name of a column, a pattern or a list of them, found";
  const truth = "must be true, false or a list of inputs, as in [x, target], found";

  test.each([
    ["scale: 0", number, "the number 0"],
    ['scale: "x"', number, 'the string "x"'],
    ["scale: true", number, "true"],
    ["scale: 1e39", number, "the number 1e39"],
    ["scale: 1e-50", number, "the number 1e-50"],
    ["scale: [1]", number, "the list [1]"],
    ["standardize: 0", truth, "the number 0"],
    ["standardize: 1", truth, "the number 1"],
    ['standardize: "true"', truth, 'the string "true"'],
    ["standardize: []", truth, "the list []"],
    ["standardize: [x, 3]", truth, "a number"],
    ["standardize: [x, x]", truth, "`x` twice"],
    ["standardize: [y]", "must be a list of inputs of floats (`x`), found", "`y`"],
    ["standardize: [x, target]", "must be a list of inputs of floats (`x`), found", "`target`, which is i32"],
    ["holdout: 0", part, "the number 0"],
    ["holdout: -1", part, "the number -1"],
    ["holdout: 1.5", part, "the number 1.5"],
    ["holdout: 100%", part, "the number 100%"],
    ["holdout: 0%", part, "the number 0%"],
    ["holdout: true", part, "true"],
    ['holdout: "20%"', part, 'the string "20%"'],
    ["holdout: last(100%)", part, "the number 100%"],
    ["holdout: last(0)", part, "the number 0"],
    ['test: ""', path, 'the string ""'],
    ["test: 3", path, "the number 3"],
    ["test: true", path, "true"],
    ["test: []", path, "the list []"],
    ['test: ["t.csv", 3]', path, 'the list ["t.csv", 3]'],
    ["header: 0", "must be true or false, found", "the number 0"],
    ['header: "no"', "must be true or false, found", 'the string "no"'],
    ["inputs: 3", columns, "the number 3"],
    ["inputs: []", columns, "the list []"],
    ['inputs: ["a", 3]', columns, 'the list ["a", 3]'],
    ["x: true", columns, "true"],
  ])("csv(…, %s)", (setting, expected, found) => {
    const name = setting.slice(0, setting.indexOf(":"));
    expect(told(readers.csv(`, ${setting}`))).toEqual([`NN0505 \`${name}\` ${expected} ${found}`]);
  });

  test("a column by its number is shown the name that it has where the file gives none", () => {
    const help = (value: string) =>
      withData(`csv("x.csv", header: false, target: ${value})`).diagnostics.find(({ code }) => code === "NN0505")?.help;
    expect(help("4")).toBe('of a file without column names, which `header: false` reads, that is "column_4"');
    expect(help("0")).toBeUndefined();
  });

  test.each([
    [readers.csv(', test: csv("t.csv", "u.csv")'), "csv", "path"],
    [readers.csv(', test: csv("t.csv", path: "u.csv")'), "csv", "path"],
    [readers.npy(', test: npy(x: "t.npy", target: "u.npy", x: "v.npy")'), "npy", "x"],
    [readers.idx(', test: idx(x: "t.idx", target: "u.idx", target: "v.idx")'), "idx", "target"],
  ])("%s has a file twice", (data, reader, name) => {
    expect(told(data)).toEqual([`NN0405 \`${name}\` of \`${reader}\` is given twice`]);
  });

  test.each([
    ["20%", 0.2],
    ["30", 30],
    ["last(20%)", { last: 0.2 }],
    ["last(30)", { last: 30 }],
    ["last(floor(30.5))", { last: 30 }],
  ])("holdout: %s is %j", (written, expected) => {
    const source = readers.csv(`, holdout: ${written}`);
    expect(told(source)).toEqual([]);
    expect(settingsIn(source)["holdout"]).toEqual(expected);
  });

  test.each([
    ["last()", "nothing"],
    ["last(20%, 3)", "2 values"],
    ["last(part: 20%)", "a value named `part`"],
    ["last(last(20%))", "`last` in `last`"],
  ])("holdout: %s says what `last` takes", (written, found) => {
    expect(told(readers.csv(`, holdout: ${written}`))).toEqual([
      `NN0505 \`holdout\` must be a part or a number of rows alone in \`last\`, as in last(20%), found ${found}`,
    ]);
  });

  test("holdout: first(20%) is refused", () => {
    expect(told(readers.csv(", holdout: first(20%)"))).toHaveLength(1);
  });

  test.each([
    [readers.npy(", augment: [flip, crop(4)]"), "npy", "augment", "`images`"],
    [readers.csv(", channels: 3"), "csv", "channels", "`images`"],
    [readers.idx(", size: [8, 6]"), "idx", "size", "`images`"],
    [readers.images(", header: true"), "images", "header", "`csv`"],
    [readers.csv(", window: 8"), "csv", "window", "`text`"],
    [readers.text(", scale: 1/255"), "text", "scale", "`csv`, `idx`, `npy`, `images`, `arrays`, `given`"],
  ])("%s has a setting of another reader", (data, reader, name, others) => {
    expect(withData(data).diagnostics.map(({ code, message, help }) => [code, message, help])).toEqual([
      [
        "NN0536",
        expect.stringMatching(new RegExp(`^\`${reader}\` takes .*, found \`${name}\`$`)),
        `\`${name}\` is a setting of ${others}`,
      ],
    ]);
  });

  test.each(["window", "vocabulary", "stride"])("%s of text counts from 1", (name) => {
    const text = (value: string): string => {
      const settings = new Map([
        ["window", "8"],
        ["vocabulary", "9"],
        [name, value],
      ]);
      return `text("x.txt"${[...settings].map(([key, given]) => `, ${key}: ${given}`).join("")})`;
    };
    for (const [value, found] of [
      ["0", "the number 0"],
      ["-1", "the number -1"],
      ["1.5", "the number 1.5"],
      ["true", "true"],
      ['"x"', 'the string "x"'],
    ] as const)
      expect(told(text(value))).toEqual([`NN0505 \`${name}\` ${count} ${found}`]);
    expect(told(text("1"))).toEqual([]);
  });

  test.each(["npy(x: 3)", "npy(x: true)", 'npy(x: "")', "arrays(x: [])", "idx(target: 1)"])("%s", (data) => {
    expect(told(data)).toEqual([expect.stringMatching(/^NN0505 `(x|target)` must be the path of a file, found /)]);
  });

  test.each(['csv("")', "csv(3)", "csv(true)", "csv([])", 'csv(["a.csv", 3])', 'csv(["a.csv", ""])'])("%s", (data) => {
    expect(told(data)).toEqual([expect.stringContaining(`NN0505 \`path\` ${path} `)]);
  });

  test.each([
    "scale: 1/16",
    "scale: -1",
    "scale: 1e-40",
    "scale: 3.4e38",
    "standardize: false",
    "holdout: 1",
    "holdout: 0.5%",
    "holdout: 99%",
    'inputs: ["a", "b*"]',
    'x: "a*"',
    "header: false",
    'test: ["t.csv", "u.csv"]',
    'test: csv(["t.csv", "u.csv"])',
  ])("csv(…, %s) is fine", (setting) => {
    expect(told(readers.csv(`, ${setting}`))).toEqual([]);
  });
});

describe("the settings of images", () => {
  const sizes = "must be a height and a width, as in [32, 32], found";
  const channels = "must be 1, 3 or 4, found";
  const changes = "must be a list of flip, flip_vertical and crop(n), as in [flip, crop(4)], found";
  const pixels = "must be a whole number of pixels of at least 1 alone in `crop`, as in crop(4), found";

  test.each<[string, string]>([
    ["size: 32", `${sizes} the number 32`],
    ["size: [32]", `${sizes} the list [32]`],
    ["size: [32, 0]", `${sizes} the list [32, 0]`],
    ["channels: 2", `${channels} the number 2`],
    ['channels: "3"', `${channels} the string "3"`],
    ["augment: flip", `${changes} \`flip\``],
    ["augment: [flop]", `${changes} \`flop\``],
    ["augment: [flip(2)]", `${changes} a call`],
    ["augment: [crop]", `${changes} \`crop\``],
    ["augment: [rotate(3)]", `${changes} a call`],
    ["augment: [3]", `${changes} a number`],
    ["augment: [flip, crop(1), flip]", "must be a list with each change once, found `flip` twice"],
    ["augment: [crop()]", `${pixels} nothing`],
    ["augment: [crop(1, 2)]", `${pixels} a call`],
    ["augment: [crop(pixels: 2)]", `${pixels} a call`],
    ["augment: [crop(0)]", `${pixels} the number 0`],
    ["augment: [crop(1.5)]", `${pixels} the number 1.5`],
    ['augment: [crop("2")]', `${pixels} the string "2"`],
    ["augment: [crop(6)]", "must be a crop by fewer pixels than the image has, 8×6, found crop(6)"],
  ])("%s", (setting, message) => {
    const name = setting.slice(0, setting.indexOf(":"));
    const source = name === "size" ? `images("photos", ${setting})` : readers.images(`, ${setting}`);
    expect(told(source)).toEqual([`NN0505 \`${name}\` ${message}`]);
  });

  test.each<[string, unknown]>([
    ["[]", []],
    ["[flip]", ["flip"]],
    ["[crop(2 + 3), flip_vertical, flip]", [{ crop: 5 }, "flip_vertical", "flip"]],
  ])("augment: %s", (written, expected) => {
    const source = readers.images(`, augment: ${written}`);
    expect(told(source)).toEqual([]);
    expect(settingsIn(source)).toEqual({ path: "photos", size: [8, 6], augment: expected });
  });

  test.each<[string, string | undefined]>([
    ["true", "true"],
    ["[x]", "x"],
    ["[x, target]", "x"],
    ["false", undefined],
  ])("standardize: %s beside augment", (written, found) => {
    const sentence =
      "NN0505 `standardize` must be left out or [target] beside `augment`, which moves pixels away from where their means were taken, found";
    const source = readers.images(`, augment: [flip], standardize: ${written}`);
    expect(told(source)).toEqual(found === undefined ? [] : [`${sentence} ${found}`]);
  });

  test("inputs of other readers may be called as they are", () => {
    const source = `model M(size: [N, 3], channels: [N, 3]) -> [N, 2] = size + channels |> dense(2)
train M { data: csv("x.csv", size: "s*", channels: "c*", target: "y")  loss: cross_entropy  optimizer: sgd(lr: 1)  batch: 4  epochs: 1 }`;
    const errors = elaborated(source).diagnostics.filter(({ severity }) => severity === "error");
    expect(errors).toEqual([]);
  });
});

describe("a scale that changes nothing is told", () => {
  const two = `model M(x: [N, 3], y: [N, 2]) -> [N, 2] = dense(2)(x) + y`;
  const ids = `model M(x: i32[N]) -> [N, 2] = x |> embedding(5, 2)`;
  const one = `model M(x: [N, 3]) -> [N, 2] = x |> dense(2)`;
  const out = ["`scale` changes nothing: `standardize` takes every scale out again"];
  const cases: readonly (readonly [model: string, settings: string, found: readonly string[]])[] = [
    [one, "standardize: true, scale: 1/10", out],
    [one, "scale: 4, standardize: [x]", out],
    [one, "scale: 4, standardize: [x, target]", out],
    [two, "scale: 4, standardize: [y, x]", out],
    [two, "scale: 4, standardize: true", out],
    [two, "scale: 4, standardize: [y]", []],
    [one, "scale: 4, standardize: [target]", []],
    [one, "scale: 4, standardize: false", []],
    // It turns the signs.
    [one, "scale: -4, standardize: true", []],
    [one, "scale: 1, standardize: true", []],
    [ids, "scale: 4", ["`scale` changes nothing: there is no input of floats"]],
    [
      ids,
      "scale: 4, standardize: true",
      [
        "`scale` changes nothing: there is no input of floats",
        "`standardize` changes nothing: there is no input of floats",
      ],
    ],
    [ids, "standardize: [target]", []],
  ];
  const rows = [
    (settings: string) => `csv("x.csv", x: "a*", target: "t", ${settings})`,
    (settings: string) => `npy(x: "x.npy", target: "t.npy", ${settings})`,
    (settings: string) => `given(${settings})`,
  ];
  const found = (model: string, data: string, train: string) =>
    elaborated(
      `${model}\n${data}\ntrain M { ${train}  loss: mse  optimizer: sgd(lr: 1)  batch: 4  epochs: 1 }`,
    ).diagnostics.map(({ code, message, labels: [spot] }) => [`${code} ${message}`, spot?.from]);

  test.each(cases)("%s, %s", (model, settings, messages) => {
    for (const row of rows) {
      const data = row(settings);
      const own = found(model, "", `data: ${data}`);
      const declared = found(model, `data d = ${data}`, "data: d");
      expect([own, declared].map((list) => list.map(([message]) => message))).toEqual(
        [own, declared].map(() => messages.map((one) => `NN0525 ${one}`)),
      );
    }
  });

  test("where it is written", () => {
    const train = 'data: csv("x.csv", standardize: true, scale: 4)';
    const start = `${one}\n\ntrain M { ${train}`.indexOf("scale: 4");
    expect(found(one, "", train).map(([, place]) => place)).toEqual([start]);
  });
});

describe("the target is standardised where its predictions can be given back", () => {
  const two = "loss two(output: [N, 2], target: [N]) -> [] = mean((output[:, 0] - target) ** 2 + output[:, 1] ** 2)\n";
  const three = "metric three(output: [N, 2], target: [N]) -> [] = mean(output[:, 0] - target)\n";
  const others = "the model's output has 2 values a row where the target has 1";
  const train = (loss: string, form: string): string => `${two}model M(x: [N, 3]) -> [N, 2] = x |> dense(2)
data d = csv("x.csv", target: "y", standardize: [x, target])
train M${form} { data: d  ${loss}  optimizer: sgd(lr: 1)  batch: 4  epochs: 1 }`;

  test.each([
    ["a number for each", train("loss: mse", ""), []],
    ["another number of them", train("loss: two", ""), [others]],
    ["another number of them, with a metric", three + train("loss: two  metrics: [three]", ""), [others]],
    ["0 and 1", train("loss: binary_cross_entropy", ""), ["this loss takes a target of 0 and 1"]],
    [
      "an expression of its own",
      train("minimize: mse(M(x), target)  update: M", "(x: [N, 3], target: [N, 2])"),
      ["which of this train's results they belong to is not told"],
    ],
  ])("%s", (_, source, problems) => {
    const sentence = "NN0530 predictions of a standardised target are given back in its units, and ";
    const found = elaborated(source).diagnostics.filter(({ severity }) => severity === "error");
    expect(found.map(({ code, message }) => `${code} ${message}`)).toEqual(problems.map((one) => sentence + one));
  });
});

test("ids have no units that metrics could count in", () => {
  const source = `model M(x: [N, 3]) -> [N, 2] = x |> dense(2)
train M { data: csv("x.csv", target: "y", standardize: [target])  loss: cross_entropy  metrics: [accuracy]  optimizer: sgd(lr: 1)  epochs: 1 }`;
  expect(elaborated(source).diagnostics.map(({ code }) => code)).toEqual(["NN0505"]);
});

describe("the windows of a text", () => {
  const model = (input: string, output: string, body: string): string =>
    `model M(x: ${input}) -> ${output} = x |> ${body}\ntrain M { data: text("x.txt", window: 6, vocabulary: 4)  loss: cross_entropy  optimizer: sgd(lr: 1)  batch: 4  epochs: 1 }`;
  const plain = "embedding(4, 2) |> dense(4)";

  test.each([
    ["a name", "i32[N, T]", "[N, T, 4]", plain],
    ["their number", "i32[N, 6]", "[N, 6, 4]", plain],
    ["a name that a parameter needs", "i32[N, T]", "[N, T, 4]", `embedding(4, 2) |> learned_positions |> dense(4)`],
  ])("are as long as %s", (_, input, output, body) => {
    const { elaboration, diagnostics } = elaborated(model(input, output, body));
    expect(diagnostics).toEqual([]);
    const read = elaboration?.host.train?.inputs.map(({ shape }) =>
      evaluate(shape[1] ?? product([]), elaboration.bounds),
    );
    expect(read).toEqual([6, 6]);
  });

  test.each([
    ["another number", "i32[N, 5]", "[N, 5, 4]", plain, "`x`, found i32[N, 5]"],
    ["floats", "[N, T]", "[N, T, 4]", "reshape([N, T, 1]) |> dense(4)", "`x`, found [N, T]"],
    [
      "an answer for each text",
      "i32[N, 6]",
      "[N, 4]",
      "embedding(4, 2) |> flatten |> dense(4)",
      "`target`, found i32[N]",
    ],
  ])("fit no %s", (_, input, output, body, found) => {
    const { diagnostics } = elaborated(model(input, output, body));
    expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([
      `NN0540 \`text\` gives windows of 6 characters: expected i32[N, 6] for ${found}`,
    ]);
  });
});
