/** Every setting of the prelude at the limit of its range, which is taken, and one beyond, which is refused with the value that was found. */
import { describe, expect, test } from "vitest";
import { parsed, elaborated, prelude } from "../elaborate/helpers.ts";
import { settingsOf } from "../../compiler/elaborate/arguments.ts";
import type { Callable } from "../../compiler/syntax/ast.ts";

function complaints(source: string): readonly string[] {
  expect(parsed("main.nn", source).diagnostics).toEqual([]);
  return elaborated(source, { allowOpen: true }).diagnostics.map(({ code, message }) => `${code} ${message}`);
}

/** A model that applies a layer to an input of this shape. */
function layer(shape: string): (call: string) => string {
  const rest = shape.split(",").slice(1);
  return (call) => `model M(x: ${shape}) -> [N${", _".repeat(rest.length)}] = x |> ${call}`;
}

const ids = (call: string): string => `model M(x: i32[N, 3]) -> [N, _, _] = x |> ${call}`;
const graph = (call: string): string => `model M(x: [4, 3], adjacency: [4, 4]) -> [4, _] = x |> ${call}`;
const starts = (call: string): string => `model M(x: [N, 3]) -> [N, 4] = x |> dense(4, init: ${call})`;
const trains =
  (key: string, model = "model M(x: [N, 3]) -> [N, 2] = x |> dense(2)") =>
  (call: string): string =>
    `${model}\ntrain M { data: given  ${key === "loss" ? "" : "loss: cross_entropy  "}${key === "optimizer" ? "" : "optimizer: sgd(lr: 1)  "}${key}: ${call} }`;
const narrow = "model M(x: [N, 3]) -> [N, 1] = x |> dense(1)";

/** How a call stands in a program; the call at the limit; beyond it; and what then is said of what was found. */
type Case = readonly [(call: string) => string, string, string, string];

const features = layer("[N, 6]");
const sequence = layer("[N, 5, 6]");
const picture = layer("[N, 8, 8, 6]");
const volume = layer("[N, 8, 8, 8, 6]");
const below0 = "at least 0, found";
const below1 = "at least 1, found";
const share = "at least 0 and less than 1, found";

const cases: readonly Case[] = [
  [features, "leaky_relu(slope: 0)", "leaky_relu(slope: -0.01)", `slope must be ${below0} slope = -0.01`],
  [features, "elu(alpha: 0)", "elu(alpha: -0.01)", `alpha must be ${below0} alpha = -0.01`],
  [features, "clip(2, 2)", "clip(2, 1)", "low must be at most high, found low = 2 and high = 1"],
  [features, "dense(1)", "dense(0)", `units must be ${below1} units = 0`],
  [features, "dropout(0)", "dropout(-0.1)", `rate must be ${share} rate = -0.1`],
  [features, "dropout(0.999)", "dropout(1)", `rate must be ${share} rate = 1`],
  [graph, "graph_conv(adjacency, 1)", "graph_conv(adjacency, 0)", `units must be ${below1} units = 0`],
  [picture, "upsample(1)", "upsample(0)", `factor must be ${below1} factor = 0`],
  [
    picture,
    'upsample(2, mode: "bilinear")',
    'upsample(2, mode: "cubic")',
    'mode: nearest or bilinear, found mode = "cubic"',
  ],
  [features, "batch_norm(decay: 0)", "batch_norm(decay: -0.1)", `decay must be ${share} decay = -0.1`],
  [features, "batch_norm(decay: 0.999)", "batch_norm(decay: 1)", `decay must be ${share} decay = 1`],
  [features, "batch_norm(eps: 1e-30)", "batch_norm(eps: 0)", "eps must be positive, found eps = 0"],
  [
    features,
    'batch_norm(statistics: "epoch")',
    'batch_norm(statistics: "epochs")',
    'statistics: average, epoch or batch, found statistics = "epochs"',
  ],
  ...["epoch", "batch"].map((statistics): Case => [
    features,
    'batch_norm(statistics: "average", decay: 0.5)',
    `batch_norm(statistics: "${statistics}", decay: 0.5)`,
    `decay is of the statistics "average" alone, found statistics = "${statistics}" and decay = 0.5`,
  ]),
  [features, "layer_norm(eps: 1e-30)", "layer_norm(eps: 0)", "eps must be positive, found eps = 0"],
  [picture, "group_norm(1)", "group_norm(0)", `groups must be ${below1} groups = 0`],
  [picture, "group_norm(6)", "group_norm(7)", "the channels must be a multiple of groups, found C = 6 and groups = 7"],
  [picture, "group_norm(2, eps: 1e-30)", "group_norm(2, eps: 0)", "eps must be positive, found eps = 0"],
  [sequence, "attention(x, x, 1)", "attention(x, x, 0)", `heads must be ${below1} heads = 0`],
  [sequence, "transformer(1, 1)", "transformer(1, 0)", `heads must be ${below1} heads = 0`],
  [sequence, "self_attention(1)", "self_attention(0)", `heads must be ${below1} heads = 0`],
  [
    sequence,
    "self_attention(6)",
    "self_attention(4)",
    "the width must be a multiple of heads, found D = 6 and heads = 4",
  ],
  [sequence, "transformer(1, 2)", "transformer(0, 2)", `depth must be ${below1} depth = 0`],
  [
    sequence,
    "transformer(1, 2, expansion: 1)",
    "transformer(1, 2, expansion: 0)",
    `expansion must be ${below1} expansion = 0`,
  ],
  [sequence, "transformer(1, 2, rate: 0)", "transformer(1, 2, rate: 1)", `rate must be ${share} rate = 1`],
  [ids, "embedding(1, 2)", "embedding(0, 2)", `count must be ${below1} count = 0`],
  [ids, "embedding(2, 1)", "embedding(2, 0)", `width must be ${below1} width = 0`],
  [
    sequence,
    "learned_positions(5)",
    "learned_positions(4)",
    "there are more places than learned_positions has vectors for, found T = 5 and max = 4",
  ],
  [layer("[N, 1, 6]"), "learned_positions(1)", "learned_positions(0)", `max must be ${below1} max = 0`],
  ...["rnn", "gru", "lstm"].map((name): Case => [
    sequence,
    `${name}(1)`,
    `${name}(0)`,
    `units must be ${below1} units = 0`,
  ]),
  [sequence, "conv1d(1, 1)", "conv1d(0, 1)", `filters must be ${below1} filters = 0`],
  [sequence, "conv1d(2, 1)", "conv1d(2, 0)", `kernel must be ${below1} kernel = 0`],
  [sequence, "conv1d(2, 1, stride: 1)", "conv1d(2, 1, stride: 0)", `stride must be ${below1} stride = 0`],
  [sequence, "conv1d(2, 1, padding: 0)", "conv1d(2, 1, padding: -1)", `padding must be ${below0} each = -1`],
  [sequence, "conv1d(2, 1, dilation: 1)", "conv1d(2, 1, dilation: 0)", `dilation must be ${below1} dilation = 0`],
  [sequence, "conv1d(2, 1, groups: 1)", "conv1d(2, 1, groups: 0)", `groups must be ${below1} groups = 0`],
  ...(
    [
      ["conv2d", 2, picture, "two"],
      ["conv3d", 3, volume, "three"],
    ] as const
  ).flatMap(([name, axes, place, word]): readonly Case[] => {
    const bad = `[${["0", ...Array.from({ length: axes - 1 }, () => "1")].join(", ")}]`;
    const good = bad.replace("0", "1");
    const both = (least: number): string => `[${Array.from({ length: axes }, () => least).join(", ")}]`;
    return [
      [place, `${name}(1, 1)`, `${name}(0, 1)`, `filters must be ${below1} filters = 0`],
      [place, `${name}(1, ${good})`, `${name}(1, ${bad})`, `kernel must be ${below1} k = ${bad}`],
      [place, `${name}(1, ${good})`, `${name}(1, [1])`, `kernel: a number or a list of ${word}, found k = [1]`],
      [place, `${name}(1, 1, stride: 1)`, `${name}(1, 1, stride: 0)`, `stride must be ${below1} s = ${both(0)}`],
      [
        place,
        `${name}(1, 1, stride: ${good})`,
        `${name}(1, 1, stride: [1])`,
        `stride: a number or a list of ${word}, found s = [1]`,
      ],
      [
        place,
        `${name}(1, 1, dilation: ${good})`,
        `${name}(1, 1, dilation: ${bad})`,
        `dilation must be ${below1} d = ${bad}`,
      ],
      [
        place,
        `${name}(1, 1, dilation: ${good})`,
        `${name}(1, 1, dilation: [1])`,
        `dilation: a number or a list of ${word}, found d = [1]`,
      ],
      [
        place,
        `${name}(1, 1, padding: 0)`,
        `${name}(1, 1, padding: -1)`,
        `padding must be ${below0} each = ${both(-1)}`,
      ],
      [
        place,
        `${name}(1, 1, padding: ${good})`,
        `${name}(1, 1, padding: [1])`,
        `padding: a number or a list of ${word}, found each = [1]`,
      ],
      [place, `${name}(1, 1, groups: 1)`, `${name}(1, 1, groups: 0)`, `groups must be ${below1} groups = 0`],
    ];
  }),
  [
    picture,
    "conv2d(4, 1, groups: 2)",
    "conv2d(4, 1, groups: 3)",
    "channels and filters must be multiples of groups, found C = 6, groups = 3 and filters = 4",
  ],
  [picture, "conv_transpose2d(1, 1)", "conv_transpose2d(0, 1)", `filters must be ${below1} filters = 0`],
  [picture, "conv_transpose2d(1, 1)", "conv_transpose2d(1, 0)", `kernel must be ${below1} k = [0, 0]`],
  [
    picture,
    "conv_transpose2d(1, 1, stride: 1)",
    "conv_transpose2d(1, 1, stride: [1, 0])",
    `stride must be ${below1} s = [1, 0]`,
  ],
  [
    picture,
    "conv_transpose2d(1, 1, padding: 0)",
    "conv_transpose2d(1, 1, padding: -1)",
    `padding must be ${below0} p = [-1, -1]`,
  ],
  [picture, "depthwise_conv2d(1)", "depthwise_conv2d(0)", `kernel must be ${below1} k = [0, 0]`],
  [picture, "depthwise_conv2d(1, stride: 1)", "depthwise_conv2d(1, stride: 0)", `stride must be ${below1} s = [0, 0]`],
  [
    picture,
    "depthwise_conv2d(1, padding: 0)",
    "depthwise_conv2d(1, padding: -1)",
    `padding must be ${below0} each = [-1, -1]`,
  ],
  [
    picture,
    "depthwise_conv2d(1, multiplier: 1)",
    "depthwise_conv2d(1, multiplier: 0)",
    `multiplier must be ${below1} multiplier = 0`,
  ],
  ...["max_pool2d", "avg_pool2d"].flatMap((name): readonly Case[] => [
    [picture, `${name}(1)`, `${name}(0)`, `size must be ${below1} k = [0, 0]`],
    [picture, `${name}([1, 1])`, `${name}([1])`, "size: a number or a list of two, found k = [1]"],
    [picture, `${name}(2, stride: 1)`, `${name}(2, stride: 0)`, `stride must be ${below1} s = [0, 0]`],
    [picture, `${name}(2, padding: 0)`, `${name}(2, padding: -1)`, `padding must be ${below0} each = -1`],
    [
      picture,
      `${name}(2, padding: "same")`,
      `${name}(2, padding: "full")`,
      'padding: a number, "same" or "valid", found padding = "full"',
    ],
  ]),
  [
    picture,
    "avg_pool2d([3, 2], stride: 1, padding: 1)",
    "avg_pool2d([3, 2], stride: 1, padding: 2)",
    "padding must be below the size: a window within it has no mean without `count_padding`, found count_padding = false, each = 2 and k = [3, 2]",
  ],
  [
    starts,
    "uniform(low: -0.1, high: 0)",
    "uniform(low: 0, high: 0)",
    "low must be less than high, found low = 0 and high = 0",
  ],
  [starts, "normal(std: 0)", "normal(std: -0.1)", `std must be ${below0} std = -0.1`],
  [starts, "small_random(scale: 0)", "small_random(scale: -0.1)", `scale must be ${below0} scale = -0.1`],
  [starts, "orthogonal(gain: 0)", "orthogonal(gain: -0.1)", `gain must be ${below0} gain = -0.1`],
  [
    trains("loss"),
    "cross_entropy(smoothing: 0)",
    "cross_entropy(smoothing: -0.1)",
    "smoothing must be between 0 and 1, found smoothing = -0.1",
  ],
  [
    trains("loss"),
    "cross_entropy(smoothing: 1)",
    "cross_entropy(smoothing: 1.1)",
    "smoothing must be between 0 and 1, found smoothing = 1.1",
  ],
  [trains("loss"), "hinge(margin: 0)", "hinge(margin: -0.1)", `margin must be ${below0} margin = -0.1`],
  [trains("loss"), "huber(delta: 0.1)", "huber(delta: 0)", "delta must be positive, found delta = 0"],
  ...["momentum", "momentum_sum", "momentum_velocity", "nesterov", "rmsprop"].flatMap((name): readonly Case[] => [
    [trains("optimizer"), `${name}(lr: 1, beta: 0)`, `${name}(lr: 1, beta: -0.1)`, `beta must be ${share} beta = -0.1`],
    [trains("optimizer"), `${name}(lr: 1, beta: 0.9)`, `${name}(lr: 1, beta: 1)`, `beta must be ${share} beta = 1`],
  ]),
  ...["rmsprop", "adagrad", "adam", "adamw"].map((name): Case => [
    trains("optimizer"),
    `${name}(lr: 1, eps: 1e-30)`,
    `${name}(lr: 1, eps: 0)`,
    "eps must be positive, found eps = 0",
  ]),
  ...["adam", "adamw"].flatMap((name) =>
    ["beta1", "beta2"].flatMap((beta): readonly Case[] => [
      [
        trains("optimizer"),
        `${name}(lr: 1, ${beta}: 0)`,
        `${name}(lr: 1, ${beta}: -0.1)`,
        `${beta} must be ${share} ${beta} = -0.1`,
      ],
      [
        trains("optimizer"),
        `${name}(lr: 1, ${beta}: 0.9)`,
        `${name}(lr: 1, ${beta}: 1)`,
        `${beta} must be ${share} ${beta} = 1`,
      ],
    ]),
  ),
  [trains("optimizer"), "adamw(lr: 1, decay: 0)", "adamw(lr: 1, decay: -0.1)", `decay must be ${below0} decay = -0.1`],
  [trains("schedule"), "inverse_time(decay: 0)", "inverse_time(decay: -0.1)", `decay must be ${below0} decay = -0.1`],
  [trains("schedule"), "exponential(rate: 0)", "exponential(rate: -0.1)", `rate must be ${below0} rate = -0.1`],
  [trains("schedule"), "inverse_sqrt(k: 0.1)", "inverse_sqrt(k: 0)", "k must be positive, found k = 0"],
  [
    trains("schedule"),
    'inverse_sqrt(per: "step")',
    'inverse_sqrt(per: "steps")',
    'per: epoch or step, found per = "steps"',
  ],
  [trains("schedule"), "staircase(every: 1)", "staircase(every: 0)", `every must be ${below1} every = 0`],
  [trains("schedule"), "staircase(factor: 0)", "staircase(factor: -0.1)", `factor must be ${below0} factor = -0.1`],
  [
    trains("schedule"),
    'staircase(per: "epoch")',
    'staircase(per: "epochs")',
    'per: epoch or step, found per = "epochs"',
  ],
  [trains("schedule"), "cosine(floor: 0)", "cosine(floor: -0.1)", `floor must be ${below0} floor = -0.1`],
  [trains("schedule"), "warmup(1)", "warmup(0)", `steps must be ${below1} steps = 0`],
  [trains("regularize"), "l1(0)", "l1(-0.1)", `rate must be ${below0} rate = -0.1`],
  [trains("regularize"), "l2(0)", "l2(-0.1)", `rate must be ${below0} rate = -0.1`],
];

test.each(cases.map(([place, at, beyond, message]) => ({ place, at, beyond, message })))(
  "$at is taken, $beyond is refused",
  ({ place, at, beyond, message }) => {
    expect(complaints(place(at))).toEqual([]);
    const refused = complaints(place(beyond));
    expect(refused).toEqual([expect.stringMatching(/^NN0320 `\w+`: /)]);
    expect(refused[0].replace(/^NN0320 `\w+`: /, "")).toBe(message);
  },
);

describe("what only exact numbers tell from the limit", () => {
  const [f32, beyond] = ["0.99999994", "0.99999999"];
  const merged = "where an f32 holds both sides of `<` as";
  const shares: readonly (readonly [(call: string) => string, string, string, string])[] = [
    [features, "dropout", "", "rate"],
    [sequence, "transformer", "1, 2, ", "rate"],
    [features, "batch_norm", "", "decay"],
    ...["momentum", "momentum_sum", "momentum_velocity", "nesterov", "rmsprop"].map(
      (name) => [trains("optimizer"), name, "lr: 1, ", "beta"] as const,
    ),
    ...["adam", "adamw"].flatMap((name) =>
      ["beta1", "beta2"].map((beta) => [trains("optimizer"), name, "lr: 1, ", beta] as const),
    ),
  ];

  test.each(shares)(
    "$1: a share that is 1 in f32 is refused, its neighbour taken: $3",
    (place, name, others, setting) => {
      const [taken, refused, longer] = [f32, beyond, `0.${"9".repeat(26)}`].map((value) =>
        complaints(place(`${name}(${others}${setting}: ${value})`)).map((text) => text.replace(/^NN0320 `\w+`: /, "")),
      );
      expect(taken).toEqual([]);
      expect(refused).toEqual([`${setting} must be ${share} ${setting} = 99999999/100000000, ${merged} 1`]);
      expect(longer).toEqual([`${setting} must be ${share} ${setting} = 1, ${merged} 1`]);
    },
  );

  test("a range that is empty in f32 is, too", () => {
    expect(complaints(starts("uniform(low: 0.5, high: 0.5000001)"))).toEqual([]);
    expect(complaints(starts("uniform(low: 0.5, high: 0.50000001)"))).toEqual([
      `NN0320 \`uniform\`: low must be less than high, found low = 0.5 and high = 50000001/100000000, ${merged} 0.5`,
    ]);
  });

  test("of a user's requirement: every part that must hold by itself", () => {
    const block = (condition: string) => `block f(x: [N], p: float, n: int) -> [N] {
  require ${condition}, "no"
  return p * x * n
}
model M(x: [N]) -> [N] = f(x, 0.99999999, 3)`;
    for (const condition of ["p < 1", "1 > p", "p != 1", "n > 0 and (p < 1 and n > 1)"])
      expect([condition, complaints(block(condition)).length]).toEqual([condition, 1]);
    for (const condition of ["p <= 1", "p < 1 or n == 3", "not (p >= 1)", "n < 4", "p < 1 + p", "p < n"])
      expect([condition, complaints(block(condition))]).toEqual([condition, []]);
    const large =
      'block f(x: [N], n: int) -> [N] {\n  require n < 16777217, "no"\n  return x * n\n}\nmodel M(x: [N]) -> [N] = f(x, 16777216)';
    expect(complaints(large)).toEqual([]);
  });
});

describe("losses of classes", () => {
  test.each(["cross_entropy", "hinge"])("%s of one output says which loss to take", (loss) => {
    expect(complaints(trains("loss", narrow)(loss))).toEqual([
      `NN0320 \`${loss}\`: expected scores of at least two classes along the last axis; for one logit there is binary_cross_entropy, found K = 1`,
    ]);
  });
});

/** Of any value: numbers that only shift. */
const unlimited = [
  "block lstm forget_bias",
  "block lstm_cell forget_bias",
  "initializer constant value",
  "initializer normal mean",
];

test("no number or word of the prelude is without a range", () => {
  const tried = (name: string, setting: string): boolean =>
    cases.some(
      ([, , beyond, message]) => beyond.startsWith(`${name}(`) && new RegExp(`\\b${setting}\\b`, "v").test(message),
    );
  const declarations = prelude
    .filter(({ file }) => file.name !== "prelude/metrics.nn")
    .flatMap(({ file }) => file.module.declarations)
    .filter((declaration): declaration is Callable => "parameters" in declaration);
  const open = declarations.flatMap((declaration) =>
    settingsOf(declaration)
      .filter(({ types }) =>
        types.some((type) => type.kind === "settingType" && ["int", "float", "string"].includes(type.name)),
      )
      .filter(({ name }) => !tried(declaration.name.text, name.text))
      .map(({ name }) => `${declaration.kind} ${declaration.name.text} ${name.text}`),
  );
  expect(open).toEqual(unlimited);
});
