/** A piece of code with the strength of its outermost operator, so that parentheses stand only where they must. */

export interface Code {
  readonly text: string;
  /** Of the Level table. */
  readonly level: number;
}

/**
 * Operator strength in JavaScript; more binds tighter. `mixed` is for languages that do not mix an operator with others
 * without parentheses: nothing weaker than an operator of one operand stands beside it.
 */
export const Level = {
  mixed: 1,
  conditional: 3,
  or: 4,
  and: 5,
  bitOr: 6,
  bitXor: 7,
  bitAnd: 8,
  equality: 9,
  relation: 10,
  shift: 11,
  add: 12,
  multiply: 13,
  unary: 15,
  primary: 18,
} as const;

export function primary(text: string): Code {
  return { text, level: Level.primary };
}

/** The text, in parentheses where its operator is weaker than `level`. */
export function atLeast(code: Code, level: number): string {
  return code.level >= level ? code.text : `(${code.text})`;
}

/** A left-associative operator between two operands. */
export function infix(left: Code, operator: string, right: Code, level: number): Code {
  const [least, own] = level === Level.mixed ? [Level.unary, Level.unary] : [level, level + 1];
  return { text: `${atLeast(left, least)} ${operator} ${atLeast(right, own)}`, level };
}

export function unary(operator: string, value: Code): Code {
  return { text: `${operator}${atLeast(value, Level.unary + 1)}`, level: Level.unary };
}

/** A mixed operator is put in parentheses: between commas, `<` and `>` could be read as those of a template. */
export function call(name: string, ...operands: readonly Code[]): Code {
  return primary(`${name}(${operands.map((operand) => atLeast(operand, Level.mixed + 1)).join(", ")})`);
}

/** The code with a whole number added to it. */
export function withOffset(base: Code, offset: number): Code {
  if (offset === 0) return base;
  return offset > 0 ? infix(base, "+", numeral(offset), Level.add) : infix(base, "-", numeral(-offset), Level.add);
}

/** A number as it is written; a sign makes it weaker. */
export function numeral(value: number): Code {
  const text = Object.is(value, -0) ? "-0" : String(value);
  return text.startsWith("-") ? { text, level: Level.unary } : primary(text);
}
