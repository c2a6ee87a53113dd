/** Words of a command that is shown to be copied into a shell. */

/** As it is where no shell reads more into it, else in single quotes. */
export function shellWord(word: string): string {
  return /^[\p{L}\p{N}\p{M}_./@%+:,-][\p{L}\p{N}\p{M}_./@%+:,=-]*$/u.test(word)
    ? word
    : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
