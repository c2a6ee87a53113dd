/**
 * A worker that classifies a table: it gets the text of a CSV file and posts { done, all, right } now and then, at the end with `counts`. What does not fit is
 * posted as { error }.
 */
import { predict } from "./digits.mjs";

/** Between two messages. */
const rowsAtOnce = 64;

self.onmessage = ({ data }) => {
  try {
    classify(data);
  } catch (error) {
    self.postMessage({ error: error.message });
  }
};

function classify(text) {
  const [head, ...lines] = text.trim().split(/\r?\n/);
  const names = head.split(",");
  const counts = {};
  let right = 0;
  for (let from = 0; from < lines.length; from += rowsAtOnce) {
    const rows = lines.slice(from, from + rowsAtOnce).map((line) => rowOf(names, line));
    predict(rows).forEach(({ digit }, at) => {
      counts[digit] = (counts[digit] ?? 0) + 1;
      if (String(rows[at].digit) === digit) right++;
    });
    self.postMessage({ done: Math.min(from + rowsAtOnce, lines.length), all: lines.length, right });
  }
  self.postMessage({ done: lines.length, all: lines.length, right, counts });
}

/** An object by column; the column `digit`, where there is one, is what the row really is. */
function rowOf(names, line) {
  return Object.fromEntries(line.split(",").map((cell, at) => [names[at], cell === "" ? NaN : Number(cell)]));
}
