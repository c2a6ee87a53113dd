/** Atomic writing: whole or not at all, what the disk refuses, and a process that is killed while it writes. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { buildSync } from "esbuild";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readSavedFile, writeFileAtomic } from "../../runtime/save/write-file.ts";
import { errorOf } from "../data/support.ts";
import { temporaryFolder } from "../folder.ts";

let folder = "";
beforeEach(() => {
  folder = temporaryFolder("write");
});

/** The message with the temporary folder's name taken out. */
function refusal(act: () => unknown): string {
  return errorOf(act).replaceAll(folder, "DIR");
}

describe("a write", () => {
  it("makes and replaces a file, and leaves nothing beside it", () => {
    const path = join(folder, "a.safetensors");
    writeFileAtomic(path, Uint8Array.of(1, 2));
    writeFileAtomic(path, "new");
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(readdirSync(folder)).toEqual(["a.safetensors"]);
  });

  it("keeps the permissions of the file and follows a link to it", () => {
    writeFileSync(join(folder, "real"), "old", { mode: 0o640 });
    symlinkSync(join(folder, "real"), join(folder, "link"));
    writeFileAtomic(join(folder, "link"), "new");
    expect(readFileSync(join(folder, "real"), "utf8")).toBe("new");
    expect(statSync(join(folder, "real")).mode & 0o777).toBe(0o640);
  });

  it("takes a name as long as the system allows", () => {
    const path = join(folder, "n".repeat(255));
    writeFileAtomic(path, "x");
    expect(existsSync(path)).toBe(true);
  });

  it("removes what a dead process left, and only that", () => {
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    const prefix = `.nnc-${hostname()
      .replace(/[^A-Za-z0-9]/g, "")
      .slice(0, 32)}-`;
    const kept = [`${prefix}${process.pid}-0123456789ab.tmp`, ".nnc-elsewhere.tmp", `${prefix}x.tmp`];
    for (const name of [`${prefix}${dead}-0123456789ab.tmp`, ...kept]) writeFileSync(join(folder, name), "");
    writeFileAtomic(join(folder, "a"), "x");
    expect(readdirSync(folder).sort()).toEqual([...kept, "a"].sort());
  });
});

describe("a write is refused", () => {
  it("where the place is a folder, has no folder, or has too long a name", () => {
    mkdirSync(join(folder, "sub"));
    writeFileSync(join(folder, "file"), "old");
    const write = (name: string): string => refusal(() => writeFileAtomic(`${folder}/${name}`, "x"));
    expect(write("sub")).toBe(
      "NN0924 cannot write DIR/sub: it is a folder, expected a file; what was there before is unchanged",
    );
    expect(write("none/a")).toBe(
      "NN0924 cannot write DIR/none/a: there is no such file or folder; what was there before is unchanged",
    );
    expect(write("file/a")).toBe(
      "NN0924 cannot write DIR/file/a: a part of its path is a file, expected a folder; what was there before is unchanged",
    );
    expect(write("n".repeat(256))).toBe(
      `NN0924 cannot write DIR/${"n".repeat(256)}: its name is too long; what was there before is unchanged`,
    );
    expect(write("a\0b")).toBe(
      "NN0924 cannot write DIR/a\0b: its path holds a NUL character; what was there before is unchanged",
    );
    expect(readdirSync(folder).sort()).toEqual(["file", "sub"]);
  });

  it.runIf(existsSync("/dev/full"))("where the disk is full", () => {
    expect(refusal(() => writeFileAtomic("/dev/full", "x"))).toBe(
      "NN0924 cannot write /dev/full: no space is left on the disk; what was there before is unchanged",
    );
    expect(statSync("/dev/full").isCharacterDevice()).toBe(true);
  });

  it.runIf(existsSync("/proc/self"))("where the disk takes no files", () => {
    expect(refusal(() => writeFileAtomic("/proc/nnc.safetensors", "x"))).toMatch(
      /^NN0924 cannot write \/proc\/nnc\.safetensors: /,
    );
  });
});

it("a file to read must be one", () => {
  writeFileSync(join(folder, "a"), "x");
  expect([...readSavedFile(join(folder, "a"))]).toEqual([120]);
  expect(refusal(() => readSavedFile(folder))).toBe("NN0925 cannot read DIR: it is a folder, expected a file");
  expect(refusal(() => readSavedFile(join(folder, "b")))).toBe(
    "NN0925 cannot read DIR/b: there is no such file or folder",
  );
});

it("a process killed while it writes leaves a whole file, and the next write cleans up", async () => {
  const script = join(folder, "writer.mjs");
  const module = JSON.stringify(resolve("runtime/save/write-file.ts"));
  const loop = `import { writeFileAtomic } from ${module};
    for (let round = 0; ; round++) { writeFileAtomic(process.argv[2], new Uint8Array(4_000_000).fill(round % 251)); if (round === 1) console.log("ready"); }`;
  buildSync({
    stdin: { contents: loop, resolveDir: folder },
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: script,
    logLevel: "error",
  });
  const target = join(folder, "out", "w");
  mkdirSync(join(folder, "out"));
  for (const wait of [0, 3, 7]) {
    const child = spawn(process.execPath, [script, target], { stdio: ["ignore", "pipe", "inherit"] });
    const gone = new Promise((settle) => child.once("exit", settle));
    await new Promise((settle) => child.stdout.once("data", settle));
    await new Promise((settle) => setTimeout(settle, wait));
    child.kill("SIGKILL");
    await gone;
    const bytes = readFileSync(target);
    expect(bytes.length).toBe(4_000_000);
    expect(bytes.every((byte) => byte === bytes[0])).toBe(true);
  }
  writeFileAtomic(target, "last");
  expect(readdirSync(join(folder, "out"))).toEqual(["w"]);
});

describe("what another process is about to name", () => {
  const name = `.nnc-${hostname()
    .replace(/[^A-Za-z0-9]/g, "")
    .slice(0, 32)}-4711-0123456789ab.tmp`;
  afterEach(() => void vi.restoreAllMocks());

  it.each([
    ["is kept while that runs", undefined, ["a", name]],
    ["is kept while that runs as another user", "EPERM", ["a", name]],
    ["is removed once that is gone", "ESRCH", ["a"]],
  ])("%s", (_, refused, expected) => {
    const asked = vi.spyOn(process, "kill").mockImplementation(() => {
      if (refused !== undefined) throw Object.assign(new Error(refused), { code: refused });
      return true;
    });
    mkdirSync(join(folder, "others"), { recursive: true });
    writeFileSync(join(folder, "others", name), "half");
    writeFileAtomic(join(folder, "others", "a"), "x");
    expect(asked.mock.calls).toEqual([[4711, 0]]);
    expect(readdirSync(join(folder, "others")).sort()).toEqual(expected.toSorted());
  });
});
