/** What a page runs: it passes questions to its worker, or answers them on its own thread. Bundled by `pages.ts`. */
import { answer, type Answer, type Question } from "./questions.ts";

interface Reply {
  readonly value?: Answer;
  readonly error?: string;
}

const trainer = new Worker("trainer.js");

function ask(question: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    trainer.addEventListener(
      "message",
      ({ data: { value, error } }: MessageEvent<Reply>) =>
        value === undefined ? reject(new Error(error)) : resolve(value),
      { once: true },
    );
    trainer.postMessage(question);
  });
}

Object.assign(globalThis, { asked: { worker: ask, page: answer, end: () => trainer.terminate() } });
