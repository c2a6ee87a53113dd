/** The text of networks that are exported to PyTorch; `npm run verify:pytorch` runs them and holds their numbers to those of nnc. */
import { describe, expect, test } from "vitest";
import { moduleText } from "../../cli/export/pytorch/module-text.ts";
import { rules } from "../../cli/export/pytorch/operations.ts";
import { attributePath, localName } from "../../cli/export/pytorch/python.ts";
import { elaborateSource } from "../../compiler/front.ts";
import { operations } from "../../compiler/ops/index.ts";

function textOf(source: string, model = "M"): string {
  const { elaboration, diagnostics } = elaborateSource({ name: "net.nn", source }, { apart: true, allowOpen: true });
  if (elaboration === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return moduleText(elaboration, { docs: new Map([["M", "What it is for."]]), model, sourceName: "net.nn" });
}

/** A function or a method, without what it is set in by. */
function functionIn(text: string, name: string): string {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.trimStart().startsWith(`def ${name}(`));
  const margin = lines[start]?.search(/\S/) ?? 0;
  const behind = lines.findIndex((line, at) => at > start && line !== "" && line.search(/\S/) <= margin);
  const own = lines.slice(start, behind < 0 ? undefined : behind).map((line) => line.slice(margin));
  return `\n${own.join("\n").trimEnd()}\n`;
}

const layers = `
model M(x: [N, 4]) -> [N, 3] = x |> dense(8) |> relu |> dropout(0.5) |> dense(3)
model P(x: [N, 4]) -> [N, 3] = x |> M |> softmax
train M {
  data: csv("x.csv", target: "y")
  loss: cross_entropy
  optimizer: adam(lr: 0.01)
  schedule: inverse_time(decay: 0.5)
  batch: 8
  epochs: 2
}
`;

describe("a method of a model", () => {
  test("has a line for each layer, with what PyTorch has a name for", () => {
    expect(functionIn(textOf(layers), "predict_M")).toBe(`
def predict_M(self, x):
    """
    What it is for.
    x: [N, 4].
    """
    # M.dense
    dense = x @ self.M.dense.w + self.M.dense.b
    # M.relu
    relu = F.relu(dense)
    # M.dense_2
    dense_2 = relu @ self.M.dense_2.w + self.M.dense_2.b
    return dense_2
`);
  });

  test("calls the method of a model that it uses", () => {
    expect(functionIn(textOf(layers), "predict_P")).toBe(`
def predict_P(self, x):
    """x: [N, 4]."""
    # M.dense_2
    dense_2 = self.predict_M(x)
    # P.softmax
    softmax = torch.softmax(dense_2, -1)
    return softmax
`);
  });

  test("has a loop for a scan, which computes nothing that stands before it", () => {
    const source = `
model M(x: [N, T, 2]) -> [N, T, 3] {
  param u: [3, 3] = zeros
  let inputs = x |> dense(3)
  let (states, _) = scan r in inputs along T with h = zeros([N, 3]) {
    next h = tanh(r + h @ u)
    emit h
  }
  return states
}
`;
    expect(functionIn(textOf(source), "predict_M")).toBe(`
def predict_M(self, x):
    """
    What it is for.
    x: [N, T, 2].
    """
    N = x.shape[0]
    T = x.shape[1]
    device = x.device
    # M.dense
    dense = x @ self.M.dense.w + self.M.dense.b
    # M
    transpose = dense.permute(1, 0, 2)
    m_carry = torch.zeros((N, 3), device=device)
    m_steps = []
    for t in range(T):
        tanh = torch.tanh(transpose[t] + m_carry @ self.M.u)
        m_steps.append(tanh)
        m_carry = tanh
    transpose_2 = torch.stack(m_steps).permute(1, 0, 2)
    return transpose_2
`);
  });

  test("keeps pictures in the layout of the language", () => {
    const source = `model M(x: [N, 8, 8, 1]) -> [N, 4, 4, 2] = x |> conv2d(2, 3, padding: "same") |> max_pool2d(2)`;
    const text = textOf(source);
    expect(functionIn(text, "predict_M")).toContain(
      "conv2d = convolution(x, self.M.conv2d.w, low=(1, 1), size=(8, 8)) + self.M.conv2d.b",
    );
    expect(functionIn(text, "predict_M")).toContain("F.max_pool2d(conv2d.movedim(-1, 1), 2).movedim(1, -1)");
  });
});

describe("a step of a train", () => {
  test("is what it minimises, its loss and the states that it leaves behind", () => {
    expect(functionIn(textOf(layers), "loss_main")).toContain("log_softmax = torch.log_softmax(dense_2, -1)");
    expect(functionIn(textOf(layers), "loss_main")).toContain("return cross_entropy, cross_entropy, {}");
  });

  test("leaves states behind that are what a parameter or another state was, and none that nothing is given", () => {
    const text = textOf(`
model M(x: [N, 2]) -> [N, 2] {
  param w: [2] = ones
  state before: [2] = zeros
  state earlier: [2] = zeros
  state still: [2] = ones
  if training {
    earlier <- before
    before <- w
  }
  return x * w + earlier + still
}
train M {
  data: csv("x.csv", target: "y")
  loss: mse
  optimizer: sgd(lr: 0.1)
  batch: 4
  epochs: 1
}
`);
    expect(functionIn(text, "loss_main")).toContain(
      'return mse, mse, {"M.earlier": self.M.before, "M.before": self.M.w}',
    );
    expect(functionIn(text, "step")).toContain("{name: value.detach().clone() for name, value in states.items()}");
  });

  test("draws for the rows that a process has of a minibatch", () => {
    expect(functionIn(textOf(layers), "loss_main")).toMatch(
      /random_uniform\(self\.counters\["seed"\], self\.counters\["step"\] \+ 1, -?\d+, 0, \(N, 8\), rows=self\.rows, axis=0, device=device\)/,
    );
  });

  test("has one function for the optimiser of all parameters that move alike", () => {
    const text = textOf(layers);
    expect(functionIn(text, "adam_update")).toBe(`
def adam_update(w, g, lr, v, s, counters):
    """What becomes of a parameter and of v, s."""
    add = counters["step"] + 1
    add_2 = 0.9 * v + 0.1 * g
    add_3 = 0.999 * s + 0.001 * g * g
    sqrt = torch.sqrt(-torch.expm1(add.float() * -0.0010005002841353416))
    mul = lr * sqrt / -torch.expm1(add.float() * -0.10536051541566849) * (add_2 / (torch.sqrt(add_3) + 1e-8 * sqrt))
    return (w - mul, add_2, add_3)
`);
    expect([...text.matchAll(/def \w+_update/g)]).toHaveLength(1);
    expect(text).toContain('("M.dense.w", adam_update, ("v", "s")),');
  });

  test("sees parameters as the steps before it left them", () => {
    const source = `
model A(x: [N, 2]) -> [N, 2] = x |> dense(2, bias: false)
model M(x: [N, 2]) -> [N, 1] = x |> A |> dense(1, bias: false)
train Both(x: [N, 2]) {
  data: csv("x.csv")
  batch: 4
  epochs: 1
  step first { minimize: mean(A(x) ** 2)  update: A  optimizer: sgd(lr: 0.1) }
  step second { minimize: mean(M(x) ** 2)  update: M.dense  optimizer: sgd(lr: 0.1) }
}
`;
    const text = textOf(source);
    expect(functionIn(text, "loss_second")).toContain("@ self.A.dense.w");
    expect(text.slice(text.indexOf("STEPS = ["))).toMatch(
      /"first"[\s\S]*\("A\.dense\.w", sgd_update, \(\)\),[\s\S]*"second"[\s\S]*\("M\.dense\.w", sgd_update, \(\)\),/,
    );
  });

  test("counts by the input that its loss is divided by the sum of", () => {
    const source = `
model M(x: [N, 2]) -> [N, 1] = x |> dense(1)
loss weighted(output: [N, 1], target: [N, 1], mask: [N]) -> [] = sum(mask * (output - target)[:, 0] ** 2) / sum(mask)
train M { data: csv("x.csv", target: "y", mask: "m")  loss: weighted  optimizer: sgd(lr: 0.1)  batch: 4  epochs: 1 }
`;
    expect(textOf(source)).toContain('WEIGHS = "mask"');
  });
});

describe("names", () => {
  test("that PyTorch has itself become others, each its own", () => {
    const names = ["rows", "rows_", "rows__", "training", "_x", "x_x", "predict_M", "dense"];
    expect(names.map(attributePath)).toEqual([
      "rows_",
      "rows__",
      "rows___",
      "training_",
      "x_x",
      "xx_x",
      "xpredict_M",
      "dense",
    ]);
  });

  test("of variables are none of Python's or of the module's functions", () => {
    expect(["lambda", "random_uniform", "F", "image"].map(localName)).toEqual([
      "lambda_",
      "random_uniform_",
      "F_",
      "image",
    ]);
  });

  test("that Python reads as one are told apart", () => {
    // A ligature and its letters, the sign for micro and the Greek letter, and names that the ones made here could meet.
    const names = ["\ufb01", "fi", "\u00b5", "\u03bc", "nfkc_fi_fb01", "xnfkc_fi_fb01", "\u{1d422}\u{1d41f}"];
    for (const made of [names.map(attributePath), names.map(localName)])
      expect(made).toEqual([
        "nfkc_fi_fb01",
        "fi",
        "nfkc_\u03bc_b5",
        "\u03bc",
        "xnfkc_fi_fb01",
        "xxnfkc_fi_fb01",
        "nfkc_if_1d422_1d41f",
      ]);
    const source = `
model \u00b5(\ufb01: [N, 2], fi: [N, 2]) -> [N, 2] { param \u00aa: [2] = ones  param a: [2] = ones  return \ufb01 * \u00aa + fi * a }
model \u03bc(fi: [N, 2]) -> [N, 2] { param a: [2] = ones  return fi * a }
train Both(fi: [N, 2]) {
  data: csv("x.csv")
  batch: 4
  epochs: 1
  step \ufb01 { minimize: mean(\u03bc(fi) ** 2)  update: \u03bc  optimizer: adam(lr: 0.1) }
  step fi { minimize: mean(\u00b5(fi, fi) ** 2)  update: \u00b5  optimizer: adam(lr: 0.1) }
}
`;
    const text = textOf(source, "\u00b5");
    // What nnc calls them stands in texts and comments alone.
    const code = text.replaceAll(/"""[\s\S]*?"""|"[^"\n]*"|#.*/g, "");
    expect(code.normalize("NFKC")).toBe(code);
    const defined = [...text.matchAll(/def ((?:predict|loss|rate)_.*)\(/g)].map(([, name]) => name);
    expect(defined).toHaveLength(6);
    expect(new Set(defined).size).toBe(6);
    expect(functionIn(text, "predict_nfkc_\u03bc_b5")).toContain(
      "nfkc_fi_fb01 * self.nfkc_\u03bc_b5.nfkc_a_aa + fi * self.nfkc_\u03bc_b5.a",
    );
    expect(text).toContain('"optimizer.\ufb01.v.\u03bc.a": "optimizer.nfkc_fi_fb01.v.\u03bc.a",');
  });

  test("of parameters are told apart where they had to change", () => {
    const source = `model M(x: [N, 2]) -> [N, 2] { param training: [2] = ones  return x * training }`;
    const text = textOf(source);
    expect(text).toContain('"M.training": "M.training_",');
    expect(functionIn(text, "predict_M")).toContain("self.M.training_");
  });
});

test("every primitive has a rule", () => {
  const written = operations.map(({ name }) => name).filter((name) => name !== "input" && name !== "given");
  expect(Object.keys(rules).toSorted()).toEqual(written.toSorted());
});
