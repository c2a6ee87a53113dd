/** What is said about arguments that do not fit: one sentence each, with "did you mean" where a name is near. */
import {
  AliasNotFoundError,
  ArgumentParseError,
  EnumValidationError,
  FlagNotFoundError,
  InvalidNegatedFlagSyntaxError,
  UnexpectedFlagError,
  UnexpectedPositionalError,
  UnsatisfiedFlagError,
  UnsatisfiedPositionalError,
} from "@stricli/core";
import { alternatives } from "../compiler/diagnostics/lists.ts";
import { didYouMean } from "../compiler/diagnostics/suggest.ts";

/** The sentence for an error of the argument scanner. */
export function usageSentence(error: unknown): string {
  return `error: ${describe(error)}`;
}

/** The sentence for a command that does not exist. */
export function unknownCommand(input: string, commands: readonly string[]): string {
  return `error: there is no command ${quoted(input)}${hint(didYouMean(input, commands))}`;
}

const rate = "`nnc train` takes it as `--set lr=0.01`";
const batch = "the key `batch` of the `train` says it";

/** What other systems have a flag for, and where it is said here. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ["lr", rate],
  ["learning-rate", rate],
  ["learning_rate", rate],
  ["batch", batch],
  ["batch-size", batch],
  ["batch_size", batch],
]);

function describe(error: unknown): string {
  if (error instanceof FlagNotFoundError)
    return `there is no flag --${error.input}${hint(elsewhere.get(error.input) ?? nearestFlag(error))}`;
  if (error instanceof AliasNotFoundError) return `there is no flag -${error.input}`;
  if (error instanceof ArgumentParseError) return parseProblem(error);
  if (error instanceof EnumValidationError) {
    return `--${error.externalFlagName}: expected ${alternatives(error.values)}, found ${quoted(error.input)}${hint(didYouMean(error.input, error.values))}`;
  }
  if (error instanceof UnsatisfiedFlagError) return `--${error.externalFlagName} is missing; expected it with a value`;
  if (error instanceof UnsatisfiedPositionalError) return `expected ${error.placeholder}, found no argument`;
  if (error instanceof UnexpectedPositionalError) return `expected no further argument, found ${quoted(error.input)}`;
  if (error instanceof UnexpectedFlagError) return `--${error.externalFlagName}: expected it once, found it twice`;
  if (error instanceof InvalidNegatedFlagSyntaxError)
    return `--${error.externalFlagName} takes no value, found ${quoted(error.valueText)}`;
  return error instanceof Error ? error.message : String(error);
}

/** `externalFlagNameOrPlaceholder` is a flag's name without its dashes, or an argument's placeholder in capitals. */
function parseProblem({ externalFlagNameOrPlaceholder: name, input, exception }: ArgumentParseError): string {
  const problem = exception instanceof Error ? exception.message : String(exception);
  const shown = name === name.toUpperCase() ? name : `--${name}`;
  return `${shown}: expected ${problem}, found ${quoted(input)}`;
}

function nearestFlag({ input, corrections }: FlagNotFoundError): string | undefined {
  const name = didYouMean(input, corrections);
  return name?.replace("`", "`--");
}

function hint(help: string | undefined): string {
  return help === undefined ? "" : `; ${help}`;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 59)}…` : text);
}
