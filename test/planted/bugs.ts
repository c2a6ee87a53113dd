/**
 * Planted bugs: plausible mistakes all over the compiler, each as one exact edit. The quick tests must fail with any of them.
 * Where a file changes so that an edit no longer fits, mend the edit.
 */

export interface PlantedBug {
  readonly name: string;
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly text: string;
  readonly replacement: string;
}

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: "the gradient of max reaches all that tie",
    file: "compiler/ops/reduce.ts",
    text: 'const here = builder.one("equal", [position(builder, shape, axes), first]);',
    replacement:
      'const here = builder.one("equal", [chosenFrom, spread(builder, builder.one("max", [chosenFrom], { axes }), shape, axes)]);',
  },
  {
    name: "the gradient of a quotient forgets the quotient",
    file: "compiler/ops/binary.ts",
    text: "(builder, { b, y, g }) => negate(builder, multiply(builder, divide(builder, g, b), y)),",
    replacement: "(builder, { b, g }) => negate(builder, divide(builder, g, b)),",
  },
  {
    name: "a broadcast reads the wrong axis",
    file: "compiler/ops/movement.ts",
    text: "axisIndex(axes[to[d]].name)",
    replacement: "axisIndex(axes[d].name)",
  },
  {
    name: "equal ops with other attributes are merged",
    file: "compiler/passes/cse.ts",
    text: "let name = `${op}[${printAttributes(attributes)}]`;",
    replacement: "let name = `${op}${printAttributes(attributes).length === 0}`;",
  },
  {
    name: "a choice known to be false takes the first side",
    file: "compiler/passes/rules/arithmetic.ts",
    text: "return isAll(rewriter, condition, 0) ? b : undefined;",
    replacement: "return isAll(rewriter, condition, 0) ? a : undefined;",
  },
  {
    name: "an update does not wait for those who read the old value",
    file: "compiler/fuse/order.ts",
    text: "for (const reader of others) precedence.require(writer, reader);",
    replacement: "",
  },
  {
    name: "an update is stored before the old value was read for the last time",
    file: "compiler/fuse/settle.ts",
    text: "late.push({ store, until });",
    replacement: "late.push({ store, until: position });",
  },
  {
    name: "a load at 0 counts as a load at the loop's place",
    file: "compiler/fuse/definition.ts",
    text: "return constantValue(extent) === 1 && index.terms.length === 0 && isConstant(index.constant, 0);",
    replacement: "return index.terms.length === 0 && isConstant(index.constant, 0);",
  },
  {
    name: "the lanes meet as (0+1)+(2+3)",
    file: "compiler/schedule/lanes.ts",
    text: "const [a, b, c, d] =\n",
    replacement: "const [a, c, b, d] =\n",
  },
  {
    name: "what is left of the last chunk begins one late",
    file: "compiler/schedule/reduce.ts",
    text: "const rest = { from: scaleIndex(whole, chunk), to: constantIndex(total) };",
    replacement:
      "const rest = { from: addIndex(scaleIndex(whole, chunk), constantIndex(1)), to: constantIndex(total) };",
  },
  {
    name: "the last term of a sum in lanes is forgotten where a four is incomplete",
    file: "compiler/schedule/lanes.ts",
    text: "if (left !== undefined) return add([rest.from], laneNumbers.slice(0, left));",
    replacement: "if (left !== undefined) return add([rest.from], laneNumbers.slice(0, left - 1));",
  },
  {
    name: "a scatter adds to what is there",
    file: "compiler/schedule/stages.ts",
    text: "for (const point of points) storeAt(emitter, tensor, zeroIndices[0], constantOf(dtype, 0), at(point, places));",
    replacement: "",
  },
  {
    name: "argmax takes the last of those that tie",
    file: "compiler/schedule/reduce.ts",
    text: 'value: compareOf("lessEqual", term, best)',
    replacement: 'value: compareOf("less", term, best)',
  },
  {
    name: "a buffer is free after its second use",
    file: "compiler/plan/lives.ts",
    text: "to: Math.max(before?.to ?? 0, step)",
    replacement: "to: before === undefined || before.to === before.from ? step : before.to",
  },
  {
    name: "a result lies in the place of an operand of other strides",
    file: "compiler/plan/lives.ts",
    text: "if (!haveOneShape(input, tensors[operand], tensors[output])) continue;",
    replacement: "",
  },
  {
    name: "a coefficient of exp is wrong in the fifth place",
    file: "compiler/loops/functions/exponential.ts",
    text: "0.1666652113199234",
    replacement: "0.1666752113199234",
  },
  {
    name: "TypeScript does not round products",
    file: "targets/typescript/syntax.ts",
    text: 'mul: rounded("*", Level.multiply),',
    replacement: 'mul: between("*", Level.multiply),',
  },
  {
    name: "WebAssembly compares integers without their sign",
    file: "targets/wasm/expression.ts",
    text: 'equality ? "" : "_s"',
    replacement: 'equality ? "" : "_u"',
  },
];
