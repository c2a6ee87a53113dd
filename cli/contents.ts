/** The contents of a project's data, and of rows that a user names: files as they are, images decoded. */
import { statSync } from "node:fs";
import { cannotRead } from "../compiler/diagnostics/codes/checkpoint.ts";
import { diagnose, NncError } from "../compiler/diagnostics/diagnostic.ts";
import type { Host } from "../compiler/program/host.ts";
import type { ProjectSource } from "../compiler/project.ts";
import { folderAt, projectFiles } from "../runtime/data/files.ts";
import type { ImageFiles } from "../runtime/data/image-list.ts";
import type { Contents } from "../runtime/data/open.ts";
import { fileProblem } from "../runtime/save/file-problem.ts";
import { imagesOf } from "../runtime/train/images.ts";
import type { WhichImages } from "../runtime/train/images.ts";
import type { Context } from "./context.ts";
import { placeOf, readUserFile } from "./files.ts";

/** What the train of a source reads. Throws NN08xx for images. */
export async function contentsOf(
  { root, folder }: ProjectSource,
  host: Host,
  which: WhichImages,
): Promise<Pick<Contents, "read" | "images">> {
  const place = projectFiles(root, folder);
  return { read: place.read, images: await imagesOf(host, place, which) };
}

/** Files and folders that the user names on the command line, which may lie anywhere. They throw NN0925, NN0825. */
export function userFiles(context: Context): ImageFiles {
  const attempt = <Answer>(file: string, act: (place: string) => Answer): Answer => {
    try {
      return act(placeOf(context, file));
    } catch (error) {
      throw new NncError(diagnose(cannotRead, { file, problem: fileProblem(error) }, []));
    }
  };
  return {
    isFolder: (file) => attempt(file, (place) => statSync(place).isDirectory()),
    list: (file) => attempt(file, folderAt),
    read: (file) => readUserFile(context, file),
  };
}
