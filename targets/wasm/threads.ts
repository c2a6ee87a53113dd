/**
 * How threads agree on who does what: a module of a few functions around one word of shared memory, an instance of it for each
 * thread. It stands apart from the program's module, since engines without shared memory refuse its instructions.
 *
 * The word says which phase of work it is (counted up for ever), how many of its parts were taken from below and from above,
 * and how many are done. A thread takes a part by compare-and-swap, so one that comes late finds nothing and holds nobody up.
 * Who finishes a phase's last part begins the next phase. Threads wait by looking at the word for a while, then sleep.
 */

/** Bytes behind the arena, each line of 64 for itself: the word; how many sleep; the job, whether all is over; its arguments. */
const places = { word: 0, sleepers: 64, start: 128, over: 136, job: 192 } as const;

/**
 * Looks at the word before a thread sleeps: a tenth of a millisecond. In a virtual machine one that slept comes back after
 * some hundred microseconds, and two threads that keep missing each other so are hardly faster than one; where all cores are
 * busy, looking for so long costs a few percent.
 */
const looks = 40_000;
/** Nanoseconds after which a thread that waits for others asks whether they are alive. */
const patience = 1_000_000_000;

/** Bits that count parts, and the word of the next phase. */
const bits = 7;
const phase = 1n << BigInt(3 * bits);

/** The bytes of control that a program needs whose entries take at most `dims` sizes. */
export function controlBytes(dims: number): number {
  return places.job + 64 * Math.ceil((4 * (dims + 1)) / 64);
}

/** What the program's module imports, as WebAssembly text, with the names that it calls them by. */
export const agreement = {
  /** Writes argument n of the next job; argument 0 is the entry. */
  put: `(param i32 i32)`,
  /** Begins the job that was put, as its first thread. */
  begin: ``,
  /** Says that no more of the job is to be done. */
  end: ``,
  /** Says that part `done` is done, unless it is −1, and takes the next of `parts`; −1 where the phase is over. */
  next: `(param i32 i32) (result i32)`,
  /** Waits for a job; 0 where there will be none. */
  job: `(result i32)`,
  /** Argument n of the job that this thread found … */
  get: `(param i32) (result i32)`,
  /** … and whether they are still that job's. */
  current: `(result i32)`,
} as const;

/** The address of a place, as WebAssembly text, and the word that is there. */
interface Control {
  readonly at: (place: keyof typeof places) => string;
  readonly word: string;
}

/** The module's text; `control` is where its memory begins, `pages` the memory's limits. */
export function agreementText(control: number, pages: readonly [number, number]): string {
  const at = (place: keyof typeof places): string => `(i32.const ${control + places[place]})`;
  const there = { at, word: `(i64.atomic.load ${at("word")})` };
  return `;; How threads agree, by nnc.
(module
  (import "env" "memory" (memory ${pages.join(" ")} shared))
  (import "env" "above" (global $above i32)) ;; 1 where this thread takes parts from above
  (import "env" "stalled" (func $stalled)) ;; called now and then while others take long
  (global $phase (mut i64) (i64.const 0)) ;; where this thread is

${[waitingText(there), partsText(there), jobsText(there), stoppingText(there)].join("\n\n")})
`;
}

/** How a thread waits for the next phase, and wakes those that sleep. */
function waitingText({ at, word }: Control): string {
  return `  ;; True where the word is of another phase.
  (func $elsewhere (param $word i64) (result i32)
    (i64.ge_u (i64.sub (local.get $word) (global.get $phase)) (i64.const ${phase})))

  (func $wake
    (if (i32.atomic.load ${at("sleepers")}) (then (drop (memory.atomic.notify ${at("word")} (i32.const -1))))))

  ;; Until the word is of another phase.
  (func $wait (param $timeout i64) (local $word i64) (local $looks i32) (local $result i32)
    (loop $again
      (local.set $word ${word})
      (if (call $elsewhere (local.get $word)) (then (return)))
      (local.set $looks (i32.add (local.get $looks) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $looks) (i32.const ${looks})))
      (drop (i32.atomic.rmw.add ${at("sleepers")} (i32.const 1)))
      (local.set $result (memory.atomic.wait64 ${at("word")} (local.get $word) (local.get $timeout)))
      (drop (i32.atomic.rmw.sub ${at("sleepers")} (i32.const 1)))
      (if (i32.eq (local.get $result) (i32.const 2)) (then (call $stalled)))
      (local.set $looks (i32.const 0))
      (br $again)))`;
}

/** How a thread takes one part after the other, and ends the phase with the last. */
function partsText({ at, word }: Control): string {
  return `  (func $finish (param $parts i32) (local $word i64)
    (local.set $word (i64.atomic.rmw.add ${at("word")} (i64.const 1)))
    (if (call $elsewhere (local.get $word)) (then (return)))
    (if
      (i32.eq
        (i32.add (i32.and (i32.wrap_i64 (local.get $word)) (i32.const ${2 ** bits - 1})) (i32.const 1))
        (local.get $parts))
      (then
        (i64.atomic.store ${at("word")} (i64.add (global.get $phase) (i64.const ${phase})))
        (call $wake))))

  ;; A part that nobody has, or -1.
  (func $take (param $parts i32) (result i32)
    (local $word i64) (local $taken i64) (local $below i32) (local $above i32)
    (loop $again (result i32)
      (local.set $word ${word})
      (if (call $elsewhere (local.get $word)) (then (return (i32.const -1))))
      (local.set $below
        (i32.wrap_i64 (i64.shr_u (i64.sub (local.get $word) (global.get $phase)) (i64.const ${2 * bits}))))
      (local.set $above
        (i32.and (i32.wrap_i64 (i64.shr_u (local.get $word) (i64.const ${bits}))) (i32.const ${2 ** bits - 1})))
      (if (i32.ge_u (i32.add (local.get $below) (local.get $above)) (local.get $parts))
        (then (return (i32.const -1))))
      (local.set $taken
        (i64.add
          (local.get $word)
          (select (i64.const ${2 ** bits}) (i64.const ${2 ** (2 * bits)}) (global.get $above))))
      (br_if $again
        (i64.ne
          (i64.atomic.rmw.cmpxchg ${at("word")} (local.get $word) (local.get $taken))
          (local.get $word)))
      (select
        (i32.sub (i32.sub (local.get $parts) (i32.const 1)) (local.get $above))
        (local.get $below)
        (global.get $above))))

  (func (export "next") (param $done i32) (param $parts i32) (result i32) (local $part i32)
    (if (i32.ge_s (local.get $done) (i32.const 0)) (then (call $finish (local.get $parts))))
    (local.set $part (call $take (local.get $parts)))
    (if (i32.lt_s (local.get $part) (i32.const 0))
      (then
        (call $wait (i64.const ${patience}))
        (global.set $phase (i64.add (global.get $phase) (i64.const ${phase})))))
    (local.get $part))`;
}

/** How the first thread gives a job out, and how the others get it. */
function jobsText({ at, word }: Control): string {
  return `  (func (export "put") (param $n i32) (param $value i32)
    (i32.atomic.store
      (i32.add ${at("job")} (i32.shl (local.get $n) (i32.const 2)))
      (local.get $value)))

  (func (export "begin")
    (global.set $phase
      (i64.add (i64.and ${word} (i64.const ${-phase})) (i64.const ${phase})))
    (i64.atomic.store ${at("start")} (global.get $phase))
    (i64.atomic.store ${at("word")} (global.get $phase))
    (call $wake))

  ;; Nobody reads arguments from here on, so that the next ones can be put.
  (func (export "end")
    (i64.atomic.store ${at("start")} (i64.const -1)))

  (func (export "job") (result i32)
    (loop $again
      (call $wait (i64.const -1))
      (if (i32.atomic.load ${at("over")}) (then (return (i32.const 0))))
      (global.set $phase (i64.atomic.load ${at("start")}))
      (if (i64.ne (global.get $phase) (i64.const -1)) (then (return (i32.const 1))))
      (global.set $phase (i64.and ${word} (i64.const ${-phase})))
      (br $again))
    (unreachable))

  (func (export "get") (param $n i32) (result i32)
    (i32.atomic.load (i32.add ${at("job")} (i32.shl (local.get $n) (i32.const 2)))))

  (func (export "current") (result i32)
    (i64.eq (i64.atomic.load ${at("start")}) (global.get $phase)))`;
}

function stoppingText({ at }: Control): string {
  return `  ;; Lets every thread leave its work, and sends workers home.
  (func (export "stop")
    (i32.atomic.store ${at("over")} (i32.const 1))
    (i64.atomic.store ${at("word")} (i64.add (global.get $phase) (i64.const ${1n << 62n})))
    (drop (memory.atomic.notify ${at("word")} (i32.const -1))))

  (func (export "stopped") (result i32)
    (i32.atomic.load ${at("over")}))`;
}
