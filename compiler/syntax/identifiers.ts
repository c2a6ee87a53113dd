/**
 * What may be a name: letters of any script, digits and `_`, as Unicode's identifiers are (UAX 31), without characters that nobody sees and
 * without the point `·`, which is a product to who writes it. Two
 * ways to write a letter, `é` and `e` with an accent behind it, are one name: all are kept in form NFC.
 */

/** The source of a regular expression with the flag `u`. */
export const identifier = String.raw`(?!\p{Default_Ignorable_Code_Point})[_\p{XID_Start}](?:(?!\p{Default_Ignorable_Code_Point}|·)\p{XID_Continue})*`;

const whole = new RegExp(`^${identifier}$`, "u");

export function isIdentifier(text: string): boolean {
  return whole.test(text);
}

/** The name as it is kept and compared. */
export function composed(text: string): string {
  return text.normalize("NFC");
}
