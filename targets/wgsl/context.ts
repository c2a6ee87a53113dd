/** What a module of shaders has beside what every module has, and what may be a name in it. */
import type { NameRule } from "../../compiler/program/names.ts";
import type { Module } from "../c-like/syntax.ts";

export interface ShaderModule extends Module {
  /** Members of the uniform `dims` by the names of the open dimensions. */
  readonly dims: ReadonlyMap<string, string>;
}

const words =
  // Keywords, and words that are kept for later versions.
  "alias break case const const_assert continue continuing default diagnostic discard else enable false fn for if let loop override " +
  "requires return struct switch true var while " +
  "NULL Self abstract active alignas alignof as asm asm_fragment async attribute auto await become cast catch class co_await co_return " +
  "co_yield coherent column_major common compile compile_fragment concept const_cast consteval constexpr constinit crate debugger " +
  "decltype delete demote demote_to_helper do dynamic_cast enum explicit export extends extern external fallthrough filter final " +
  "finally friend from fxgroup get goto groupshared highp impl implements import inline instanceof interface layout lowp macro match " +
  "mediump meta mod module move mut mutable namespace new nil noexcept noinline nointerpolation non_coherent noncoherent noperspective " +
  "null nullptr of operator package packoffset pass patch pixelfragment precise precision premerge priv protected pub public readonly " +
  "ref regardless register reinterpret_cast require resource restrict self set shared sizeof smooth snorm static static_assert " +
  "static_cast std subroutine super target template this thread_local throw trait try type typedef typeid typename typeof union " +
  "unless unorm unsafe unsized use using varying virtual volatile wgsl where with writeonly yield " +
  // What the module itself uses.
  "arena dims Dims id thread bool i32 u32 f32 vec3 array bitcast select min max clamp abs sign floor sqrt";

/** Plain letters, digits and single underscores, as a person writes them. */
export const identifiers: NameRule = {
  illegal: /[^A-Za-z0-9]+/g,
  badStart: /^[0-9]/,
  reserved: new Set(words.split(" ")),
  unnamed: "unnamed",
};
