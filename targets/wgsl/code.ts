/** A piece of WGSL with the strength of its outermost operator, so that parentheses stand only where they must. */

export interface Code {
  readonly text: string;
  /** Of the Level table. */
  readonly level: number;
}

/**
 * Operator strength; more binds tighter. Shifts, bit operators, comparisons and logic take nothing weaker than a unary
 * operator beside them: WGSL does not mix them without parentheses.
 */
export const Level = { mixed: 1, add: 5, multiply: 6, unary: 7, primary: 9 } as const;

export function primary(text: string): Code {
  return { text, level: Level.primary };
}

/** The text, in parentheses where its operator is weaker than `level`. */
function atLeast(code: Code, level: number): string {
  return code.level >= level ? code.text : `(${code.text})`;
}

/** A left-associative arithmetic operator. */
export function infix(left: Code, operator: string, right: Code, level: number): Code {
  return { text: `${atLeast(left, level)} ${operator} ${atLeast(right, level + 1)}`, level };
}

/** An operator that stands alone between its operands. */
export function mixed(left: Code, operator: string, right: Code): Code {
  return { text: `${atLeast(left, Level.unary)} ${operator} ${atLeast(right, Level.unary)}`, level: Level.mixed };
}

export function unary(operator: string, value: Code): Code {
  return { text: `${operator}${atLeast(value, Level.unary + 1)}`, level: Level.unary };
}

/** Comparisons are put in parentheses: between commas, `<` and `>` could be read as those of a template. */
export function call(name: string, ...operands: readonly Code[]): Code {
  return primary(
    `${name}(${operands.map((operand) => (operand.level === Level.mixed ? `(${operand.text})` : operand.text)).join(", ")})`,
  );
}

/** A whole number; its type is i32 wherever nothing else is asked for. */
export function numeral(value: number): Code {
  return value < 0 ? { text: String(value), level: Level.unary } : primary(String(value));
}

/** The largest f32: what is above it is refused, though it would be rounded to it. */
const largest = 3.4028234663852886e38;

/** A finite f32 in the fewest digits that give it back. */
export function floatLiteral(value: number): Code {
  const text = shortest(Math.abs(value));
  const dotted = /[.e]/.test(text) ? text : `${text}.0`;
  return value < 0 || Object.is(value, -0) ? { text: `-${dotted}`, level: Level.unary } : primary(dotted);
}

function shortest(value: number): string {
  for (let digits = 1; digits < 10; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value && short <= largest) return String(short);
  }
  return String(value);
}
