/** How large an artifact is, reckoned alike wherever it is told. */
import { gzipSync } from "node:zlib";
import type { Artifact } from "../../compiler/program/artifact.ts";

/** Text for readers, which nothing loads. */
const forReaders = /\.(ts|wat)$/;

/** Bytes of what a program loads, as they are and as gzip packs them. */
export function sizesOf({ manifest, files }: Artifact): { readonly artifactBytes: number; readonly gzipBytes: number } {
  const loaded = Object.entries(files).flatMap(([name, content]) => (forReaders.test(name) ? [] : [content]));
  const contents = [JSON.stringify(manifest), ...loaded].map((content) => Buffer.from(content));
  const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);
  return {
    artifactBytes: sum(contents.map(({ length }) => length)),
    gzipBytes: sum(contents.map((content) => gzipSync(content).length)),
  };
}
