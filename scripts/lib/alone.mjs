/** An artifact's module on one thread, without the runtime around it: its entries as functions, and its memory. */

const pageBytes = 65_536;

export function alone({ manifest, files }) {
  const module = new WebAssembly.Module(files[manifest.module]);
  // A module that threads can share is given its memory, and functions by which they agree, which one thread never calls.
  const { own = 0, ownBytes = 0 } = manifest.threads ?? {};
  const pages = Math.ceil((own + ownBytes) / pageBytes);
  const given = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const unused = WebAssembly.Module.imports(module).filter(({ kind }) => kind === "function");
  const { exports } = new WebAssembly.Instance(module, {
    env: { memory: given, threads: 1, own },
    threads: Object.fromEntries(unused.map(({ name }) => [name, () => 0])),
  });
  return { entries: exports, memory: exports.memory ?? given };
}
