/**
 * `nnc/runtime`: an artifact becomes a network that trains and predicts. Needs neither the compiler nor Node; a page loads it as it is.
 */
export { NncError } from "../../compiler/diagnostics/diagnostic.ts";
export type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
export type { Artifact, Manifest, TargetName } from "../../compiler/program/artifact.ts";
export type { Answer, ClassAnswer, NumbersAnswer, Score, TextAnswer } from "../predict/answers.ts";
export type { InputField, OutputField } from "../predict/interface.ts";
export { predictor, Predictor } from "../predict/predictor.ts";
export type { PredictorOptions, StreamOptions } from "../predict/predictor.ts";
export type { Row, RowValue } from "../predict/rows.ts";
export type { GenerateOptions } from "../predict/text-reader.ts";
export type { Prediction, Probes, ProbeValues, StepResult } from "./calls.ts";
export type { Evaluation, MetricValue } from "./evaluate.ts";
export type { Gpu, StopSignal } from "./host-types.ts";
export type { Inputs, TensorInput } from "./inputs.ts";
export { load } from "./load.ts";
export type { LoadOptions } from "./begin.ts";
export type { CallOptions, PredictOptions, RestoreOptions } from "./call-options.ts";
export { Network } from "./network.ts";
export type { NotFinite } from "./tensors.ts";
export type { Counters, TrainingRecord } from "./record.ts";
export type { Tensor, TensorMap } from "./tensors.ts";
