/** A process of Node that answers questions, for settings of the engine that this process has not. Bundled by `relaxed.test.ts`. */
import { answer, type Question } from "./questions.ts";

process.on("message", (question: Question) => {
  answer(question).then(
    (value) => process.send?.({ value }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
