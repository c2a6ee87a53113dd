/** Tar archives, as the npm package of a headless Chromium brings them. */
import path from "node:path";

/** The plain files of an archive without their folders: headers of 512 bytes, each file padded to as many. */
export function filesOf(archive: Buffer): readonly { readonly name: string; readonly data: Buffer }[] {
  const files: { readonly name: string; readonly data: Buffer }[] = [];
  for (let at = 0; at + 512 <= archive.length && archive[at] !== 0;) {
    const name = archive.toString("utf8", at, at + 100).replace(/\0.*$/s, "");
    const size = parseInt(archive.toString("utf8", at + 124, at + 136), 8);
    if (size > 0) files.push({ name: path.basename(name), data: archive.subarray(at + 512, at + 512 + size) });
    at += 512 + 512 * Math.ceil(size / 512);
  }
  return files;
}
