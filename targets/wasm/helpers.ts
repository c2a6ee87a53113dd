/** Small functions that expressions may call, for what WebAssembly has no instruction for; each printed only where used. */

const helpers = {
  "i32.abs": `(func $i32.abs (param $x i32) (result i32)
  (select (i32.sub (i32.const 0) (local.get $x)) (local.get $x) (i32.lt_s (local.get $x) (i32.const 0))))`,
  "i32.mod": `;; The floored remainder; 0 where b is 0.
(func $i32.mod (param $a i32) (param $b i32) (result i32) (local $rest i32)
  (if (i32.eqz (local.get $b)) (then (return (i32.const 0))))
  (local.set $rest (i32.rem_s (local.get $a) (local.get $b)))
  (select
    (i32.add (local.get $rest) (local.get $b))
    (local.get $rest)
    (i32.and
      (i32.ne (local.get $rest) (i32.const 0))
      (i32.lt_s (i32.xor (local.get $rest) (local.get $b)) (i32.const 0)))))`,
  "i32.floor_div": `;; The floored quotient by a positive b.
(func $i32.floor_div (param $a i32) (param $b i32) (result i32)
  (i32.sub
    (i32.div_s (local.get $a) (local.get $b))
    (i32.lt_s (i32.rem_s (local.get $a) (local.get $b)) (i32.const 0))))`,
  "i32.mod.x4": laneByLane("i32.mod.x4", (a, b) => `(call $i32.mod ${a} ${b})`),
  "i32.shl.x4": laneByLane("i32.shl.x4", (a, b) => `(i32.shl ${a} ${b})`),
  "i32.shr_s.x4": laneByLane("i32.shr_s.x4", (a, b) => `(i32.shr_s ${a} ${b})`),
  "i32.shr_u.x4": laneByLane("i32.shr_u.x4", (a, b) => `(i32.shr_u ${a} ${b})`),
} as const;

/** An operation of two i32 that has no vector form, on each lane alone. */
function laneByLane(name: string, operation: (a: string, b: string) => string): string {
  const lane = (n: number): string =>
    operation(`(i32x4.extract_lane ${n} (local.get $a))`, `(i32x4.extract_lane ${n} (local.get $b))`);
  const rest = [1, 2, 3].map((n) => `  (local.set $all (i32x4.replace_lane ${n} (local.get $all) ${lane(n)}))`);
  return [
    `(func $${name} (param $a v128) (param $b v128) (result v128) (local $all v128)`,
    `  (local.set $all (i32x4.splat ${lane(0)}))`,
    ...rest,
    "  (local.get $all))",
  ].join("\n");
}

export type Helper = keyof typeof helpers;

export const helperNames: readonly string[] = Object.keys(helpers).map((name) => `$${name}`);

/** The text of all used helpers, in a fixed order. */
export function helperTexts(used: ReadonlySet<Helper>): readonly string[] {
  const all = new Set<string>(used);
  if (used.has("i32.mod.x4")) all.add("i32.mod");
  return Object.entries(helpers).flatMap(([name, text]) => (all.has(name) ? [text] : []));
}
