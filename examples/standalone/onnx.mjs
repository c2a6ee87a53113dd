/** The same network by ONNX Runtime, for `load.mjs --beside`: `digits.onnx`, run by the package that `npm run bench:peers` installs. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const { InferenceSession, Tensor } = createRequire(new URL("../../bench/peers/package.json", import.meta.url))(
  "onnxruntime-node",
);
const bytes = readFileSync(fileURLToPath(new URL("digits.onnx", import.meta.url)));
const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, interOpNumThreads: 1 });
const [input] = session.inputNames;
const [output] = session.outputNames;

/** The preprocessing is in the file; names of classes are these. */
export async function predict(rows) {
  const data = Float32Array.from(rows.flat());
  const { [output]: scores } = await session.run({ [input]: new Tensor("float32", data, [rows.length, 64]) });
  return rows.map((_, row) => {
    const own = scores.data.subarray(row * 10, (row + 1) * 10);
    return { digit: String(own.indexOf(Math.max(...own))), scores: Object.fromEntries(Object.entries(own)) };
  });
}
