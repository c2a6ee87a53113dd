/** Pictures for tests: a folder in memory, and files that `sharp` writes, where it is installed. */
import type { ImageFiles } from "../../runtime/data/image-list.ts";

/** What tests use of `sharp`. */
interface Picture {
  readonly png: () => Picture;
  readonly jpeg: (options?: object) => Picture;
  readonly webp: (options?: object) => Picture;
  readonly withMetadata: (options: object) => Picture;
  readonly withIccProfile: (profile: string) => Picture;
  readonly toColourspace: (space: string) => Picture;
  readonly toBuffer: () => Promise<Uint8Array>;
}

type Maker = (pixels: Uint8Array, options: object) => Picture;

async function find(): Promise<Maker | undefined> {
  try {
    const { default: made }: { default: unknown } = await import("sharp");
    // Its own types are there only where it is installed.
    return made as Maker;
  } catch {
    process.stderr.write(
      "sharp is not installed: tests that need pictures are skipped (`npm install sharp` adds it)\n",
    );
    return undefined;
  }
}

const sharp = await find();
export const hasSharp = sharp !== undefined;

/** A picture from its pixels, row by row. */
export function picture(width: number, height: number, channels: number, pixels: readonly number[]): Picture {
  if (sharp === undefined) throw new Error("sharp is not installed");
  return sharp(Uint8Array.from(pixels), { raw: { width, height, channels } });
}

/** A folder in memory: contents by path. Folders are what stands before a `/`. */
export function folderOf(contents: Readonly<Record<string, Uint8Array | string>>): ImageFiles {
  const files = new Map(Object.entries(contents));
  const bare = (path: string) => path.replace(/\/$/, "");
  const namesIn = (folder: string) => {
    const start = `${bare(folder)}/`;
    return [...files.keys()].flatMap((path) => (path.startsWith(start) ? [path.slice(start.length)] : []));
  };
  return {
    isFolder: (path) => namesIn(path).length > 0,
    list: (path) => ({
      real: path,
      entries: [...new Set(namesIn(path).map((name) => name.split("/")[0] ?? ""))]
        .toReversed()
        .map((name) => ({ name, isFolder: !files.has(`${bare(path)}/${name}`) })),
    }),
    read: (path) => {
      const found = files.get(path);
      if (found === undefined) throw new Error(`no ${path}`);
      return typeof found === "string" ? new TextEncoder().encode(found) : found;
    },
  };
}
