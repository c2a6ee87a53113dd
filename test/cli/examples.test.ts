/** The examples: the losses of their first steps, which are the same everywhere, and that scripts draw the same data again. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { firstLosses, unzipped } from "../../examples/lessons/lib/first-losses.ts";
import { temporaryFolder } from "../folder.ts";
import { settings } from "../random/settings.ts";

const root = path.resolve(import.meta.dirname, "../..");
const first: readonly [file: string, label: string | undefined, losses: readonly number[]][] = [
  ["digits/digits.nn", undefined, [2.7512545585632324, 3.130624771118164, 2.6810524463653564]],
  ["linear/linear.nn", undefined, [29170.375, 23392.15234375, 19199.447265625]],
  ["optimisers/optimisers.nn", "plain", [1.6240602731704712, 0.5428546667098999, 1.5932328701019287]],
  ["optimisers/optimisers.nn", "momentum", [1.6240602731704712, 0.6979265213012695, 1.7539710998535156]],
  ["optimisers/optimisers.nn", "rmsprop", [1.6240602731704712, 0.4875640869140625, 1.4006325006484985]],
  ["optimisers/optimisers.nn", "svm", [2.491323471069336, 0.7887999415397644, 2.1407480239868164]],
  ["optimisers/optimisers.nn", "lion", [1.6240602731704712, 0.7086440920829773, 1.7692574262619019]],
  ["fashion/fashion.nn", undefined, [2.6415019035339355, 2.1692938804626465, 2.138679027557373]],
  ["fashion/residual.nn", undefined, [2.6714963912963867, 2.8010950088500977, 2.2804713249206543]],
  ["fashion/tanh_or_relu.nn", "Tanh", [2.5848805904388428, 2.1841752529144287, 2.0040464401245117]],
  ["fashion/tanh_or_relu.nn", "Relu", [2.681281805038452, 2.5298268795013428, 2.063123941421509]],
  ["batch_norm/batch_norm.nn", "Off", [2.3307089805603027, 2.372581958770752, 2.6210811138153076]],
  ["batch_norm/batch_norm.nn", "Average", [2.5586893558502197, 2.30768585205078125, 2.157012701034546]],
  ["batch_norm/batch_norm.nn", "Epoch", [2.4573779106140137, 2.174384832382202, 2.0541465282440186]],
  ["batch_norm/batch_norm.nn", "Batch", [2.4512884616851807, 2.107396364212036, 1.9508389234542847]],
  ["transfer/transfer.nn", "Name", [2.424631118774414, 2.2345805168151855, 2.306814432144165]],
  ["transfer/transfer.nn", "frozen", [1.197339415550232, 0.6608961224555969, 0.3681503236293793]],
  ["transfer/transfer.nn", "scratch", [0.7618573904037476, 0.674560546875, 0.6641953587532043]],
  ["shapes/segment.nn", undefined, [1.4364466667175293, 1.4733161926269531, 1.3416825532913208]],
  ["shapes/detect.nn", undefined, [1.0302417278289795, 0.9291845560073853, 0.7261793613433838]],
  ["gan/gan.nn", undefined, [3.9842891693115234, 3.353572130203247, 2.7826857566833496]],
  ["gan/digits.nn", undefined, [2.8983802795410156, 2.5823845863342285, 2.336817502975464]],
  ["karate/karate.nn", undefined, [0.7621413469314575, 0.680248498916626, 0.6167910099029541]],
  ["karate/measured.nn", undefined, [0.7621413469314575, 0.680248498916626, 0.6167910099029541]],
  ["vae/vae.nn", undefined, [184.7764892578125, 150.95416259765625, 129.76158142089844]],
  ["ode/ode.nn", "Path", [0.5597482323646545, 0.6560263633728027, 0.615401566028595]],
  ["ode/ode.nn", "Sparing", [0.5597482323646545, 0.6560263633728027, 0.615401566028595]],
  ["text/recurrent.nn", undefined, [4.158588409423828, 4.145396709442139, 4.128349781036377]],
  ["text/recurrent_measured.nn", undefined, [4.158243656158447, 4.144372463226318, 4.128055095672607]],
  ["text/transformer.nn", undefined, [4.816120147705078, 4.797367095947266, 4.824092864990234]],
  ["text/transformer_measured.nn", undefined, [4.819070339202881, 4.783838748931885, 4.749164581298828]],
  ["forecast/sunspots.nn", "Reads", [4025.400390625, 4295.568359375, 2991.4384765625]],
  ["forecast/sunspots.nn", "Weighs", [1246.7518310546875, 1424.1295166015625, 741.560791015625]],
  ["captions/captions.nn", undefined, [2.8354992866516113, 2.6096832752227783, 2.472337245941162]],
];

test.each(first)(
  "%s, %s",
  async (file, label, losses) => {
    expect(await firstLosses(path.join(root, "examples", file), label)).toEqual(losses);
  },
  120_000,
);

/**
 * A loop over time and attention, beside the sums of products that the others are made of; in a deep run, since test/targets compares small ones. The second loss is that of what the first step left: it
 * has the forward and the backward pass and the optimizer in it.
 */
const onTypeScript = settings.deep ? first.filter(([file]) => /^text\/[a-z]+\.nn$/.test(file)) : [];
test.each(onTypeScript)(
  "%s, %s, on TypeScript",
  async (file, label, losses) => {
    const found = await firstLosses(path.join(root, "examples", file), label, "typescript", 2);
    expect(found).toEqual(losses.slice(0, 2));
  },
  240_000,
);

/** What is in the files of a folder, unpacked. */
function contents(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder).filter((name) => /\.(gz|csv|txt)$/.test(name));
  return new Map(names.map((name) => [name, unzipped(readFileSync(path.join(folder, name))).toString("base64")]));
}

test.each(["shapes", "transfer", "gan", "karate", "ode", "forecast", "captions"])(
  "the data of %s are what its script draws",
  (example) => {
    const folder = temporaryFolder("examples");
    execFileSync(process.execPath, [path.join(root, `scripts/make-example-${example}.mjs`), folder]);
    expect(contents(folder)).toEqual(contents(path.join(root, "examples", example, "data")));
  },
);
