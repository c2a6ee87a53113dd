/** The worker of a page in which networks live: it answers one question after the other. Bundled by `pages.ts`. */
import { answer, type Question } from "./questions.ts";

/** Begins what the runtime's workers run: a part that a thread took is never done. */
const stuck = `
  const { Instance } = WebAssembly;
  WebAssembly.Instance = function (module, { env, threads }) {
    const next = (done, parts) => {
      if (threads.next(done, parts) >= 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    };
    return new Instance(module, { env, ...(threads ? { threads: { ...threads, next } } : {}) });
  };
`;

async function answerStuck(question: Question): Promise<ReturnType<typeof answer>> {
  const original = URL.createObjectURL.bind(URL);
  URL.createObjectURL = (blob: Blob) => original(new Blob([stuck, blob]));
  return answer(question).finally(() => (URL.createObjectURL = original));
}

addEventListener("message", ({ data }: MessageEvent<Question>) => {
  const answered = data.kind === "steps" && data.stuck ? answerStuck(data) : answer(data);
  answered.then(
    (value) => postMessage({ value }),
    (error: unknown) => postMessage({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
