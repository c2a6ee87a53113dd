/**
 * The process that has a GPU: it runs the programs that its parent sends, and answers with the buffers afterwards. Bundled
 * by the parent, which passes the address of the package that brings WebGPU to Node.
 */
import { openWgsl } from "../../runtime/load/wgsl.ts";
import type { Answer, Question } from "./gpu.ts";

// The parent passes the package's address; its interface is `create`.
const { create } = (await import(process.argv[2])) as { readonly create: (options: readonly string[]) => GPU };
const gpu = create([]);

async function answer({ artifact, inputs, calls, absent }: Question): Promise<Omit<Answer, "id">> {
  const none: Pick<GPU, "requestAdapter"> = { requestAdapter: () => Promise.resolve(null) };
  // Only `requestAdapter` is asked of it.
  const executable = await openWgsl(artifact, absent ? (none as GPU) : gpu);
  if (executable.kind === "sync") throw new Error("expected an executable that answers later");
  try {
    for (const [name, data] of inputs) executable.write(name, data);
    for (const { entry, dims } of calls) await executable.run(entry, dims);
    const names = artifact.manifest.buffers.map(({ name }) => name);
    const views = await Promise.all(names.map(executable.read));
    return { results: names.map((name, at) => [name, views[at]]) };
  } finally {
    executable.close();
  }
}

function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error ? `${String(error.code)}: ${error.message}` : (error.stack ?? error.message);
}

let queue = Promise.resolve();
process.on("message", (question: Question) => {
  queue = queue
    .then(() => answer(question))
    .catch((error: unknown) => ({ problem: problemOf(error) }))
    .then((found) => void process.send?.({ id: question.id, ...found }));
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
