/** The commands: their flags, arguments and help. What each does is loaded only when it is asked for. */
import { buildCommand } from "@stricli/core";
import type { Command } from "@stricli/core";
import { entry } from "./action.ts";
import { bench } from "./bench/route.ts";
import type { BuildFlags } from "./commands/build.ts";
import type { CheckFlags } from "./commands/check.ts";
import type { EvalFlags } from "./commands/eval.ts";
import type { ExplainFlags } from "./commands/explain.ts";
import type { ExportFlags } from "./commands/export.ts";
import type { FmtFlags } from "./commands/fmt.ts";
import type { PredictFlags } from "./commands/predict.ts";
import type { TrainFlags } from "./commands/train.ts";
import { compare } from "./compare/route.ts";
import type { Context } from "./context.ts";
import { storages } from "./export/storage.ts";
import { graph } from "./graph/route.ts";
import { parseSeed, parseSetting, parseShare, parseTemperature } from "./flags.ts";
import { forms } from "./rows/form.ts";
import {
  closing,
  count,
  data,
  file,
  force,
  json,
  label,
  noWinograd,
  out,
  override,
  params,
  relaxed,
  runTarget,
  savedLabel,
  target,
  text,
} from "./shared-flags.ts";

const check = buildCommand<CheckFlags, [string], Context>({
  loader: async () => entry((await import("./commands/check.ts")).check),
  parameters: {
    positional: file,
    flags: {
      label,
      ...closing,
      verify: {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief: "Runs the verifier of every form after every pass",
      },
      json,
    },
  },
  docs: {
    brief: "Finds mistakes; shows layers, shapes, parameters, memory and cost",
    customUsage: [{ input: "examples/digits/digits.nn", brief: "needs no data: a missing file is a warning" }],
  },
});

const build = buildCommand<BuildFlags, [string], Context>({
  loader: async () => entry((await import("./commands/build.ts")).build),
  parameters: {
    positional: file,
    flags: {
      out: out("The folder for the artifact"),
      force,
      target,
      relaxed,
      compact: {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief: "A shorter program for one thread, for the target wasm: for a page that is to load it soon",
      },
      "no-winograd": noWinograd,
      label,
      ...closing,
      json,
    },
    aliases: { o: "out" },
  },
  docs: {
    brief: "Compiles to an artifact: manifest.json and a module",
    customUsage: [
      { input: "digits.nn -o dist --target wasm", brief: "dist/ can be loaded by `nnc/runtime`, also in a browser" },
    ],
  },
});

const train = buildCommand<TrainFlags, [string], Context>({
  loader: async () => entry((await import("./commands/train.ts")).train, "event"),
  parameters: {
    positional: file,
    flags: {
      out: { ...out("The folder for parameters, log, plot and report; by default runs/NAME"), optional: true },
      force,
      target: runTarget,
      relaxed,
      "no-winograd": noWinograd,
      label,
      all: {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief: "Trains every `train` of the file, and draws them all in one plot",
      },
      epochs: count(
        "How many epochs in total, those before --resume included; schedules such as cosine reckon with it",
      ),
      set: {
        kind: "parsed",
        parse: parseSetting,
        optional: true,
        variadic: true,
        placeholder: "NAME=NUMBER",
        brief:
          "Another value for a setting of the optimizer, such as lr=0.01, critic.lr=0.01 for one of several steps, schedule.decay=0.1 or regularize.rate=1e-4; may be repeated",
      },
      ...closing,
      seed: {
        kind: "parsed",
        parse: parseSeed,
        optional: true,
        placeholder: "NUMBER",
        brief: "The seed of all draws, of the hold-out and of the order of rows",
      },
      threads: count(
        "How many threads share a step of the target wasm, with the same result; default: as many as the network keeps busy and the machine has",
      ),
      probe: {
        kind: "parsed",
        parse: text,
        optional: true,
        variadic: true,
        placeholder: "PATH",
        brief:
          "A layer, model or parameter whose mean, spread and gradient norm are logged and drawn, such as Digits.dense; may be repeated",
      },
      norms: {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief: "Logs and draws the norm of all gradients together, before `clip_norm`",
      },
      resume: {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief: "Goes on from the checkpoint in the folder, to the same bits as if never stopped, in as many epochs",
      },
      override: {
        ...override,
        brief:
          "With --resume: uses the source's values and the flags' in the place of the earlier --const, --dim, --set, --no-winograd and --relaxed, and other rows held out",
      },
      json,
    },
    aliases: { o: "out" },
  },
  docs: {
    brief: "Trains; writes parameters, plot, log and report",
    customUsage: [
      {
        input: "digits.nn -o runs/digits",
        brief: "writes parameters.safetensors, plot.svg, log.jsonl and report.html",
      },
      { input: "digits.nn -o runs/digits --resume --epochs 40", brief: "goes on to epoch 40" },
      { input: "optimisers.nn --all", brief: "several ways to train, in one plot" },
    ],
  },
});

const evaluate = buildCommand<EvalFlags, [string], Context>({
  loader: async () => entry((await import("./commands/eval.ts")).evaluate),
  parameters: {
    positional: file,
    flags: {
      params,
      data: data(
        "Rows to evaluate, with their targets, as CSV, JSON lines, NPY, IDX, text or a folder of images; by default the hold-out",
      ),
      target: runTarget,
      label: savedLabel,
      ...closing,
      override,
      json,
    },
  },
  docs: {
    brief: "Loss and metrics on the hold-out or on other rows",
    customUsage: ["digits.nn --params runs/digits/parameters.safetensors"],
  },
});

const predict = buildCommand<PredictFlags, [string], Context>({
  loader: async () => entry((await import("./commands/predict.ts")).predict),
  parameters: {
    positional: file,
    flags: {
      params: {
        ...params,
        optional: true,
        brief: `${params.brief}; a model without parameters needs none`,
      },
      data: data(
        "Rows to predict from, as CSV, JSON lines, NPY, IDX or images by their name or first bytes, a folder of images, or a text; by default standard input, for all but images",
      ),
      format: {
        kind: "enum",
        values: forms,
        optional: true,
        brief: "The form of the predictions; by default that of --out's name, else that of the rows",
      },
      generate: count(
        "How many characters to write, by a model of text; one that only forward scans tie to earlier characters keeps the whole text in mind, another its last window",
      ),
      prompt: {
        kind: "parsed",
        parse: (input: string): string => input,
        optional: true,
        placeholder: "TEXT",
        brief: "With --generate: what the text begins with",
      },
      temperature: {
        kind: "parsed",
        parse: parseTemperature,
        optional: true,
        placeholder: "NUMBER",
        brief:
          "With --generate: 1, the default, draws by the model's chances, less takes likely ones more often, 0 the likeliest alone",
      },
      seed: {
        kind: "parsed",
        parse: parseSeed,
        optional: true,
        placeholder: "NUMBER",
        brief: "With --generate: the seed of the draws; by default that of the parameters",
      },
      out: { ...out("The file for the predictions; by default standard output"), placeholder: "FILE", optional: true },
      force: { ...force, brief: "Replaces a file that is there: predictions do not say that nnc wrote them" },
      model: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "NAME",
        brief: "Which model; by default the trained one",
      },
      target: runTarget,
      label: savedLabel,
      ...closing,
      override,
      json,
    },
    aliases: { o: "out" },
  },
  docs: {
    brief: "Predictions for rows in CSV, JSON lines, NPY or IDX; what comes next in a text",
    customUsage: [
      {
        input: "digits.nn --params runs/digits/parameters.safetensors < rows.csv",
        brief: "a first line of column names, or one JSON object a line",
      },
      { input: "digits.nn --params p.safetensors --data image=x.npy -o y.npy", brief: "arrays in, an array out" },
      {
        input: 'letters.nn --params p.safetensors --generate 200 --prompt "In the" --temperature 0.8 --seed 3',
        brief: "writes a text, beginning with the prompt",
      },
    ],
  },
});

const exportCommand = buildCommand<ExportFlags, [string], Context>({
  loader: async () => entry((await import("./commands/export.ts")).exportModel),
  parameters: {
    positional: file,
    flags: {
      params,
      out: out(
        "The folder for the module, or its file: app/digits.mjs, digits.js, digits.ts, digits.html, digits.onnx, digits.py",
      ),
      force,
      format: {
        kind: "enum",
        values: ["js", "ts", "wasm", "wgsl", "html", "onnx", "pytorch"],
        optional: true,
        brief:
          "JavaScript with a declaration file (default), TypeScript, JavaScript around WebAssembly, which is fastest, JavaScript that runs by WebGPU, a page that runs the model, a model that ONNX runtimes read, or a module of PyTorch with a script that trains",
      },
      model: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "NAME",
        brief: "Which model; by default the trained one",
      },
      weights: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "FILE",
        brief: "Puts the weights into a file of this name beside the module, whose `load` takes its bytes",
      },
      dtype: {
        kind: "enum",
        values: storages,
        default: "f32",
        brief: "How weights are stored; f16 and int8 tell what they change on the hold-out",
      },
      "max-change": {
        kind: "parsed",
        parse: parseShare,
        optional: true,
        placeholder: "NUMBER",
        brief:
          "How far f16 or int8 may take the accuracy down, in points, else the loss up, relative to it; by default 1%",
      },
      relaxed: {
        ...relaxed,
        brief:
          "For wasm: with relaxed instructions, too, where the engine has them; results differ from machine to machine",
      },
      "allow-nonfinite": {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief: "Exports parameters that are not finite, too",
      },
      label: savedLabel,
      ...closing,
      override,
      json,
    },
    aliases: { o: "out" },
  },
  docs: {
    brief: "Writes standalone inference code without any dependency, or an ONNX model",
    customUsage: [
      {
        input: "digits.nn --params runs/digits/parameters.safetensors --format js -o app",
        brief: "then: node app/model.mjs --selftest",
      },
      {
        input: "digits.nn --params runs/digits/parameters.safetensors -o digits.onnx",
        brief: "opset 17, for any number of rows",
      },
      {
        input: "digits.nn --params runs/digits/parameters.safetensors --format pytorch -o app",
        brief: "then: torchrun --nproc_per_node 2 app/network.py",
      },
    ],
  },
});

const fmt = buildCommand<FmtFlags, string[], Context>({
  loader: async () => entry((await import("./commands/fmt.ts")).fmt),
  parameters: {
    positional: { kind: "array", parameter: { brief: "The .nn files", placeholder: "FILE", parse: text } },
    flags: {
      check: {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief: "Writes nothing; says which files are not formatted, and exits with 1 if any is not",
      },
      json,
    },
  },
  docs: { brief: "Formats .nn files", customUsage: ["digits.nn", "--check examples/*/*.nn"] },
});

const explain = buildCommand<ExplainFlags, [string], Context>({
  loader: async () => entry((await import("./commands/explain.ts")).explain),
  parameters: {
    positional: { kind: "tuple", parameters: [{ brief: "A code such as NN0102", placeholder: "CODE", parse: text }] },
    flags: { json },
  },
  docs: { brief: "What an error means, with an example that has it and one that has not", customUsage: ["NN0102"] },
});

/** In the order in which help lists them. */
export const routes: Readonly<Record<string, Command<Context>>> = {
  check,
  build,
  train,
  compare,
  eval: evaluate,
  predict,
  export: exportCommand,
  graph,
  bench,
  fmt,
  explain,
};
