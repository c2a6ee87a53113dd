/**
 * Rows that come one after the other, answered in batches. No row is asked for while answers are waiting to be taken, so that memory does not grow with
 * how many come; what goes wrong is told behind the answers to the rows before it.
 */
import { wrongType } from "../../compiler/diagnostics/codes/runtime.ts";
import { failure, kindOf } from "../load/fail.ts";

/** Lists, generators, streams of Node's that give objects. A text would be rows of one character each, which nobody means. */
export function requireRows<Row>(rows: AsyncIterable<Row> | Iterable<Row>): void {
  // Whoever calls without types may hand over anything.
  const given: unknown = rows;
  if (typeof given === "object" && given !== null && (Symbol.asyncIterator in given || Symbol.iterator in given))
    return;
  throw failure(wrongType, { name: "rows", expected: "rows to iterate over", found: kindOf(given) });
}

/** `read` takes a row, by its number, at once: whoever gives it may write over it afterwards. `answer` takes up to `most` of what that gave. */
export async function* inTurn<Row, Values, Said>(
  rows: AsyncIterable<Row> | Iterable<Row>,
  most: number,
  read: (row: Row, at: number) => Values,
  answer: (batch: readonly Values[]) => Promise<readonly Said[]>,
): AsyncGenerator<Said, void, undefined> {
  for await (const batch of gathered(rows, most, read)) yield* await answer(batch);
}

async function* gathered<Row, Values>(
  rows: AsyncIterable<Row> | Iterable<Row>,
  most: number,
  read: (row: Row, at: number) => Values,
): AsyncGenerator<readonly Values[], void, undefined> {
  let batch: Values[] = [];
  let at = 0;
  try {
    for await (const row of rows) {
      batch.push(read(row, at));
      at += 1;
      if (batch.length < most) continue;
      const full = batch;
      batch = [];
      yield full;
    }
  } catch (error) {
    if (batch.length > 0) yield batch;
    throw error;
  }
  if (batch.length > 0) yield batch;
}
