/**
 * A service without a package: POST /predict with { "rows": [[…], …] } answers { "answers": [{ "digit": "7", "scores": {…} }, …] }. It also hands
 * out the pages beside it.
 *
 *   node server.mjs [--port 8080] [--model ./digits.mjs]
 *
 * Whatever module `--model` names has `predict(rows)`, which answers at once or later.
 */
import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const folder = path.dirname(fileURLToPath(import.meta.url));
const mostBytes = 4_000_000;
const mostRows = 1000;

/** What the caller did wrong, as a sentence for him. */
class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** A server that answers with `predict`; the caller says where it listens. */
export function createService(predict) {
  return createServer((request, response) => {
    answer(request, response, predict).catch((error) => {
      const { status, message } = refusalOf(error);
      if (status === 500) console.error(error);
      // What is left of a body that nobody reads would be taken for the next request.
      sendJson(response, status, { error: message }, request.complete ? {} : { Connection: "close" });
    });
  });
}

/** The exported module throws a TypeError or a RangeError for rows that do not fit, which say what was expected. */
function refusalOf(error) {
  if (error instanceof Refused) return error;
  if (error instanceof TypeError || error instanceof RangeError) return { status: 400, message: error.message };
  return { status: 500, message: "something went wrong here; the service's log says what" };
}

async function answer(request, response, predict) {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  if (pathname !== "/predict") return sendFile(request, response, pathname);
  if (request.method !== "POST") throw new Refused(405, `expected POST, found ${request.method}`);
  const rows = rowsIn(await bodyOf(request));
  sendJson(response, 200, { answers: await predict(rows) });
}

async function bodyOf(request) {
  const parts = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > mostBytes) throw new Refused(413, `expected a body of at most ${mostBytes} bytes, found more`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function rowsIn(text) {
  let body;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw new Refused(400, `expected JSON: ${error.message}`);
  }
  const rows = body?.rows;
  if (!Array.isArray(rows))
    throw new Refused(400, 'expected { "rows": [ … ] } with a list of rows, found something else');
  if (rows.length > mostRows) throw new Refused(400, `expected at most ${mostRows} rows, found ${rows.length}`);
  // A list of single values would be taken for one row.
  const at = rows.findIndex((row) => typeof row !== "object" || row === null);
  if (at >= 0)
    throw new Refused(400, `row ${at}: expected a list of values or an object, found ${JSON.stringify(rows[at])}`);
  return rows;
}

function sendJson(response, status, value, headers = {}) {
  const text = JSON.stringify(value);
  const all = { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text), ...headers };
  response.writeHead(status, all).end(text);
}

/** The files that a browser may have. */
const files = new Map([
  ["/", ["index.html", "text/html"]],
  ["/worker.html", ["worker.html", "text/html"]],
  ...["page.mjs", "pad.mjs", "file.mjs", "worker.mjs", "digits.mjs"].map((name) => [
    `/${name}`,
    [name, "text/javascript"],
  ]),
]);

async function sendFile({ method }, response, pathname) {
  const [file, type] = files.get(pathname) ?? [];
  if (file === undefined) throw new Refused(404, `there is no ${pathname} here; POST /predict answers`);
  if (method !== "GET" && method !== "HEAD") throw new Refused(405, `expected GET, found ${method}`);
  const policy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; worker-src 'self'; connect-src 'self'";
  const stream = createReadStream(path.join(folder, file));
  await new Promise((resolve, reject) => stream.once("open", resolve).once("error", reject));
  response.writeHead(200, { "Content-Type": `${type}; charset=utf-8`, "Content-Security-Policy": policy });
  if (method === "HEAD") {
    stream.destroy();
    response.end();
  } else {
    stream.pipe(response);
  }
}

/** Listens until the process is told to end; what was begun is answered before. */
async function main() {
  const { values } = parseArgs({ options: { port: { type: "string" }, model: { type: "string" } } });
  const { port = "8080", model = path.join(folder, "digits.mjs") } = values;
  const { predict } = await import(pathToFileURL(model).href);
  const server = createService(predict);
  server.listen(Number(port), "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
  for (const signal of ["SIGINT", "SIGTERM"])
    process.once(signal, () => {
      server.close(() => console.log("stopped"));
      server.closeIdleConnections();
    });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
