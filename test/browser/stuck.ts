/** Threads that take a part of the work and never finish it, as one that was ended would. */

/** Begins what the runtime's workers run; those that take parts from above are stuck. */
const code = `
  const { Instance } = WebAssembly;
  let above = 0;
  WebAssembly.Instance = function (module, imports) {
    const { env, threads } = imports;
    above = env.above ?? above;
    if (above === 0 || threads === undefined) return new Instance(module, imports);
    const next = (done, parts) => {
      const part = threads.next(done, parts);
      if (part >= 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      return part;
    };
    return new Instance(module, { env, threads: { ...threads, next } });
  };
`;

/** What is done meanwhile starts such threads. */
export async function withStuckThreads<Value>(work: () => Promise<Value>): Promise<Value> {
  const original = URL.createObjectURL.bind(URL);
  URL.createObjectURL = (blob: Blob) => original(new Blob([code, blob]));
  try {
    return await work();
  } finally {
    URL.createObjectURL = original;
  }
}
