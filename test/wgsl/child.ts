/**
 * The process that has a GPU: it runs the programs that its parent sends, and answers with the buffers afterwards. Bundled
 * by the parent, which passes the address of the package that brings WebGPU to Node.
 */
import { load } from "../../runtime/load/index.ts";
import { openWgsl } from "../../runtime/load/wgsl.ts";
import type { Answer, Question, Runs, Training, View } from "./gpu.ts";

// The parent passes the package's address; its interface is `create`.
const { create } = (await import(process.argv[2])) as { readonly create: (options: readonly string[]) => GPU };
const gpu = create([]);

async function run({ artifact, calls }: Runs): Promise<Pick<Answer, "results">> {
  const executable = await openWgsl(artifact, gpu);
  if (executable.kind === "sync") throw new Error("expected an executable that answers later");
  const results: (readonly (readonly [string, View])[])[] = [];
  for (const { entry, dims, inputs, moved = [], wanted } of calls) {
    for (const [from, to] of moved) executable.write(to, await executable.read(from));
    for (const [name, data] of inputs) executable.write(name, data);
    await executable.run(entry, dims);
    const views = await Promise.all(wanted.map(executable.read));
    results.push(wanted.map((name, at) => [name, views[at]]));
  }
  executable.close();
  const afterwards = await executable.run(calls[0].entry, calls[0].dims).then(() => "no problem", problemOf);
  return afterwards.includes("NN0653") ? { results } : Promise.reject(new Error(`after close: ${afterwards}`));
}

/** The loss of each step, and that of the last batch afterwards. */
async function train({ artifact, batches }: Training): Promise<Pick<Answer, "losses">> {
  const network = await load(artifact, { gpu, seed: 7 });
  const losses: number[] = [];
  for (const batch of batches) losses.push((await network.step(new Map(batch))).loss);
  losses.push((await network.evaluate(new Map(batches[0]))).loss);
  network.close();
  return { losses };
}

function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error ? `${String(error.code)} ${error.message}` : (error.stack ?? error.message);
}

let queue: Promise<void> = Promise.resolve();
process.on("message", (question: Question) => {
  queue = queue
    .then((): Promise<Omit<Answer, "id">> => (question.kind === "runs" ? run(question) : train(question)))
    .catch((error: unknown): Omit<Answer, "id"> => ({ problem: problemOf(error) }))
    .then((found) => void process.send?.({ id: question.id, ...found }));
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
