/**
 * What the operating system says about a file, in the words of a user. Knows Node's error codes and nothing of Node
 * itself.
 */

const sentences: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "there is no such file or folder"],
  ["ENOTDIR", "a part of its path is a file, expected a folder"],
  ["EISDIR", "it is a folder, expected a file"],
  ["EACCES", "permission denied"],
  ["EPERM", "permission denied"],
  ["EROFS", "the disk is read-only"],
  ["ENOSPC", "no space is left on the disk"],
  ["EDQUOT", "the quota of the disk is used up"],
  ["EFBIG", "the file would be larger than the disk allows"],
  ["ENAMETOOLONG", "its name is too long"],
  ["ELOOP", "its links lead in a circle"],
  ["EMFILE", "too many files are open"],
  ["ENFILE", "too many files are open"],
  ["EIO", "the disk reports an error"],
  ["ERR_INVALID_ARG_VALUE", "its path holds a NUL character"],
  ["ERR_FS_FILE_TOO_LARGE", "it is larger than 2 GiB"],
]);

/** A clause such as `no space is left on the disk`; a code that is not known is shown as it is. */
export function fileProblem(error: unknown): string {
  const code = codeOf(error);
  return sentences.get(code) ?? (code === "" ? String(error) : `the system reports ${code}`);
}

/** What is wrong with something that is there; undefined of a file. */
export function kindProblem(found: { isFile(): boolean; isDirectory(): boolean }): string | undefined {
  if (found.isDirectory()) return sentences.get("EISDIR");
  return found.isFile() ? undefined : "it is no file";
}

/** `ENOENT`, or an empty string where the error has no code. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
