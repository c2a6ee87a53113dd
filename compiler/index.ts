/**
 * nnc as a library: `compile`, and the data that it answers with.
 */
export { compile } from "./compile.ts";
export type { Compiled, CompileOptions, Failed } from "./compile.ts";
export type { Diagnostic, Label, Severity, Span } from "./diagnostics/diagnostic.ts";
export { completeAt, definitionAt, hoverAt, inspect, usesAt } from "./editor.ts";
export type * from "./editor.ts";
export { NncError } from "./diagnostics/diagnostic.ts";
export { render } from "./diagnostics/render.ts";
export type { Artifact, Manifest, TargetName } from "./program/artifact.ts";
export type { SourceText } from "./sources.ts";
export { format } from "./syntax/format.ts";
