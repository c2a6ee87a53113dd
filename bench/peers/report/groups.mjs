/** Rows that are compared with each other: one workload, phase, batch and number of threads. */

/** `[{ title, rows, job }]` in the order of the rows. */
export function groupsOf(rows) {
  const groups = new Map();
  for (const row of rows) {
    const { workload, phase, batch, threads } = row;
    const title = `${workload}, ${phase === "train" ? "a training step" : "inference"} of ${batch} row${batch === 1 ? "" : "s"}, ${threads} thread${threads === 1 ? "" : "s"}`;
    if (!groups.has(title)) groups.set(title, { title, job: { workload, phase, batch, threads }, rows: [] });
    groups.get(title).rows.push(row);
  }
  return [...groups.values()];
}

/** Three digits, without an exponent. */
export function milliseconds(value) {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(value)));
  return value.toFixed(Math.min(digits, 6));
}
