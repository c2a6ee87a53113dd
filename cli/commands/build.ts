/** `nnc build FILE -o DIR`: the artifact as files, each written whole or not at all, the manifest last. */
import path from "node:path";
import { gzipSync } from "node:zlib";
import { writeFileAtomic } from "../../runtime/save/write-file.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit.ts";
import { makeFolder } from "../files.ts";
import { writeJson } from "../output/json.ts";
import { formatBytes } from "../output/numbers.ts";
import { painter } from "../output/style.ts";
import { table } from "../output/table.ts";
import { checkTarget, compileSource, openSource, optionsOf } from "../source.ts";
import type { ClosingFlags, TargetFlags } from "../source.ts";

export type BuildFlags = ClosingFlags & TargetFlags & { readonly out: string; readonly json: boolean };

interface Written {
  readonly file: string;
  readonly bytes: number;
  readonly gzipped: number;
}

export async function build(context: Context, flags: BuildFlags, file: string): Promise<number> {
  checkTarget(flags);
  const compiled = await compileSource(context, openSource(context, file), {
    ...optionsOf(flags),
    target: flags.target,
    relaxed: flags.relaxed,
  });
  const { manifest, files } = compiled.artifact;
  const folder = makeFolder(context, flags.out);
  // The manifest names the other files: once it is there, they all are.
  const contents = [...Object.entries(files), ["manifest.json", `${JSON.stringify(manifest)}\n`] as const];
  const written = contents.map(([name, content]) => write(folder, name, content));
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

const columns = [
  { head: "file", align: "left" },
  { head: "size", align: "right" },
  { head: "gzipped", align: "right" },
] as const;

function write(folder: string, name: string, content: string | Uint8Array): Written {
  writeFileAtomic(path.join(folder, name), content);
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return { file: name, bytes: bytes.length, gzipped: gzipSync(bytes).length };
}
