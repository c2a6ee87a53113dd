/** What is seen while a run goes on, on standard error: on a terminal one line that is drawn over, elsewhere a line for each round. */
import { isTerminal, widthOf } from "../context.ts";
import type { Context } from "../context.ts";
import { cut } from "../output/wrap.ts";

export class Progress {
  readonly #stream: Context["process"]["stderr"];
  readonly #draws: boolean;
  #said = "";

  constructor({ process: { stderr, env } }: Context) {
    this.#stream = stderr;
    this.#draws = isTerminal(stderr, env);
  }

  /** `stage` is said once, `now` is what it does at the moment. */
  show(stage: string, now: string): void {
    if (this.#draws) {
      const text = now === "" ? stage : `${stage}: ${now}`;
      this.#stream.write(`\r${cut(text, widthOf(this.#stream) - 1)}\u001b[K`);
    } else if (stage !== this.#said) {
      this.#stream.write(`${stage}\n`);
    }
    this.#said = stage;
  }

  /** Takes the drawn line away, so that what follows begins at the left. */
  clear(): void {
    if (this.#draws && this.#said !== "") this.#stream.write("\r\u001b[K");
    this.#said = "";
  }
}
