/** `nnc build FILE -o DIR`: the artifact as files, written all of them or none. */
import path from "node:path";
import { gzipSync } from "node:zlib";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit.ts";
import { inFolder } from "../files.ts";
import { readBy, writeOutputs } from "../outputs.ts";
import { writeJson } from "../output/json.ts";
import { formatBytes } from "../output/numbers.ts";
import { painter } from "../output/style.ts";
import { left, right, table } from "../output/table.ts";
import { arithmeticOf, checkTarget, compileSource, openSource, optionsOf } from "../source.ts";
import type { ArithmeticFlags, ClosingFlags } from "../source.ts";

export type BuildFlags = ClosingFlags &
  ArithmeticFlags & {
    readonly out: string;
    readonly force: boolean;
    readonly json: boolean;
    readonly compact: boolean;
  };

interface Written {
  readonly file: string;
  readonly bytes: number;
  readonly gzipped: number;
}

export async function build(context: Context, flags: BuildFlags, file: string): Promise<number> {
  checkTarget(flags);
  const source = openSource(context, file);
  const compiled = await compileSource(context, source, {
    ...optionsOf(flags),
    ...arithmeticOf(flags),
    compact: flags.compact,
  });
  const { manifest, files } = compiled.artifact;
  // The manifest names the other files: once it is there, they all are.
  const contents = [...Object.entries(files), ["manifest.json", `${JSON.stringify(manifest)}\n`] as const];
  const permission = { force: flags.force, reads: readBy(source, manifest.host.train) };
  await inFolder(context, flags.out, () => writeOutputs(context, flags.out, contents, permission));
  const written = contents.map(([name, content]) => sizesOf(name, content));
  const { stdout, env } = context.process;
  if (flags.json)
    writeJson(stdout, {
      ok: true,
      target: flags.target,
      folder: flags.out,
      files: written,
      arenaBytes: manifest.arenaBytes,
      diagnostics: compiled.diagnostics,
    });
  else
    stdout.write(
      table(
        columns,
        written.map(({ file: name, bytes, gzipped }) => [
          path.join(flags.out, name),
          formatBytes(bytes),
          formatBytes(gzipped),
        ]),
        painter(stdout, env),
        { indent: "" },
      ),
    );
  return exitCodes.success;
}

const columns = [left("file"), right("size"), right("gzipped")] as const;

function sizesOf(name: string, content: string | Uint8Array): Written {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return { file: name, bytes: bytes.length, gzipped: gzipSync(bytes).length };
}
