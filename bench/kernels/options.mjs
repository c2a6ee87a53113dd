/** The command's flags, checked: `{ chosen, out, json, budgetMs }`, or an Error that says what was expected. */
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const standard = fileURLToPath(new URL("../results/kernels.json", import.meta.url));

/** `out` is undefined where some kernels are measured and no file is named: a part does not take the place of the whole. */
export function optionsOf(args, cases) {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: "string" },
      seconds: { type: "string", default: "0.5" },
      out: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const { only, out = only === undefined ? standard : undefined } = values;
  if (out !== undefined && !out.endsWith(".json"))
    throw new Error(`--out: expected a file that ends in .json, found ${JSON.stringify(out)}`);
  const seconds = Number(values.seconds);
  if (values.seconds === "" || !(seconds >= 0 && seconds <= 60))
    throw new Error(`--seconds: expected a number from 0 to 60, found ${JSON.stringify(values.seconds)}`);
  return {
    chosen: only === undefined ? cases : chosenOf(only, cases),
    out: out === undefined ? undefined : path.resolve(out),
    json: values.json,
    budgetMs: 1000 * seconds,
  };
}

/** Those whose names have one of the texts in them. */
function chosenOf(only, cases) {
  const texts = only.split(",").map((text) => text.trim().toLowerCase());
  const has = (text) => (one) => text !== "" && one.name.toLowerCase().includes(text);
  const stranger = texts.find((text) => !cases.some(has(text)));
  if (stranger === undefined) return cases.filter((one) => texts.some((text) => has(text)(one)));
  const names = cases.map(({ name }) => name).join(", ");
  throw new Error(
    `--only: expected parts of kernels' names, found ${JSON.stringify(stranger)}; the names are ${names}`,
  );
}
