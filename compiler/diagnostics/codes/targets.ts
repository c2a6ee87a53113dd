/** NN065x: what a target cannot run, and what it needs of the machine that does. */
import { define } from "../diagnostic.ts";

export const rowsTooLarge = define<{ readonly kernel: string; readonly limit: number; readonly found: number }>({
  code: "NN0650",
  severity: "error",
  message: ({ kernel, limit, found }) =>
    `the target wgsl keeps a row at a time in each thread: expected at most ${limit} bytes, found ${found} in the kernel ${kernel}`,
  explanation:
    "Operations over rows (softmax, layer norm, attention scores) work on one row in a thread's own memory, and WebGPU promises little of it. " +
    "The targets `typescript` and `wasm` have no such limit.",
});

export const noGpu = define<{ readonly lacking: string }>({
  code: "NN0651",
  severity: "error",
  message: ({ lacking }) => `this artifact is for the target wgsl: expected ${lacking}, found none`,
  explanation:
    "A browser offers WebGPU as `navigator.gpu`, over HTTPS or from the same machine. In Node the package `webgpu` makes such an object, " +
    "which `load(artifact, { gpu })` takes; it needs a driver. The targets `typescript` and `wasm` run everywhere.",
});

export const gpuTooSmall = define<{ readonly limit: string; readonly expected: number; readonly found: number }>({
  code: "NN0652",
  severity: "error",
  message: ({ limit, expected, found }) =>
    `the GPU is too small for this program: expected ${limit} of at least ${expected}, found ${found}`,
  explanation:
    "All tensors of a program lie in one buffer, whose size is known when it is compiled. A smaller batch (`bounds`) makes it smaller.",
});

export const gpuLost = define<{ readonly reason: string }>({
  code: "NN0653",
  severity: "error",
  message: ({ reason }) => `the GPU was lost: ${reason}`,
  explanation:
    "Its driver was reset or it was unplugged, often after a kernel that ran too long or used too much memory. What was on it is gone: load the artifact again, and restore the last checkpoint.",
});

export const targetUnavailable = define<{ readonly target: string; readonly needs: string }>({
  code: "NN0654",
  severity: "error",
  message: ({ target, needs }) => `the target ${target} cannot be printed here: expected ${needs}`,
  explanation:
    "The TypeScript target prints with ts-morph, which needs Node.js. The targets `wasm` and `wgsl` are also compiled in a page.",
});

export const relaxedBits = define<object>({
  code: "NN0655",
  severity: "warning",
  message: () => "built with relaxed vector instructions: results differ from machine to machine",
  explanation:
    "A relaxed build (`--relaxed`) multiplies and adds in one instruction, which rounds once on some processors and twice on others. " +
    "What is trained or predicted is as exact, but its last bits are not those of other machines or of other targets.",
});
