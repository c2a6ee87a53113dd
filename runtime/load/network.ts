/** A loaded program that takes over saved files at any time, or looks at them, and that reads texts in parts. */
import { checkOptions } from "../../compiler/diagnostics/options.ts";
import type { TextPart } from "../../compiler/program/host.ts";
import { none, peekRules, restoreRules } from "./call-options.ts";
import type { PeekOptions, PredictOptions, RestoreOptions } from "./call-options.ts";
import type { Prediction } from "./calls.ts";
import type { Inputs } from "./inputs.ts";
import { findPart, readOn } from "./parts.ts";
import { readBytes } from "./restored.ts";
import type { Restored } from "./restored.ts";
import { SlimNetwork } from "./slim-network.ts";

export class Network extends SlimNetwork {
  /**
   * Reads a part of a text with a model that has a `continuation`: `start` answers what it carries at the beginning, `step` what it says of the part
   * and what it carries behind it. Throws NN0705, NN0706, NN0708, NN0710 to NN0719, NN0736.
   */
  async readOn(
    model: string,
    part: TextPart,
    inputs: Inputs,
    options: PredictOptions = none,
  ): Promise<readonly Prediction[]> {
    return this.drive("readOn", this.#readCalls("readOn", model, part, this.own(inputs), options));
  }

  /** As `readOn`, for the targets that answer at once. */
  readOnSync(model: string, part: TextPart, inputs: Inputs, options: PredictOptions = none): readonly Prediction[] {
    return this.driveSync("readOnSync", "readOn", this.#readCalls("readOnSync", model, part, inputs, options));
  }

  /** What a saved file says about the run that it is of, without taking it over. Throws as `restore` does. */
  peek(bytes: Uint8Array, options: PeekOptions = none): Omit<Restored, "tensors"> {
    const lasting = this.lasting("peek");
    checkOptions("peek", options, peekRules);
    return readBytes(this.manifest, lasting, bytes, options);
  }

  /**
   * Takes over what `save` wrote, what was fitted to the data included (`record.fitted`), which `predictor` applies and no raw call does. Throws
   * NN09xx with every difference, and then nothing is changed: also where the program is built with other constants than the file's, unless
   * `override` is true. Numbers that are not finite are warnings (NN0923 in `warnings`).
   */
  restore(bytes: Uint8Array, options: RestoreOptions = none): void {
    const lasting = this.lasting("restore");
    checkOptions("restore", options, restoreRules);
    this.takeOver(readBytes(this.manifest, lasting, bytes, options), options.seed);
  }

  #readCalls(call: string, model: string, part: TextPart, inputs: Inputs, options: PredictOptions) {
    return this.asked(call, options, () => readOn(this.caller, findPart(this.manifest.host, model, part), inputs));
  }
}
