/**
 * Chevrotain's LL(k) lookahead, worked out where a parse first asks for it: a file uses part of the grammar, and working
 * out the whole takes longer than reading the file.
 */
import { LLkLookaheadStrategy } from "chevrotain";
import type { ILookaheadStrategy } from "chevrotain";

type Build<Name extends "buildLookaheadForAlternation" | "buildLookaheadForOptional"> = ILookaheadStrategy[Name];

/** Chooses as `LLkLookaheadStrategy` does. */
export class LazyLookahead extends LLkLookaheadStrategy {
  override buildLookaheadForAlternation(
    options: Parameters<Build<"buildLookaheadForAlternation">>[0],
  ): ReturnType<Build<"buildLookaheadForAlternation">> {
    return whenCalled(() => super.buildLookaheadForAlternation(options));
  }

  override buildLookaheadForOptional(
    options: Parameters<Build<"buildLookaheadForOptional">>[0],
  ): ReturnType<Build<"buildLookaheadForOptional">> {
    return whenCalled(() => super.buildLookaheadForOptional(options));
  }
}

/** The function that `build` makes, made at the first call. The parser calls it as its method. */
function whenCalled<Arguments extends unknown[], Result>(
  build: () => (...given: Arguments) => Result,
): (...given: Arguments) => Result {
  let built: ((...given: Arguments) => Result) | undefined;
  return function (this: unknown, ...given) {
    built ??= build();
    return built.apply(this, given);
  };
}
