/**
 * The process that has a GPU: it runs the programs that its parent sends, and answers with the buffers afterwards. Bundled
 * by the parent, which passes the address of the package that brings WebGPU to Node.
 */
import { openWgsl } from "../../runtime/load/wgsl.ts";
import type { Answer, Question, View } from "./gpu.ts";

// The parent passes the package's address; its interface is `create`.
const { create } = (await import(process.argv[2])) as { readonly create: (options: readonly string[]) => GPU };
const gpu = create([]);

async function answer({ artifact, calls }: Question): Promise<Omit<Answer, "id">> {
  const executable = await openWgsl(artifact, gpu);
  if (executable.kind === "sync") throw new Error("expected an executable that answers later");
  const results: (readonly (readonly [string, View])[])[] = [];
  try {
    for (const { entry, dims, inputs, wanted } of calls) {
      for (const [name, data] of inputs) executable.write(name, data);
      await executable.run(entry, dims);
      const views = await Promise.all(wanted.map(executable.read));
      results.push(wanted.map((name, at) => [name, views[at]]));
    }
  } finally {
    executable.close();
  }
  return { results };
}

function problemOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
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
