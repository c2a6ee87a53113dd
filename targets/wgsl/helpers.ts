/** The small functions at the top of a module that expressions may need, each printed only where one does. */

const helpers = {
  infinity: `/// Not a literal of the language: made from its pattern, where the shader compiler does not look.
fn infinity() -> f32 {
  var pattern = 0x7f800000u;
  return bitcast<f32>(pattern);
}`,
  not_a_number: `fn not_a_number() -> f32 {
  var pattern = 0x7fc00000u;
  return bitcast<f32>(pattern);
}`,
  runtime_f32: `/// The value, hidden from the shader compiler, which refuses constants that overflow.
fn runtime_f32(x: f32) -> f32 {
  var hidden = x;
  return hidden;
}`,
  runtime_i32: `/// The value, hidden from the shader compiler, which refuses constants that overflow.
fn runtime_i32(n: i32) -> i32 {
  var hidden = n;
  return hidden;
}`,
  rounded: `/// The value as it was rounded: nothing is known of \`zero\`, so the sum that made it is not taken apart.
fn rounded(x: f32) -> f32 {
  return bitcast<f32>(bitcast<i32>(x) ^ dims.zero);
}`,
  is_nan: `/// By its pattern: a shader compiler may take it that x == x.
fn is_nan(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}`,
  told: `/// The condition, where the shader compiler does not see what it asks: nothing is known of \`zero\`.
fn told(condition: bool) -> bool {
  return (select(0, 1, condition) ^ dims.zero) != 0;
}`,
  larger: `/// The larger of both, the first of equal ones; a NaN wins.
fn larger(a: f32, b: f32) -> f32 {
  return select(select(a + b, b, a < b), a, a >= b);
}`,
  smaller: `/// The smaller of both; a NaN wins.
fn smaller(a: f32, b: f32) -> f32 {
  return select(select(a + b, b, a > b), a, a <= b);
}`,
  remainder: `/// The floored remainder; 0 where b is 0.
fn remainder(a: i32, b: i32) -> i32 {
  if (b == 0) {
    return 0;
  }
  let rest = a % b;
  return select(rest, rest + b, rest != 0 && (rest < 0) != (b < 0));
}`,
  floor_divide: `/// The floored quotient by a positive b.
fn floor_divide(a: i32, b: i32) -> i32 {
  return a / b - select(0, 1, a % b < 0);
}`,
  truncate: `/// Towards zero, saturating; NaN becomes 0.
fn truncate(x: f32) -> i32 {
  if (x >= 2147483648.0) {
    return 2147483647;
  }
  if (x <= -2147483648.0) {
    return -2147483647 - 1;
  }
  return select(i32(x), 0, (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u);
}`,
} as const;

export type Helper = keyof typeof helpers;

export const helperNames: readonly string[] = Object.keys(helpers);

/** The text of all used helpers, in the table's order. */
export function helperTexts(used: ReadonlySet<string>): readonly string[] {
  return Object.entries(helpers).flatMap(([name, text]) => (used.has(name) ? [text] : []));
}
