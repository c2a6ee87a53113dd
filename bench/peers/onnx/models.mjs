/**
 * The workloads as ONNX graphs with the weights inside, in the operators that exporters write, so that the runtime's fusions apply.
 */
import { workloads } from "../workloads.mjs";
import { encodeModel } from "./encode.mjs";

/** Bytes of the model for exactly `batch` rows of this shape, pictures and weights with their channels first. */
export function onnxModel(name, batch, shape, weights) {
  const { input, target, network } = workloads[name];
  const graph = new Graph(weights);
  const output = { layers, recurrent, transformer }[network.kind](graph, network.names, [batch, ...shape]);
  return encodeModel({
    name,
    nodes: graph.nodes,
    initializers: [...graph.initializers.values()],
    inputs: [{ name: "x", type: input.below === undefined ? "float" : "int32", shape: [batch, ...shape] }],
    outputs: [{ name: output, type: "float", shape: [batch, ...target.shape, target.classes] }],
  });
}

/** Nodes in order, each of one output with a fresh name, and the tensors that they read. */
class Graph {
  nodes = [];
  initializers = new Map();
  #weights;

  constructor(weights) {
    this.#weights = weights;
  }

  add(op, inputs, attributes) {
    const output = `t${this.nodes.length}`;
    this.nodes.push({ op, inputs, outputs: [output], attributes });
    return output;
  }

  values(name) {
    return this.#weights.get(name);
  }

  weight(name) {
    const { shape, data } = this.values(name);
    return this.#initializer({ name, type: "float", shape, data });
  }

  floats(shape, data) {
    return this.#initializer({
      name: `f${this.initializers.size}`,
      type: "float",
      shape,
      data: Float32Array.from(data),
    });
  }

  shape(sizes) {
    return this.#initializer({
      name: `s${sizes.join("_")}`,
      type: "int64",
      shape: [sizes.length],
      data: BigInt64Array.from(sizes, BigInt),
    });
  }

  #initializer(tensor) {
    this.initializers.set(tensor.name, tensor);
    return tensor.name;
  }
}

function layers(graph, names) {
  return names.reduce((x, { dense, conv, taps, norm, pool, flatten }) => {
    if (dense !== undefined) return graph.add("Gemm", [x, graph.weight(`${dense}.w`), graph.weight(`${dense}.b`)]);
    if (conv !== undefined) {
      const attributes = { kernel_shape: { ints: [taps, taps] }, pads: { ints: Array(4).fill(taps >> 1) } };
      return graph.add("Conv", [x, graph.weight(`${conv}.w`), graph.weight(`${conv}.b`)], attributes);
    }
    if (pool !== undefined)
      return graph.add("MaxPool", [x], { kernel_shape: { ints: [pool, pool] }, strides: { ints: [pool, pool] } });
    if (flatten !== undefined) return graph.add("Flatten", [x], { axis: { int: 1 } });
    if (norm === undefined) return graph.add("Relu", [x]);
    const parts = ["gamma", "beta", "running_mean", "running_var"].map((part) => graph.weight(`${norm}.${part}`));
    return graph.add("BatchNormalization", [x, ...parts], { epsilon: { float: 1e-5 } });
  }, "x");
}

/** The operator's parts are i, o, f and g, its places come first, and it has a bias of the state, too: the forget gate's constant. */
function recurrent(graph, names, [batch, places]) {
  const [w, u, b] = ["w", "u", "b"].map((part) => graph.values(`${names.lstm}.${part}`));
  const units = u.shape[0];
  const order = [0, 3, 1, 2];
  const rowsOf = ({ shape: [from], data }) =>
    order.flatMap((part) =>
      Array.from(
        { length: units * from },
        (_, at) => data[(at % from) * 4 * units + part * units + Math.floor(at / from)],
      ),
    );
  const bias = order.flatMap((part) => [...b.data.subarray(part * units, (part + 1) * units)]);
  const forget = order.flatMap((part) => Array(units).fill(part === 1 ? names.forgetBias : 0));
  const embedded = graph.add("Gather", [graph.weight(names.embedding), "x"], { axis: { int: 0 } });
  const inputs = [
    graph.add("Transpose", [embedded], { perm: { ints: [1, 0, 2] } }),
    graph.floats([1, 4 * units, w.shape[0]], rowsOf(w)),
    graph.floats([1, 4 * units, units], rowsOf(u)),
    graph.floats([1, 8 * units], [...bias, ...forget]),
  ];
  const states = graph.add("LSTM", inputs, { hidden_size: { int: units } });
  const joined = graph.add("Reshape", [states, graph.shape([places, batch, units])]);
  const ordered = graph.add("Transpose", [joined], { perm: { ints: [1, 0, 2] } });
  const product = graph.add("MatMul", [ordered, graph.weight(`${names.dense}.w`)]);
  return graph.add("Add", [product, graph.weight(`${names.dense}.b`)]);
}

function transformer(graph, names, [batch, places]) {
  const dense = (x, w, b) => graph.add("Add", [graph.add("MatMul", [x, graph.weight(w)]), graph.weight(b)]);
  const norm = (x, name) =>
    graph.add("LayerNormalization", [x, graph.weight(`${name}.gamma`), graph.weight(`${name}.beta`)], {
      axis: { int: -1 },
      epsilon: { float: 1e-5 },
    });
  const mask = graph.floats(
    [places, places],
    Array.from({ length: places ** 2 }, (_, at) => (at % places > Math.floor(at / places) ? -1e9 : 0)),
  );
  const attention = (x, { attention: name }) => {
    const width = graph.initializers.get(names.embedding).shape[1];
    const split = graph.shape([batch, places, names.heads, width / names.heads]);
    const heads = (part, perm) =>
      graph.add("Transpose", [graph.add("Reshape", [dense(x, `${name}.w_${part}`, `${name}.b_${part}`), split])], {
        perm: { ints: perm },
      });
    const [q, k, v] = [heads("q", [0, 2, 1, 3]), heads("k", [0, 2, 3, 1]), heads("v", [0, 2, 1, 3])];
    const scale = graph.floats([], [Math.sqrt(width / names.heads)]);
    const scores = graph.add("Add", [graph.add("Div", [graph.add("MatMul", [q, k]), scale]), mask]);
    const sums = graph.add("MatMul", [graph.add("Softmax", [scores], { axis: { int: -1 } }), v]);
    const joined = graph.add("Reshape", [
      graph.add("Transpose", [sums], { perm: { ints: [0, 2, 1, 3] } }),
      graph.shape([batch, places, width]),
    ]);
    return dense(joined, `${name}.w_o`, `${name}.b_o`);
  };
  const embedded = graph.add("Gather", [graph.weight(names.embedding), "x"], { axis: { int: 0 } });
  const output = names.blocks.reduce(
    (x, block) => {
      const seen = graph.add("Add", [x, attention(norm(x, block.norm1), block)]);
      const wide = graph.add("Gelu", [dense(norm(seen, block.norm2), `${block.expand}.w`, `${block.expand}.b`)]);
      return graph.add("Add", [seen, dense(wide, `${block.contract}.w`, `${block.contract}.b`)]);
    },
    graph.add("Add", [embedded, graph.weight(names.places)]),
  );
  return dense(norm(output, names.norm), `${names.dense}.w`, `${names.dense}.b`);
}
