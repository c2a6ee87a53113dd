/**
 * Adds to the lock file the packages of other platforms that npm left out: where a registry has not got an optional package, `npm install` drops
 * it without a word, and `npm ci` then refuses the lock file. Run after every `npm install` that changes the lock file. An added entry has no
 * checksum and is fetched only on the platform that its name tells.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { root, writeWhole } from "./lib/project.mjs";

const file = path.join(root, "package-lock.json");
const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const processors = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32", "x64"];

/** `@oxlint/binding-linux-arm-musleabihf` → `{ cpu: ["arm"], os: ["linux"], libc: ["musl"] }`. */
function platformOf(name) {
  const words = name.split(/[/-]/);
  const os = words.filter((word) => systems.includes(word));
  const cpu = words.filter((word) => processors.includes(word));
  if (os.length + cpu.length === 0)
    throw new Error(`${name}: its name tells no platform; add it to package-lock.json by hand`);
  const last = words.at(-1);
  const libc = !os.includes("linux")
    ? []
    : last.startsWith("musl")
      ? ["musl"]
      : last.startsWith("gnu")
        ? ["glibc"]
        : [];
  return {
    ...(cpu.length > 0 ? { cpu } : {}),
    ...(os.length > 0 ? { os } : {}),
    ...(libc.length > 0 ? { libc } : {}),
  };
}

/** Whether the table has `name` where Node would look for it from the package at `place`: in its folder, or in one above. */
function isFound(packages, place, name) {
  const folders = place === "" ? [] : place.split(/\/?node_modules\//).slice(1);
  const above = [folders, ...folders.map((_, at) => folders.slice(0, at))];
  return above.some((path) => [...path, name].map((folder) => `node_modules/${folder}`).join("/") in packages);
}

/** The optional packages that nothing in the table answers for. */
function missing(packages) {
  return Object.entries(packages).flatMap(([place, { optionalDependencies = {}, dev }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !isFound(packages, place, name))
      .map(([name, version]) => [
        `node_modules/${name}`,
        { version, ...platformOf(name), ...(dev ? { dev } : {}), optional: true },
      ]),
  );
}

const lock = JSON.parse(readFileSync(file, "utf8"));
const added = missing(lock.packages);
const [own, ...others] = Object.entries(lock.packages);
const sorted = [...others, ...added].sort(([a], [b]) => a.localeCompare(b, "en"));
writeWhole(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries([own, ...sorted]) }, null, 2)}\n`);
console.log(`${added.length} packages of other platforms added`);
