/** The service of examples/standalone: it starts, answers as the module does, refuses with a sentence, and stops when it is told to. */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { data, rowsOf, standalone, startService, type Service } from "./fixture.ts";

interface Answer {
  readonly digit: string;
  readonly scores: Readonly<Record<string, number>>;
}

interface Reply {
  readonly status: number;
  readonly body: { readonly answers?: readonly Answer[]; readonly error?: string };
}

let folder = "";
let service: Service;
beforeAll(async () => {
  folder = await standalone();
  service = await startService(folder);
}, 300_000);
afterAll(() => {
  service.child.kill("SIGKILL");
});

async function asked(method: string, place: string, body = ""): Promise<Reply & { readonly text: string }> {
  const { hostname, port } = new URL(service.origin);
  // Not a URL, of which dots would be taken out.
  const asking = request({ hostname, port, path: place, method });
  asking.end(body);
  // What Node's own event carries.
  const [response] = (await once(asking, "response")) as [AsyncIterable<Buffer> & { readonly statusCode?: number }];
  let text = "";
  for await (const part of response) text += String(part);
  return {
    status: response.statusCode ?? 0,
    text,
    body: text.startsWith("{") ? (JSON.parse(text) as Reply["body"]) : {},
  };
}

const predicted = async (rows: unknown): Promise<Reply> => asked("POST", "/predict", JSON.stringify({ rows }));

describe.sequential("the service", () => {
  test("answers as the module does", async () => {
    const rows = rowsOf(readFileSync(data, "utf8")).slice(0, 100);
    // The module that it exported itself.
    const { predict } = (await import(pathToFileURL(path.join(folder, "digits.mjs")).href)) as {
      readonly predict: (rows: readonly (readonly number[])[]) => readonly Answer[];
    };
    const pixels = rows.map((row) => row.pixels);
    const { status, body } = await predicted(pixels);
    expect(status).toBe(200);
    expect(body).toEqual({ answers: predict(pixels) });
    const right = rows.filter(({ digit }, at) => body.answers?.[at]?.digit === digit);
    expect(right.length).toBeGreaterThan(85);
  });

  test("takes rows by column, several at once, and none", async () => {
    const byColumn = Object.fromEntries(Array.from({ length: 64 }, (_, at) => [`p${at}`, at % 17]));
    const listed = await predicted([Object.values(byColumn)]);
    expect((await predicted([byColumn])).body).toEqual(listed.body);
    expect(await predicted([])).toMatchObject({ status: 200, body: { answers: [] } });
  });

  test.each([
    ["what is no JSON", "{", 400, /^expected JSON: /],
    ["another document", "[]", 400, /^expected \{ "rows": \[ … \] \} with a list of rows, found something else$/],
    ["too few values", '{"rows":[[1,2]]}', 400, /^row 0: expected 64 values for image, found 2$/],
    [
      "a word",
      `{"rows":[[${"1,".repeat(63)}"one"]]}`,
      400,
      /^row 0: expected a finite number for p63 of image, found "one"$/,
    ],
    ["a row that is none", '{"rows":[7]}', 400, /^row 0: expected a list of values or an object, found 7$/],
    [
      "a key that nothing reads",
      '{"rows":[{"pixel":1}]}',
      400,
      /^row 0: expected the keys .* found "pixel", which nothing reads$/,
    ],
    ["too many rows", `{"rows":[${"[],".repeat(1000)}[]]}`, 400, /^expected at most 1000 rows, found 1001$/],
    ["too large a body", " ".repeat(4_100_000), 413, /^expected a body of at most 4000000 bytes, found more$/],
  ])("refuses %s", async (_what, body, status, sentence) => {
    const reply = await asked("POST", "/predict", body);
    expect(reply.status).toBe(status);
    expect(reply.body.error).toMatch(sentence);
  });

  test.each([
    ["GET", "/predict", 405, "expected POST, found GET"],
    ["GET", "/../server.mjs", 404, "there is no /server.mjs here; POST /predict answers"],
    ["POST", "/", 405, "expected GET, found POST"],
  ])("refuses %s %s", async (method, place, status, error) => {
    expect(await asked(method, place)).toMatchObject({ status, body: { error } });
  });

  test("hands out the page beside it", async () => {
    const { status, text } = await asked("GET", "/");
    expect([status, text]).toEqual([200, readFileSync(path.join(folder, "index.html"), "utf8")]);
  });

  test("stops when it is told to, and says so", async () => {
    const ended = once(service.child, "close");
    service.child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
    expect(service.said()).toMatch(/^listening on \S+\nstopped\n$/);
  });
});

test("the load script tells requests a second, and that memory is flat", () => {
  const args = ["load.mjs", "--calls", "20000", "--seconds", "1", "--connections", "2"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(
    /^20000 calls of predict, .*\nmemory is flat\ndigits\.mjs, exported by nnc: \d+ requests a second of one row, 2 connections; .*\n$/,
  );
}, 120_000);
