/** The command as a process: exit codes, signals and pipes. */
import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import { buildSync } from "esbuild";
import { beforeAll, describe, expect, test } from "vitest";
import { decode } from "../../runtime/save/safetensors.ts";
import { pointsProject, pointsSource } from "./fixture.ts";
import { folderWith } from "./helpers.ts";
import { temporaryFolder } from "../folder.ts";

const root = path.resolve(import.meta.dirname, "../..");
const bundle = temporaryFolder("bundle");
const cli = path.join(bundle, "cli.mjs");
const project = folderWith({ ...pointsProject, "long.nn": pointsSource.replaceAll("epochs: 4", "epochs: 1000000") });
const cwd = project.folder;

beforeAll(() => {
  buildSync({
    entryPoints: [path.join(root, "cli/main.ts")],
    outfile: cli,
    bundle: true,
    format: "esm",
    platform: "node",
    external: ["ts-morph", "webgpu", "benny"],
    // No page is written here, whose script the build bundles.
    loader: { ".nn": "text", ".script": "text" },
    logLevel: "error",
  });
  // Where what stays outside the bundle is found.
  symlinkSync(path.join(root, "node_modules"), path.join(bundle, "node_modules"), "junction");
}, 60_000);

function run(...args: readonly string[]) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [cli, ...args], { cwd, encoding: "utf8" });
  return { stdout, stderr, status };
}

describe("exit codes", () => {
  test.each([
    [["--version"], 0],
    [["check", "points.nn"], 0],
    [["check", "nosuch.nn"], 1],
    [["chek"], 2],
    [["train", "points.nn", "--epochs", "none"], 2],
  ])("%j → %i", (args, status) => {
    expect(run(...args).status).toBe(status);
  });

  test("no colours and no stack in a pipe", () => {
    const { stderr } = run("check", "nosuch.nn");
    // oxlint-disable-next-line no-control-regex -- The sequences are what is looked for.
    expect(stderr).not.toMatch(/\u001b|^\s+at /m);
  });
});

describe("what the GPU's libraries print of themselves", () => {
  const bench = ["bench", "points.nn", "--seconds", "0.01", "--rounds", "1", "--batches", "8"];

  test("stays away from a run without a GPU: its error, and nothing else", () => {
    expect(run("train", "points.nn", "-o", "gpu", "--target", "wgsl")).toEqual({
      stdout: "",
      stderr: "error[NN0651]: this artifact is for the target wgsl: expected a GPU that WebGPU can use, found none\n",
      status: 1,
    });
  });

  test("stays away from a comparison of the targets", () => {
    expect(run(...bench).stderr).not.toMatch(/vulkan|dawn/i);
  });

  test("stays away from a file of messages, too, and the messages come whole", () => {
    const script = `"${process.execPath}" "${cli}" eval points.nn --params none --target=wgsl 2>messages`;
    expect(spawnSync("sh", ["-c", script], { cwd }).status).toBe(1);
    expect(readFileSync(path.join(cwd, "messages"), "utf8")).toMatch(/^error\[NN0925\]: cannot read none: .*\n$/);
  });
});

test("a reader that closes the pipe ends the command quietly", () => {
  const { stdout, stderr } = spawnSync(
    "sh",
    ["-c", `"${process.execPath}" "${cli}" train points.nn -o piped --target wasm --json 2>err | head -n 1`],
    { cwd, encoding: "utf8" },
  );
  expect(stdout).toMatch(/^\{"event":"start"/);
  expect(stderr).toBe("");
  expect(readFileSync(path.join(cwd, "err"), "utf8")).not.toMatch(/EPIPE|^\s+at /m);
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s to a command that works in a process apart ends both", async (signal, status) => {
  const child = spawn(process.execPath, [cli, "bench", "points.nn", "--target", "wasm", "--seconds", "20"], {
    cwd,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  setTimeout(() => child.kill(signal), 1500);
  let notes = "";
  // It ends when nobody holds the other end any more.
  for await (const chunk of child.stderr) notes += String(chunk);
  expect([await ended, notes.includes("error")]).toEqual([status, false]);
});

test("Ctrl-C stops after the step, leaves a checkpoint and nothing half-written, and exits with 130", async () => {
  const child = spawn(process.execPath, [cli, "train", "long.nn", "-o", "stopped", "--target", "wasm"], {
    cwd,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let notes = "";
  let sent = false;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  for await (const chunk of child.stderr) {
    notes += String(chunk);
    // Once: a second one ends a command that is ending.
    if (!sent && notes.includes("epoch 1/")) sent = child.kill("SIGINT");
  }
  expect(await ended).toBe(130);
  const saved = decode("checkpoint", readFileSync(path.join(cwd, "stopped/checkpoint.safetensors"))).metadata;
  const step = Number(saved.get("nnc.step"));
  const epoch = Math.floor(step / Number(/ epochs of (\d+) steps\n/.exec(notes)?.[1])) + 1;
  expect(notes.split(/[\r\n]+/).at(-2)).toBe(
    `stopped in epoch ${epoch} after step ${step}; --resume goes on from stopped/checkpoint.safetensors`,
  );
  expect(readdirSync(path.join(cwd, "stopped")).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});
