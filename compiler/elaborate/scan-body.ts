/** What only the body of a `scan` may say, and what it must not: `next`, `emit`, and writing state, of which there is one for all steps. */
import { label } from "../diagnostics/diagnostic.ts";
import { carryNext, carryType, stateInScan } from "../diagnostics/codes/scans.ts";
import { printShape } from "../dimension/dimension.ts";
import { sameShape } from "../ops/emit.ts";
import type { Emit, Name, Next } from "../syntax/ast.ts";
import { broadcastShapes, fittedTo } from "./broadcast.ts";
import { Failure } from "./failure.ts";
import type { Frame } from "./frame.ts";
import type { Carried } from "./loop.ts";
import { toTensor } from "./tensors.ts";
import { describeType, elementTypeOf, type Tensor } from "./values.ts";

/** `next h = …`: the value that `h` has behind this step, and from here on. */
export function tellNext({ name, value: expression, span }: Next, frame: Frame): undefined {
  const carried = frame.loop?.carries.get(name.text);
  // The names were checked before.
  if (carried === undefined) throw new Failure();
  if (carried.next !== undefined) {
    const earlier = label(carried.next.span, "first here");
    frame.fail(carryNext, { name: name.text, found: "a second one" }, span, "again here", [earlier]);
  }
  const value = frame.session.evaluator.evaluate(expression, frame);
  const tensor = frame.at(span, () => {
    const found = toTensor({ value, span: expression.span }, frame, carried.given.type.dtype);
    return fittedTo(carried.given, found, frame) ?? failCarry(carried, found, expression.span, frame);
  });
  carried.next = { tensor, span };
}

function failCarry({ name, first, given }: Carried, found: Tensor, span: Next["span"], frame: Frame): never {
  const [expected, type] = [describeType(given.type), describeType(found.type)];
  const start = label(first.span, `it starts as ${expected} here`);
  frame.fail(carryType, { name, expected, found: type }, span, `this is ${type}`, [start], helpFor(given, found));
}

/** The edit that would mend it, where there is one. */
function helpFor(given: Tensor, found: Tensor): string | undefined {
  const [wanted, dtype] = [given.type.dtype, found.type.dtype];
  if (wanted !== dtype) return wanted === "bool" ? undefined : `convert with \`${wanted}(…)\``;
  const joined = broadcastShapes([given, found])?.shape;
  if (joined === undefined || !sameShape(joined, found.type.shape)) return undefined;
  const example = dtype === "f32" ? `, with \`zeros(${printShape(found.type.shape)})\` for example` : "";
  return `start it as ${describeType(found.type)}${example}`;
}

/** `emit h`: a part of what the scan stacks. */
export function tellEmit({ value: expression, span }: Emit, frame: Frame): undefined {
  const value = frame.session.evaluator.evaluate(expression, frame);
  const tensor = frame.at(span, () => toTensor({ value, span: expression.span }, frame, elementTypeOf(value)));
  frame.loop?.emits.push({ tensor, span });
}

/** Refuses `<-` in a scan's body, and in whatever is called from there. */
export function refuseInLoop({ text, span }: Name, frame: Frame): void {
  if (frame.loop === undefined) return;
  frame.fail(stateInScan, { name: text, owner: frame.body.name }, span, "written at each step");
}
