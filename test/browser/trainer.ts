/** The worker of a page in which networks live: it answers one question after the other. Bundled by `pages.ts`. */
import { answer, type Question } from "./questions.ts";

addEventListener("message", ({ data }: MessageEvent<Question>) => {
  answer(data).then(
    (value) => postMessage({ value }),
    (error: unknown) => postMessage({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
