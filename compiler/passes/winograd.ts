/**
 * Winograd's minimal filtering (Lavin & Gray 2015, arXiv:1509.09308): a convolution of 3 × 3 taps over pictures, or its gradient by
 * the input, becomes transforms of kernel and tiles, one product for each element of a tile, and a transform back. Chosen from
 * closed shapes alone, so every target computes the same; values change by roundings. Before and after:
 *
 *     %2 = conv[missing: "output", …](%0, %1)      %2 = tiles[matrix: G, …](%1) : f32[1, 36, 1, 1, 32, 32]
 *                                                  %3 = reshape(%2) : f32[36, 32, 32]
 *                                                  %4 = tiles[matrix: Bᵀ, …](%0) : f32[N, 8, 36, 1, 8, 32]
 *                                                  %5 = contract[abcdef,cfg->abcdeg](%4, %3)
 *                                                  %6 = untile[matrix: Aᵀ, …](%5) : f32[N, 32, 32, 32]
 */
import { constant, constantValue, isConstant } from "../dimension/dimension.ts";
import { dimensionOf, dimensionsOf, numbersOf, stringOf } from "../graph/attributes.ts";
import type { Graph } from "../graph/graph.ts";
import type { GraphNode, Value } from "../graph/types.ts";
import type { Builder } from "../ops/define.ts";
import { reshape, sameShape, transpose, type Shape } from "../ops/emit.ts";
import { copy, rebuild, type Pass } from "./pass.ts";
import { bestForm, taps, type Form, type Layer } from "./winograd-forms.ts";

export const winograd: Pass = {
  name: "winograd",
  description: "Convolves with 3 × 3 taps by fewer products where the shapes make it pay; values change by roundings.",
  run: (graph) => {
    if (!hasTiles(graph)) return graph;
    return rebuild(graph, (node, inputs, builder) => {
      const tiled = tiledOf(node, inputs, builder);
      return tiled === undefined ? copy(node, inputs, builder) : [byTiles(builder, tiled.found, tiled.form)];
    });
  },
};

/** Whether the pass has anything to do in a graph. */
export function hasTiles(graph: Graph): boolean {
  return graph.nodes.some((node) => tiledOf(node, node.inputs, graph) !== undefined);
}

type Types = Pick<Builder, "typeOf">;

interface Tiled {
  readonly found: Convolution;
  readonly form: Form;
}

/** Undefined where it is no such convolution, or none that pays. */
function tiledOf(node: GraphNode, inputs: readonly Value[], types: Types): Tiled | undefined {
  const found = node.op === "conv" ? convolutionOf(node, inputs, types) : undefined;
  const form = found && bestForm(found.layer);
  return found && form && { found, form };
}

/** y[n, i, j, f] = Σ a, b, c: x[n, i + a − low, j + b − low, c] · w[a, b, c, f]. */
export interface Convolution {
  readonly layer: Layer;
  readonly x: Value;
  readonly w: Value;
  readonly low: readonly number[];
  /** A gradient by the input: w has the taps in the other direction, and f before c. */
  readonly turned: boolean;
}

/** Undefined where it has not 3 × 3 taps, one by one, over all channels at closed sizes. */
function convolutionOf(
  { attributes, outputs: [{ shape }] }: GraphNode,
  operands: readonly Value[],
  types: Types,
): Convolution | undefined {
  const missing = stringOf(attributes, "missing");
  const turned = missing === "input";
  const [x, w] = turned ? [operands[1], operands[0]] : operands;
  const kernel = types.typeOf(w).shape;
  const steps = ["stride", "dilation", "input_dilation"].flatMap((name) => numbersOf(attributes, name));
  const isPlain = steps.every((step) => step === 1) && isConstant(dimensionOf(attributes, "groups"), 1);
  const threeByThree = kernel.length === 4 && kernel.slice(0, 2).every((size) => isConstant(size, taps));
  if (missing === "kernel" || !isPlain || !threeByThree) return undefined;
  const low = known(dimensionsOf(attributes, "low"));
  const made = known(shape.slice(1));
  const taken = known(types.typeOf(x).shape.slice(1));
  if (low === undefined || made === undefined || taken === undefined) return undefined;
  const [height, width, to] = made;
  const layer: Layer = { height, width, from: taken[2], to };
  return { layer, x, w, low: turned ? low.map((before) => taps - 1 - before) : low, turned };
}

/** The numbers of closed sizes. */
function known(sizes: Shape): readonly number[] | undefined {
  const numbers = sizes.flatMap((size) => constantValue(size) ?? []);
  return numbers.length === sizes.length ? numbers : undefined;
}

/** Labels of the product: the batch, a block of rows of tiles, an element of a tile, a row, a tile, channels from and to. */
const product = { left: [0, 1, 2, 3, 4, 5], right: [2, 5, 6], output: [0, 1, 2, 3, 4, 6] };

/** The convolution in a form, whether or not it pays. */
export function byTiles(builder: Builder, { layer, x, w, low, turned }: Convolution, form: Form): Value {
  const { height, width, from, to } = layer;
  const { outputs, input, kernel, output } = form;
  const matrix = turned ? kernel.map((row) => row.toReversed()) : kernel;
  const ordered = turned ? transpose(builder, w, [0, 1, 3, 2]) : w;
  const elements = input.length ** 2;
  const single = { matrix, axis: 0, step: 1, low: [0, 0], count: [1, 1], rows: 1 };
  const products = reshape(builder, builder.one("tiles", [ordered], single), [elements, from, to].map(constant));
  const count = [height, width].map((size) => Math.ceil(size / outputs));
  const place = { axis: 1, count, rows: rowsOf(count, elements * (from + to)) };
  const cut = builder.one("tiles", [x], { ...place, matrix: input, step: outputs, low });
  const sums = builder.one("contract", [cut, products], product);
  const picture = builder.one("untile", [sums], { ...place, matrix: output });
  return cropped(builder, picture, [height, width]);
}

/** Fewer tiles than this in a row would leave the product without work for its registers … */
const fewestTiles = 6;
/** … so that all rows of a small picture lie together, while their elements are so few that they stay near. */
const mostElements = 100_000;

/** `each` are the elements that a tile has before and after the product. */
function rowsOf([along, across]: readonly number[], each: number): number {
  return across < fewestTiles && along * across * each <= mostElements ? along : 1;
}

/** The picture without what the last tiles have beyond it. */
function cropped(builder: Builder, picture: Value, size: readonly number[]): Value {
  const { shape } = builder.typeOf(picture);
  const wanted = [shape[0], ...size.map(constant), shape[3]];
  if (sameShape(shape, wanted)) return picture;
  return builder.one("slice", [picture], { start: [0, 0, 0, 0].map(constant), size: wanted, step: [1, 1, 1, 1] });
}
