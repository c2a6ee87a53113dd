/** What the scripts share: where the project is, running a command, and installing what is missing. Plain Node, no package. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

const windows = process.platform === "win32";

/** Runs a command in the project's folder with this terminal and answers its exit code (1 where it could not start or was killed). */
export function run(command, args, environment = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...environment },
    shell: windows,
  });
  if (error) console.error(`${command}: ${error.message}`);
  return status ?? 1;
}

/** Runs the built command with this standard input and answers what it prints; throws where it fails. */
export function nncOutput(args, input = "") {
  return execFileSync(process.execPath, [path.join(root, "dist/cli.js"), ...args], {
    input,
    encoding: "utf8",
    maxBuffer: 2 ** 30,
    stdio: ["pipe", "pipe", "inherit"],
  });
}

/** Writes a file under a temporary name first, so that who is interrupted leaves the old one. */
export function writeWhole(file, text) {
  writeFileSync(`${file}.tmp`, text);
  renameSync(`${file}.tmp`, file);
}

/** The path of a command that an installed package brings. */
export const tool = (name) => path.join(root, "node_modules", ".bin", windows ? `${name}.cmd` : name);

/** Runs `npm ci` unless `node_modules` holds exactly what the lock file of `folder` asks for; answers whether all is there. */
export function install(folder = ".") {
  if (isInstalled(folder)) return true;
  console.log("Installing packages (npm ci) …");
  return run("npm", ["ci", "--loglevel=error", "--prefix", folder]) === 0;
}

/** The same, but ends the process where it fails. */
export function ensureInstalled() {
  if (!install()) process.exit(1);
}

/** Compares the lock file with npm's own note of what it installed. Optional packages may be left out. */
function isInstalled(folder) {
  const wanted = readPackages(path.join(folder, "package-lock.json"));
  const installed = readPackages(path.join(folder, "node_modules/.package-lock.json"));
  return Object.entries(wanted).every(
    ([place, entry]) => place === "" || entry.optional || installed[place]?.version === entry.version,
  );
}

/** The `packages` table of a lock file; empty where there is no such file. */
function readPackages(file) {
  try {
    return JSON.parse(readFileSync(path.join(root, file), "utf8")).packages;
  } catch {
    return {};
  }
}
