/** The script of worker.html: a file goes to the worker, and what that tells of it to the page. */
const find = (id) => document.getElementById(id);
const worker = new Worker("worker.mjs", { type: "module" });
worker.onerror = () => (find("said").textContent = "the worker did not start");
worker.onmessage = ({ data: { error, done, all, right, counts } }) => {
  if (error === undefined) Object.assign(find("progress"), { value: done, max: all });
  if (error !== undefined) find("said").textContent = error;
  else if (counts !== undefined)
    find("said").textContent = `${all} rows, ${right} right: ${Object.entries(counts)
      .map(([digit, count]) => `${count} × ${digit}`)
      .join(", ")}`;
};
find("file").onchange = async ({ target }) => {
  find("said").textContent = "";
  worker.postMessage(await target.files[0].text());
};
