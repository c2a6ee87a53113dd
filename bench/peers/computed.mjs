/**
 * How many floating-point operations nnc's kernels take in the form that the compiler chose: those of products, which the ceiling is held against
 * where Winograd's algorithm makes fewer of them than the direct form has, and all of them, without which no code for this form does. Read off
 * the kernels, not off the layers.
 */

/** Of an entry at these sizes of the open dimensions: two for each term of a sum of products, one for each addition or multiplication of a transform. */
export function computedOperations(built, entry, sizes) {
  return overKernels(built, entry, sizes, (stages) => ofStages(stages, sizes, false));
}

/** Whatever the entry computes of floats, functions written out: an operation each, and two for each term of a sum of products. */
export function allOperations(built, entry, sizes) {
  return overKernels(built, entry, sizes, (stages) => allOfStages(stages, sizes));
}

function overKernels({ kernels, program }, entry, sizes, countOf) {
  const steps = callsWithTimes(program.entries.find(({ name }) => name === entry).steps, sizes, 1);
  return kernels
    .get(entry)
    .reduce((sum, { grid, stages }, at) => sum + steps[at] * extentOf(grid, sizes) * countOf(stages), 0);
}

function allOfStages(stages, sizes) {
  return stages.reduce((sum, stage) => {
    const points = stage.over === undefined ? 1 : extentOf(stage.over, sizes);
    if (stage.kind === "nest") return sum + points * allOfStages(stage.stages, sizes);
    const values = [...(stage.lets ?? []).map(({ value }) => value), ...valuesOf(stage)];
    const each = values.reduce((count, value) => count + operationsOf(value), (stage.results ?? []).length);
    return sum + points * each;
  }, 0);
}

/** What a stage computes at each point, but for its lets. */
function valuesOf(stage) {
  switch (stage.kind) {
    case "reduce":
      return stage.results.map(({ value }) => value);
    case "sweep":
      return stage.stores.map(({ value }) => value);
    case "store":
      return [stage.store.value];
    default:
      return [stage.value];
  }
}

/** Of a tree of floats, with what it chooses by; of places none. A function is what its definition computes. */
function operationsOf(scalar) {
  const { kind, dtype } = scalar;
  const own = dtype === "f32" && ["unary", "binary", "select"].includes(kind) ? 1 : 0;
  const body = kind === "call" ? bodyOf(scalar.function.definition) : 0;
  return partsOf(scalar).reduce((sum, part) => sum + operationsOf(part), own + body);
}

const bodyOf = ({ lets, result }) =>
  lets.reduce((sum, { value }) => sum + operationsOf(value), operationsOf(result));

function partsOf(scalar) {
  switch (scalar.kind) {
    case "unary":
    case "cast":
      return [scalar.value];
    case "binary":
    case "compare":
      return [scalar.left, scalar.right];
    case "select":
      return [scalar.condition, scalar.whenTrue, scalar.otherwise];
    case "call":
      return scalar.arguments;
    default:
      return [];
  }
}

/** How often each call of the entry takes place, in the order of the text, which is that of its kernels. */
function callsWithTimes(steps, sizes, times) {
  return steps.flatMap((step) =>
    step.kind === "loop" ? callsWithTimes(step.steps, sizes, times * valueOf(step.extent, sizes)) : [times],
  );
}

/** Within a nest all arithmetic counts: what stands around a product there are Winograd's transforms. */
function ofStages(stages, sizes, nested) {
  return stages.reduce((sum, stage) => sum + ofStage(stage, sizes, nested), 0);
}

function ofStage(stage, sizes, nested) {
  const points = stage.over === undefined ? 1 : extentOf(stage.over, sizes);
  if (stage.kind === "nest") return points * ofStages(stage.stages, sizes, true);
  if (stage.kind === "reduce" && stage.results.some(isProduct))
    return points * 2 * stage.results.filter(isProduct).length;
  if (!nested) return 0;
  const values = [...(stage.lets ?? []).map(({ value }) => value), ...(stage.kind === "reduce" ? [] : valuesOf(stage))];
  return points * values.reduce((sum, value) => sum + arithmetic(value), 0);
}

const isProduct = ({ combine, value }) => combine === "sum" && multiplies(value);
const multiplies = (scalar) =>
  (scalar.kind === "binary" && scalar.operator === "mul") ||
  (scalar.kind === "select" && (multiplies(scalar.whenTrue) || multiplies(scalar.otherwise)));

const counted = ["add", "sub", "mul"];

function arithmetic(scalar) {
  const own = scalar.kind === "binary" && scalar.dtype === "f32" && counted.includes(scalar.operator) ? 1 : 0;
  const parts = { binary: ["left", "right"], unary: ["value"], select: ["whenTrue", "otherwise"] }[scalar.kind] ?? [];
  return parts.reduce((sum, part) => sum + arithmetic(scalar[part]), own);
}

const extentOf = (axes, sizes) => axes.reduce((product, { extent }) => product * valueOf(extent, sizes), 1);

/** A dimension's value: a sum of products of symbols and quotients, which round down. */
function valueOf({ monomials }, sizes) {
  return monomials.reduce(
    (sum, { coefficient, atoms }) => sum + atoms.reduce((product, atom) => product * atomOf(atom, sizes), coefficient),
    0,
  );
}

/** A number of chunks, ⌈n / d⌉ = ⌊(n + d − 1) / d⌋, is n / d: the last chunk's loop ends where its terms do. */
function atomOf(atom, sizes) {
  if (atom.kind === "symbol") return sizes[atom.name];
  const [numerator, denominator] = [atom.numerator, atom.denominator].map((dimension) => valueOf(dimension, sizes));
  const added = atom.numerator.monomials.find(({ atoms }) => atoms.length === 0)?.coefficient;
  return added === denominator - 1 ? (numerator - added) / denominator : Math.floor(numerator / denominator);
}
