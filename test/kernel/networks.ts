/** Small training steps as graphs, written with the builder alone: what fusion is tried on. */
import { constant, symbol, type Dimension } from "../../compiler/dimension/dimension.ts";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import type { GraphOutput, InputRole, Value } from "../../compiler/graph/types.ts";
import type { ElementType } from "../../compiler/loops/types.ts";
import { gradients } from "../../compiler/passes/differentiate.ts";
import { runPasses } from "../../compiler/passes/index.ts";

export const batch = symbol("N");

/** A network under construction: short forms, and the parameters made so far. */
export class Network {
  readonly builder = new GraphBuilder();
  readonly parameters = new Map<string, Value>();

  input(name: string, shape: readonly Dimension[], dtype: ElementType = "f32", role: InputRole = "input"): Value {
    return this.builder.one("input", [], { name, role, shape, dtype });
  }

  parameter(name: string, ...sizes: readonly number[]): Value {
    const value = this.input(name, sizes.map(constant), "f32", "parameter");
    this.parameters.set(name, value);
    return value;
  }

  one(op: string, ...inputs: readonly Value[]): Value {
    return this.builder.one(op, inputs);
  }

  /** Broadcast to the shape of `like`, dimension d of `value` standing at `axes[d]`. */
  spread(value: Value, like: Value, ...axes: readonly number[]): Value {
    return this.builder.one("broadcast", [value], { shape: this.builder.typeOf(like).shape, axes });
  }

  fill(value: number, like: Value): Value {
    return this.spread(this.builder.constant(value), like);
  }

  dense(x: Value, name: string, inputs: number, units: number): Value {
    const product = this.matmul(x, this.parameter(`${name}.w`, inputs, units));
    return this.one("add", product, this.spread(this.parameter(`${name}.b`, units), product, 1));
  }

  matmul(left: Value, right: Value): Value {
    return this.builder.one("contract", [left, right], { left: [0, 1], right: [1, 2], output: [0, 2] });
  }

  relu(x: Value): Value {
    const zero = this.fill(0, x);
    return this.one("select", this.one("lessEqual", x, zero), zero, x);
  }

  sum(x: Value, ...axes: readonly number[]): Value {
    return this.builder.one("sum", [x], { axes });
  }

  mean(x: Value, ...axes: readonly number[]): Value {
    const total = this.sum(x, ...axes);
    const { shape } = this.builder.typeOf(x);
    const count = axes.map((axis) => shape[axis]).map((dimension) => this.builder.one("dimension", [], { dimension }));
    const size = count.reduce((all, one) => this.one("mul", all, one));
    return this.one("div", total, this.spread(this.builder.one("cast", [size], { dtype: "f32" }), total));
  }

  /** (x − mean) / √(variance + ε) over `axis` of a matrix. */
  normalise(x: Value, axis: 0 | 1): Value {
    const kept = 1 - axis;
    const centred = this.one("sub", x, this.spread(this.mean(x, axis), x, kept));
    const variance = this.mean(this.one("mul", centred, centred), axis);
    const deviation = this.one("sqrt", this.one("add", variance, this.fill(1e-5, variance)));
    return this.one("div", centred, this.spread(deviation, x, kept));
  }

  crossEntropy(logits: Value, target: Value): Value {
    const largest = this.one("stop_gradient", this.builder.one("max", [logits], { axes: [1] }));
    const shifted = this.one("sub", logits, this.spread(largest, logits, 0));
    const total = this.one("log", this.sum(this.one("exp", shifted), 1));
    const logarithms = this.one("sub", shifted, this.spread(total, logits, 0));
    return this.one("neg", this.mean(this.one("pick", logarithms, target), 0));
  }

  /** The step: the loss, and every parameter and its momentum moved. */
  train(loss: Value): Graph {
    const { builder } = this;
    const found = gradients(builder, loss, [...this.parameters.values()]);
    if ("kind" in found) throw new Error("not differentiable");
    const outputs: GraphOutput[] = [{ name: "loss", role: "result", value: loss }];
    const rate = this.input("lr", [], "f32", "counter");
    for (const [at, [name, w]] of [...this.parameters].entries()) {
      const g = found[at] ?? this.fill(0, w);
      const v = this.input(`optimizer.v.${name}`, builder.typeOf(w).shape, "f32", "optimizer");
      const moved = this.one("add", this.one("mul", this.fill(0.9, w), v), g);
      const step = this.one("mul", this.spread(rate, w), moved);
      outputs.push({ name: `optimizer.v.${name}`, role: "optimizer", value: moved });
      outputs.push({ name, role: "parameter", value: this.one("sub", w, step) });
    }
    return runPasses(builder.finish(outputs), { verify: true });
  }
}

/** Two dense layers with softmax and cross-entropy. */
export function perceptron(): Graph {
  const net = new Network();
  const x = net.input("x", [batch, constant(6)]);
  const target = net.input("target", [batch], "i32");
  const hidden = net.relu(net.dense(x, "first", 6, 5));
  return net.train(net.crossEntropy(net.dense(hidden, "second", 5, 4), target));
}

/** A dense layer normalised over the batch, and one normalised over each row. */
export function normalised(axis: 0 | 1): Graph {
  const net = new Network();
  const x = net.input("x", [batch, constant(6)]);
  const target = net.input("target", [batch], "i32");
  const hidden = net.relu(net.normalise(net.dense(x, "first", 6, 7), axis));
  return net.train(net.crossEntropy(net.dense(hidden, "second", 7, 4), target));
}

/** Rows of a table, chosen by ids; their gradient is a scatter. */
export function embedded(): Graph {
  const net = new Network();
  const ids = net.input("ids", [batch], "i32");
  const target = net.input("target", [batch], "i32");
  const rows = net.one("tanh", net.one("take", net.parameter("table", 4, 5), ids));
  return net.train(net.crossEntropy(net.dense(rows, "second", 5, 4), target));
}
