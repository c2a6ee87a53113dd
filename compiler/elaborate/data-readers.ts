/** The readers of data and their settings, and what can be told of each setting without a file. */
import type { HostSetting } from "../program/host.ts";
import type { Expression } from "../syntax/ast.ts";
import { augmentations } from "./data-augment.ts";

/** What a setting may be; `written` tells `100%` from `1`. */
export interface Kind {
  readonly expected: string;
  readonly fits: (value: HostSetting, written: Expression) => boolean;
}

export const text: Kind = {
  expected: "the path of a file",
  fits: (value) => typeof value === "string" && value !== "",
};
/** Of rows that may lie in several files. */
const paths: Kind = {
  expected: "the path of a file, or a list of them",
  fits: (value, written) =>
    text.fits(value, written) ||
    (Array.isArray(value) && value.length > 0 && value.every((one) => text.fits(one, written))),
};
const count: Kind = {
  expected: "a whole number of at least 1",
  fits: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
};

export const columns: Kind = {
  expected: "the name of a column, a pattern or a list of them",
  fits: (value) =>
    typeof value === "string" ||
    (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string")),
};

/** The settings that mean the same with every reader. All others name an input or the target. */
export const general: ReadonlyMap<string, Kind> = new Map([
  ["path", text],
  ["inputs", columns],
  ["test", text],
  [
    "scale",
    {
      expected: "a number other than 0 that an f32 holds",
      fits: (value) => typeof value === "number" && Number.isFinite(Math.fround(value)) && Math.fround(value) !== 0,
    },
  ],
  [
    "standardize",
    {
      expected: "true, false or a list of inputs, as in [x, target]",
      fits: (value) => typeof value === "boolean",
    },
  ],
  [
    "holdout",
    { expected: "a part between 0% and 100%, a number of rows, or the last of them, as in last(20%)", fits: isHoldout },
  ],
  ["window", count],
  ["stride", count],
  ["vocabulary", count],
]);

export interface Reader {
  /** The settings without which it cannot read. */
  readonly needed: readonly string[];
  /** The others of its own. */
  readonly others: readonly string[];
  /** Settings that only it has, beside which another reader's input may have such a name. */
  readonly special?: ReadonlyMap<string, Kind>;
  /** What a setting with another name is: the columns, or the file, of the input or target of that name. */
  readonly field: Kind | undefined;
}

export const readers: ReadonlyMap<string, Reader> = new Map([
  [
    "csv",
    {
      needed: ["path"],
      others: ["inputs", "header", "scale", "standardize", "holdout", "test"],
      special: new Map([
        ["path", paths],
        ["header", { expected: "true or false", fits: (value) => typeof value === "boolean" }],
      ]),
      field: columns,
    },
  ],
  ["idx", { needed: [], others: ["scale", "standardize", "holdout", "test"], field: text }],
  ["npy", { needed: [], others: ["scale", "standardize", "holdout", "test"], field: text }],
  [
    "images",
    {
      needed: ["path", "size"],
      others: ["channels", "augment", "scale", "standardize", "holdout", "test"],
      special: new Map([
        ["path", { ...text, expected: "the path of a folder, or of a list in CSV" }],
        ["size", { expected: "a height and a width, as in [32, 32]", fits: isSize }],
        ["channels", { expected: "1, 3 or 4", fits: (value) => value === 1 || value === 3 || value === 4 }],
        ["augment", { expected: augmentations, fits: () => true }],
      ]),
      field: columns,
    },
  ],
  ["text", { needed: ["path", "window", "vocabulary"], others: ["stride", "holdout", "test"], field: undefined }],
  ["arrays", { needed: [], others: ["scale", "test"], field: text }],
  ["given", { needed: [], others: ["scale", "standardize", "holdout"], field: undefined }],
]);

/** The kind of a setting with this name, of this reader. */
export function kindOf({ special }: Reader, key: string): Kind | undefined {
  return special?.get(key) ?? general.get(key);
}

function isSize(value: HostSetting): boolean {
  return (
    Array.isArray(value) && value.length === 2 && value.every((one) => Number.isSafeInteger(one) && Number(one) >= 1)
  );
}

/** A number of rows is whole, a part lies between 0 and 1, and `100%` is neither. */
function isHoldout(value: HostSetting, written: Expression): boolean {
  if (typeof value !== "number") return false;
  const isPart = value > 0 && value < 1;
  const isPercent = written.kind === "number" && written.text.endsWith("%");
  return isPart || (!isPercent && Number.isSafeInteger(value) && value >= 1);
}
