/** Draws, derivatives and what is known about a value at compile time. */
import { notDifferentiable } from "../../diagnostics/codes/shapes.ts";
import { label } from "../../diagnostics/diagnostic.ts";
import type { Value } from "../../graph/types.ts";
import { fillLike } from "../../ops/emit.ts";
import { streamOf } from "../paths.ts";
import { isWhole } from "../rational.ts";
import { boolValue, describeType, describeValue, numberValue, type Evaluated } from "../values.ts";
import type { BuiltinCall, Rule, Rules } from "./call.ts";

/** The key of a draw: the place of the call; in an initialiser, the parameter's path. */
function drawPath(call: BuiltinCall): string {
  const {
    home,
    body: {
      owner,
      storage: { draws },
    },
  } = call.frame;
  if (draws === undefined) return home.child(call.span.from, call.name).drawKey;
  draws.count += 1;
  return draws.count === 1 ? owner.path : `${owner.path}.${draws.count}`;
}

/** Uniform in [0, 1): 24 bits of one word of Threefry; in a scan, others at each step. */
function uniform(
  shape: ReturnType<BuiltinCall["shape"]>["shape"],
  stream: number,
  word: 0 | 1,
  call: BuiltinCall,
): Value {
  const { entry, builder } = call;
  const { loop } = call.frame;
  const counter = entry.training ? entry.position("step") : builder.constant(0, "i32");
  const inputs = [entry.counter("seed"), counter];
  if (loop === undefined) return builder.one("random_uniform", inputs, { shape, word, stream });
  const repeated = [...inputs, loop.stepNumber(builder)];
  return builder.one("random_uniform", repeated, { shape, word, stream, repeated: true });
}

function randomUniform(call: BuiltinCall): Evaluated {
  const { shape, labels } = call.shape("shape");
  return call.frame.at(call.span, () => call.entry.tensor(uniform(shape, streamOf(drawPath(call)), 0, call), labels));
}

/** Box & Muller 1958, with log(1 − u), which is finite for u in [0, 1). */
function randomNormal(call: BuiltinCall): Evaluated {
  const { shape, labels } = call.shape("shape");
  return call.frame.at(call.span, () => {
    const { builder } = call;
    const stream = streamOf(drawPath(call));
    const [u, v] = [uniform(shape, stream, 0, call), uniform(shape, stream, 1, call)];
    const radius = builder.one("sqrt", [
      builder.one("mul", [
        fillLike(builder, u, -2),
        builder.one("log", [builder.one("sub", [fillLike(builder, u, 1), u])]),
      ]),
    ]);
    const angle = builder.one("cos", [builder.one("mul", [fillLike(builder, v, 2 * Math.PI), v])]);
    return call.entry.tensor(builder.one("mul", [radius, angle]), labels);
  });
}

function stopGradient(call: BuiltinCall): Evaluated {
  const tensor = call.tensor("x");
  return call.frame.at(call.span, () => ({ ...tensor, value: call.builder.one("stop_gradient", [tensor.value]) }));
}

function grad(call: BuiltinCall): Evaluated {
  const [y, x] = [call.tensor("y"), call.tensor("wrt")];
  if (y.type.shape.length > 0 || y.type.dtype !== "f32") {
    call.frame.fail(
      notDifferentiable,
      { problem: `expected a scalar to differentiate, found ${describeType(y.type)}` },
      call.spanOf("y"),
      `this is ${describeType(y.type)}`,
      [],
      "sum it up: `grad(sum(…), wrt: …)`",
    );
  }
  const found = call.frame.at(call.span, () =>
    call.frame.session.evaluator.gradients(call.builder, y.value, [x.value]),
  );
  if ("kind" in found) {
    const more = found.node.span === undefined ? [] : [label(found.node.span, `\`${found.node.op}\` stands between`)];
    return call.frame.fail(
      notDifferentiable,
      { problem: `\`${found.node.op}\` has none` },
      call.spanOf("wrt"),
      "with respect to this",
      more,
    );
  }
  const [gradient] = found;
  if (gradient === undefined)
    return call.frame.fail(
      notDifferentiable,
      { problem: "the first does not depend on the second" },
      call.spanOf("wrt"),
      "with respect to this",
    );
  return { ...x, value: gradient };
}

function rank(call: BuiltinCall): Evaluated {
  return numberValue(call.tensor("x").type.shape.length);
}

function isInteger(call: BuiltinCall): Evaluated {
  const { value } = call.operand("x");
  if (value.kind === "tensor") return boolValue(value.type.dtype === "i32");
  return boolValue(value.kind === "dimension" || (value.kind === "number" && isWhole(value.value)));
}

function isKind(kind: "string" | "list"): Rule {
  return (call) => boolValue(call.operand("x").value.kind === kind);
}

function length(call: BuiltinCall): Evaluated {
  const { value, span } = call.operand("x");
  return value.kind === "list" ? numberValue(value.items.length) : call.fail("a list", describeValue(value), span);
}

export const otherRules = {
  random_uniform: randomUniform,
  random_normal: randomNormal,
  stop_gradient: stopGradient,
  grad,
  rank,
  is_integer: isInteger,
  is_string: isKind("string"),
  is_list: isKind("list"),
  length,
} satisfies Rules;
