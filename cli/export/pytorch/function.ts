/**
 * The body of a Python function from a graph: a line for what is used several times or grows long, the rest within the lines that use it, and
 * a comment where another layer begins.
 */
import { InternalError } from "../../../compiler/diagnostics/diagnostic.ts";
import type { Dimension } from "../../../compiler/dimension/dimension.ts";
import { stringOf } from "../../../compiler/graph/attributes.ts";
import { keyOf } from "../../../compiler/graph/graph.ts";
import { scanParts } from "../../../compiler/graph/region.ts";
import type { GraphNode, Region, TensorType, Value } from "../../../compiler/graph/types.ts";
import { UniqueNames } from "../../../compiler/program/unique-names.ts";
import { Call, type Operand, type Surroundings } from "./call.ts";
import { sizeText } from "./dimensions.ts";
import { formOf, type Form } from "./forms.ts";
import type { HelperName } from "./helpers.ts";
import { rules } from "./operations.ts";
import type { NodeOf } from "./pattern.ts";
import { level, localName, tensorText, tuple, type Text } from "./python.ts";

/** What stands around the functions of a module. */
export interface FunctionOptions {
  /** How what the graph reads is written. */
  readonly inputText: (name: string) => Text;
  /** The names of its arguments, with what they are, in order; sizes are read off them. */
  readonly parameters: readonly { readonly name: string; readonly type: TensorType }[];
  /** Further names that it has. */
  readonly taken: readonly string[];
  /** Where new tensors are made if no argument says it. */
  readonly device: string;
  readonly rows?: string | undefined;
  readonly helpers: Set<HelperName>;
  /** Whether layers are told apart, by lines of their own, their names and comments. */
  readonly comments: boolean;
  /** What a node is the answer of, if it is that of another method. */
  readonly calls?: (node: GraphNode, nodeOf: NodeOf) => Form | undefined;
}

export interface FunctionBody {
  readonly lines: readonly string[];
  /** The outputs, in order, as expressions. */
  readonly results: readonly string[];
}

/** Longer expressions get a line of their own. */
const longest = 88;

/** The lines that compute the outputs of a graph. */
export function functionBody(graph: Region, options: FunctionOptions): FunctionBody {
  const writer = new FunctionWriter(options);
  const block = new Block(writer, graph, [], "");
  const lines = block.write();
  const results = graph.outputs.map(({ value }) => block.whole(value));
  return { lines: [...writer.head(), ...lines], results };
}

/** What all blocks of a function share. */
class FunctionWriter implements Surroundings {
  readonly options: FunctionOptions;
  readonly names: UniqueNames;
  readonly #sizes = new Map<string, string>();
  #usesDevice = false;
  /** Of the layer that the last line belongs to. */
  path = "";

  constructor(options: FunctionOptions) {
    this.options = options;
    this.names = new UniqueNames([...options.parameters.map(({ name }) => name), ...options.taken]);
    this.names.reserve("device");
  }

  get rows(): string | undefined {
    return this.options.rows;
  }

  readonly use = (helper: HelperName): string => {
    this.options.helpers.add(helper);
    return helper;
  };

  readonly size = (dimension: Dimension): Text => sizeText(dimension, (symbol) => this.#sizeName(symbol));

  #sizeName(symbol: string): string {
    const known = this.#sizes.get(symbol);
    if (known !== undefined) return known;
    const name = this.names.take(localName(symbol));
    this.#sizes.set(symbol, name);
    return name;
  }

  readonly device = (): string => {
    this.#usesDevice = true;
    return "device";
  };

  /** The lines that name sizes and the device. */
  head(): readonly string[] {
    const { parameters, device } = this.options;
    const sizes = [...this.#sizes].map(([symbol, name]) => `${name} = ${this.#measured(symbol)}`);
    const [first] = parameters;
    const place = first === undefined ? device : `${first.name}.device`;
    return [...sizes, ...(this.#usesDevice ? [`device = ${place}`] : [])];
  }

  #measured(symbol: string): string {
    for (const { name, type } of this.options.parameters) {
      const axis = type.shape.findIndex(({ key }) => key === symbol);
      if (axis >= 0) return `${name}.shape[${axis}]`;
    }
    throw new InternalError("export", `no input has the size ${symbol} as an axis of its own`);
  }
}

/** How a node comes about: a text over operands. */
interface Step {
  readonly node: GraphNode;
  readonly operands: readonly Value[];
  readonly write: (call: Call) => Text;
}

/** The lines of a graph or of a scan's region. */
class Block {
  readonly #writer: FunctionWriter;
  readonly #region: Region;
  readonly #given: readonly Text[];
  readonly #margin: string;
  readonly #nodes: ReadonlyMap<number, GraphNode>;
  readonly #texts = new Map<string, Text>();
  readonly #uses = new Map<string, number>();
  /** Of the layer that uses a value, where one does. */
  readonly #users = new Map<string, string>();

  constructor(writer: FunctionWriter, region: Region, given: readonly Text[], margin: string) {
    this.#writer = writer;
    this.#region = region;
    this.#given = given;
    this.#margin = margin;
    this.#nodes = new Map(region.nodes.map((node) => [node.id, node]));
  }

  readonly nodeOf = ({ node }: Value): GraphNode => {
    const found = this.#nodes.get(node);
    if (found === undefined) throw new InternalError("export", `there is no node %${node}`);
    return found;
  };

  operand(value: Value): Operand {
    const text = this.#texts.get(keyOf(value));
    if (text === undefined) throw new InternalError("export", `%${value.node} was not written`);
    return { text, type: this.nodeOf(value).outputs[value.output] };
  }

  write(): readonly string[] {
    this.#give();
    return this.#steps().flatMap((step) => this.#line(step));
  }

  #give(): void {
    const given = this.#region.nodes.filter(({ op }) => op === "given");
    for (const [at, { id }] of given.entries()) this.#texts.set(keyOf({ node: id, output: 0 }), this.#given[at]);
  }

  /** What the outputs need, in order; forms take nodes into themselves. */
  #steps(): readonly Step[] {
    const needed = new Set(this.#region.outputs.map(({ value }) => value.node));
    for (const { value } of this.#region.outputs) this.#count(value);
    const steps: Step[] = [];
    for (const node of this.#region.nodes.toReversed()) {
      if (!needed.has(node.id) || node.op === "given") continue;
      const form = node.region === undefined ? this.#formOf(node) : undefined;
      const operands = form?.operands ?? node.inputs;
      const write = form?.write ?? rules[node.op] ?? unwritable;
      steps.push({ node, operands, write });
      for (const value of operands) {
        needed.add(value.node);
        this.#count(value);
        this.#users.set(keyOf(value), node.path);
        // What a loop takes is computed before it, not in each turn.
        if (node.region !== undefined) this.#count(value);
      }
    }
    return steps.reverse();
  }

  #formOf(node: GraphNode): Form | undefined {
    return this.#writer.options.calls?.(node, this.nodeOf) ?? formOf(node, this.nodeOf);
  }

  #count(value: Value): void {
    this.#uses.set(keyOf(value), (this.#uses.get(keyOf(value)) ?? 0) + 1);
  }

  #line(step: Step): readonly string[] {
    const { node, operands, write } = step;
    if (node.region !== undefined) return this.#loop(node);
    const own = keyOf({ node: node.id, output: 0 });
    if (node.op === "input") {
      this.#texts.set(own, this.#writer.options.inputText(stringOf(node.attributes, "name")));
      return [];
    }
    const call = new Call(
      node.attributes,
      node.outputs[0],
      operands.map((value) => this.operand(value)),
      this.#writer,
    );
    const text = write(call);
    if (this.#staysWithin(own, node, text)) {
      this.#texts.set(own, text);
      return [];
    }
    const name = this.#name(node);
    this.#texts.set(own, { ...tensorText(name, level.call, text.whole) });
    return [...this.#comment(node), `${this.#margin}${name} = ${text.code}`];
  }

  /** Whether a text stands where it is used: numbers and names always, others where their own layer uses them once and they are short. */
  #staysWithin(key: string, { path }: GraphNode, { code, number }: Text): boolean {
    if (number || /^[\w.[\]"]+$/.test(code)) return true;
    if (this.#writer.options.comments && this.#users.get(key) !== path) return false;
    return this.#uses.get(key) === 1 && code.length <= longest;
  }

  #name({ path, op }: GraphNode): string {
    const parts = path.split(".");
    const last = parts.findLast((part) => !/^\d/.test(part)) ?? op;
    const isOfLayer = this.#writer.options.comments && parts.length > 1;
    return this.#writer.names.take(localName(isOfLayer ? last : op.toLowerCase()));
  }

  #comment({ path }: GraphNode): readonly string[] {
    if (!this.#writer.options.comments || path === this.#writer.path || path === "") return [];
    this.#writer.path = path;
    return [`${this.#margin}# ${path}`];
  }

  /** A scan as a loop of Python. */
  #loop(node: GraphNode): readonly string[] {
    const { length, reversed, slices, carries, emits, region } = scanParts(node);
    const { names } = this.#writer;
    const inputs = node.inputs.map((value) => this.operand(value));
    const base = localName(node.path.split(".").at(-1) ?? "scan").toLowerCase();
    const at = names.take("t");
    const stacks = inputs.slice(0, slices).map((operand) => this.#whole(operand));
    const carried = Array.from({ length: carries }, () => names.take(`${base}_carry`));
    const lists = Array.from({ length: emits }, () => names.take(`${base}_steps`));
    const given = [
      ...stacks.map((stack) => tensorText(`${stack}[${at}]`)),
      ...carried.map((name) => tensorText(name)),
      ...inputs.slice(slices + carries).map(({ text }) => text),
    ];
    const inner = new Block(this.#writer, region, given, `${this.#margin}    `);
    const comment = this.#comment(node);
    const starts = inputs.slice(slices, slices + carries).map((operand) => this.#whole(operand));
    const body = inner.write();
    const results = region.outputs.map(({ value }) => inner.whole(value));
    const range = `range(${this.#writer.size(length).code})`;
    for (const [output, name] of [...lists, ...carried].entries())
      this.#texts.set(
        keyOf({ node: node.id, output }),
        tensorText(output < emits ? `torch.stack(${name}${reversed ? "[::-1]" : ""})` : name),
      );
    const deeper = `${this.#margin}    `;
    return [
      ...comment,
      ...carried.map((name, index) => `${this.#margin}${name} = ${starts[index]}`),
      ...lists.map((name) => `${this.#margin}${name} = []`),
      `${this.#margin}for ${at} in ${reversed ? `reversed(${range})` : range}:`,
      ...body,
      ...lists.map((name, index) => `${deeper}${name}.append(${results[index]})`),
      ...(carries === 0 ? [] : [`${deeper}${carried.join(", ")} = ${results.slice(emits).join(", ")}`]),
      ...lists.flatMap((name, index) => {
        const key = keyOf({ node: node.id, output: index });
        if ((this.#uses.get(key) ?? 0) < 2) return [];
        this.#texts.set(key, tensorText(name));
        return [`${this.#margin}${name} = torch.stack(${name}${reversed ? "[::-1]" : ""})`];
      }),
    ];
  }

  /** The value as an expression of its own shape. */
  whole(value: Value): string {
    return this.#whole(this.operand(value));
  }

  #whole(operand: Operand): string {
    return new Call({}, operand.type, [operand], this.#writer).whole(0, 0);
  }
}

function unwritable({ output }: Call): Text {
  throw new InternalError("export", `a primitive without a rule makes ${tuple(output.shape.map(({ key }) => key))}`);
}
