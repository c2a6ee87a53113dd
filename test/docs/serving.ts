/** The files of a folder over HTTP, as pages must have their modules, while something is done with them. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

const types: Readonly<Record<string, string>> = { ".html": "text/html", ".mjs": "text/javascript" };

export async function serving(folder: string, use: (origin: string) => Promise<void>): Promise<void> {
  const server = createServer(({ url = "" }, response) => {
    try {
      const body = readFileSync(path.join(folder, url));
      response.writeHead(200, { "Content-Type": types[path.extname(url)] ?? "text/plain" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    // It listens on a port, not on a pipe.
    const { port } = server.address() as AddressInfo;
    await use(`http://127.0.0.1:${port}`);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
