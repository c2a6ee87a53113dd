/** Where a run took place. */
import { execFileSync } from "node:child_process";
import os from "node:os";

export function machineOf() {
  const cpus = os.cpus();
  return {
    cpu: cpus[0]?.model.trim() ?? "unknown",
    cores: cpus.length,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    v8: process.versions.v8,
    load: os.loadavg()[0],
    commit: commit(),
    date: new Date().toISOString(),
  };
}

/** Of nnc's checkout, with a mark where files differ from it. */
function commit() {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty"], {
      cwd: import.meta.dirname,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "unknown";
  }
}
