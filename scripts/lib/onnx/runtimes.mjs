/** Who reads ONNX models here: ONNX Runtime as WebAssembly and native, which bench/peers installs, and Debian's python3-onnx, whose checker judges them. */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../project.mjs";

const require = createRequire(path.join(root, "bench/peers/package.json"));

const types = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  bool: Uint8Array,
};
const typeNames = { f32: "float32", f64: "float64", i32: "int32", bool: "bool" };

/** `{ name, open }`: `open(bytes)` answers `{ inputs, run(feeds), close }`, each feed `{ type, shape, data }`. */
export async function openRuntimes() {
  return [await openRuntime("onnxruntime-web", "wasm"), await openRuntime("onnxruntime-node", "cpu")];
}

async function openRuntime(name, provider) {
  const { default: library } = await import(pathToFileURL(require.resolve(name)).href);
  const { env, InferenceSession, Tensor } = library;
  env.logLevel = "error";
  if (provider === "wasm") env.wasm.numThreads = 1;
  const version = env.versions[name === "onnxruntime-web" ? "web" : "node"];
  const tensorOf = ({ type, shape, data }) => {
    const typeName = typeNames[type] ?? type;
    return new Tensor(typeName, types[typeName].from(data), shape);
  };
  const open = async (bytes) => {
    const session = await InferenceSession.create(bytes, { executionProviders: [provider], logSeverityLevel: 3 });
    return {
      inputs: session.inputMetadata,
      run: async (feeds) => {
        const tensors = Object.entries(feeds).map(([key, feed]) => [key, tensorOf(feed)]);
        const results = await session.run(Object.fromEntries(tensors));
        return session.outputNames.map((key) => ({ name: key, shape: results[key].dims, data: results[key].data }));
      },
      close: () => session.release(),
    };
  };
  return { name, version, open };
}

const python = "/usr/bin/python3";

const checkText = `
import json, sys, onnx
found = {}
for file in sys.argv[1:]:
    try:
        onnx.checker.check_model(onnx.load(file), full_check=True)
    except Exception as problem:
        found[file] = str(problem)
print(json.dumps({"version": onnx.__version__, "problems": found}))
`;

/** `{ version, problems }`, a sentence for each file that the checker refuses; undefined where it is not installed. */
export function checkModels(files) {
  if (spawnSync(python, ["-c", "import onnx"]).status !== 0) return undefined;
  const { status, stdout, stderr } = spawnSync(python, ["-c", checkText, ...files], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
