/**
 * Strict decimal numbers, read in place. `Number` would take an empty cell for 0 and know `0x10` and `Infinity`.
 */

const exactPowers = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/**
 * The number that fills `text` from `from` to `to` up to blanks around it, correctly rounded; NaN where that is no
 * number (an optional sign, digits with an optional point, an optional exponent). Beyond the range of doubles it is
 * infinite.
 */
export function readNumber(text: string, from: number, to: number): number {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  const short = readShort(text, start, end);
  return Number.isNaN(short) ? readLong(text.slice(start, end)) : short;
}

/**
 * The common case without making a string: at most 15 digits and no exponent. Both the digits as an integer and the
 * power of ten are exact doubles then, so one division rounds correctly (Clinger 1990).
 */
function readShort(text: string, start: number, end: number): number {
  const first = text.charCodeAt(start);
  const signed = first === 45 || first === 43;
  let mantissa = 0;
  let digits = 0;
  let point = -1;
  for (let position = signed ? start + 1 : start; position < end; position++) {
    const sign = text.charCodeAt(position);
    if (sign >= 48 && sign <= 57) {
      mantissa = mantissa * 10 + (sign - 48);
      digits++;
    } else if (sign === 46 && point < 0) point = digits;
    else return NaN;
  }
  if (digits === 0 || digits > 15) return NaN;
  const value = point < 0 ? mantissa : mantissa / (exactPowers[digits - point] ?? NaN);
  return first === 45 ? -value : value;
}

function readLong(text: string): number {
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : NaN;
}

function isBlank(sign: number): boolean {
  return sign === 32 || sign === 9 || sign === 0xa0;
}
