/** What `augment` of images lists: changes by their names, `crop` with a number of pixels. They are no values of the language. */
import { badValue } from "../diagnostics/codes/train.ts";
import { label } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import type { HostSetting } from "../program/host.ts";
import type { Argument, Expression } from "../syntax/ast.ts";
import { describeExpression } from "../syntax/describe.ts";
import type { Frame } from "./frame.ts";
import { toNumber } from "./rational.ts";
import { describeValue } from "./values.ts";

/** In the words of a message. */
export const augmentations = "a list of flip, flip_vertical and crop(n), as in [flip, crop(4)]";

const changes = ["flip", "flip_vertical", "crop"];

/** The changes in their order, each once: a name, or `{ crop: pixels }`. */
export function augmentOf(written: Expression, frame: Frame): readonly HostSetting[] {
  if (written.kind !== "list") return fail(written, augmentations, describeExpression(written), frame, nameOf(written));
  const seen = new Set<string>();
  return written.items.map((item) => {
    const name = nameOf(item);
    const takesPixels = name === "crop";
    const isCall = item.kind === "call";
    if (!changes.includes(name) || takesPixels !== isCall)
      return fail(item, augmentations, describeExpression(item), frame, takesPixels || isCall ? "" : name);
    if (seen.has(name)) return fail(item, "a list with each change once", `\`${name}\` twice`, frame);
    seen.add(name);
    return item.kind === "call" ? { crop: pixelsOf(item.arguments, item, frame) } : name;
  });
}

/** A crop leaves a part of the image, and no pixel keeps a mean of its own where pixels move. */
export function checkAugment(
  places: ReadonlyMap<string, Argument>,
  settings: ReadonlyMap<string, HostSetting>,
  frame: Frame,
): void {
  const [augment, size, standardize] = ["augment", "size", "standardize"].map((key) => settings.get(key));
  const place = places.get("augment");
  if (place === undefined || !Array.isArray(augment) || augment.length === 0) return;
  const sides = Array.isArray(size) ? size.map(Number) : [];
  const crop = augment.flatMap((one: HostSetting) =>
    typeof one === "object" && "crop" in one ? [Number(one.crop)] : [],
  );
  const [most] = crop;
  if (most !== undefined && sides.some((side) => most >= side))
    fail(place.value, `a crop by fewer pixels than the image has, ${sides.join("×")}`, `crop(${most})`, frame);
  const means = places.get("standardize");
  const others = Array.isArray(standardize) ? standardize.filter((name) => name !== "target") : [];
  if (means !== undefined && (standardize === true || others.length > 0))
    frame.fail(
      badValue,
      {
        key: "standardize",
        expected: "left out or [target] beside `augment`, which moves pixels away from where their means were taken",
        found: standardize === true ? "true" : others.map(String).join(", "),
      },
      means.value.span,
      "this",
      [label(place.span, "pixels are moved here")],
      "`scale` goes with both, as in scale: 1/255; a batch_norm as the first layer centres what it gets",
    );
}

function pixelsOf([only, ...more]: readonly Argument[], call: Expression, frame: Frame): number {
  const expected = "a whole number of pixels of at least 1 alone in `crop`, as in crop(4)";
  if (only === undefined || more.length > 0 || only.label !== undefined)
    return fail(call, expected, only === undefined ? "nothing" : describeExpression(call), frame);
  const value = frame.session.evaluator.evaluate(only.value, frame);
  const pixels = value.kind === "number" ? toNumber(value.value) : NaN;
  if (Number.isSafeInteger(pixels) && pixels >= 1) return pixels;
  return fail(only.value, expected, describeValue(value), frame);
}

function nameOf(written: Expression): string {
  const callee = written.kind === "call" ? written.callee : written;
  return callee.kind === "name" ? callee.text : "";
}

function fail(written: Expression, expected: string, found: string, frame: Frame, name = ""): never {
  const help = changes.includes(name) ? undefined : didYouMean(name, changes);
  return frame.fail(badValue, { key: "augment", expected, found }, written.span, "this", [], help);
}
