import { spawn } from "node:child_process";
import { once } from "node:events";

/** How long a program may take to end its workers and servers after it was asked to. */
const GRACE_MS = 20_000;
/** Bounds are those of two cores that do nothing else; `BREAKGLASS_RELIABILITY_PATIENCE=3` gives three times as long. */
const PATIENCE = Number(process.env.BREAKGLASS_RELIABILITY_PATIENCE ?? 1);
/** `cutOff` of a program that was ended together with this one. */
export const INTERRUPTED = "ended from outside";

/**
 * Runs a Node program of node_modules for at most so many minutes. Its exit code, how long it ran in seconds, and why it
 * was ended before its time: "" where it was not.
 */
export async function runBounded(args, env, minutes) {
  const from = performance.now();
  // A group of its own, so that what a worker started can be ended with it.
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "inherit", "inherit"], detached: true });
  const exited = once(child, "exit");
  const signal = (name) => {
    try {
      process.kill(-child.pid, name);
    } catch {
      // It has ended meanwhile.
    }
  };
  let cutOff = "";
  let killing;
  const end = (why) => {
    cutOff = why;
    signal("SIGINT");
    killing ??= setTimeout(() => signal("SIGKILL"), GRACE_MS);
  };
  const allowed = minutes * PATIENCE;
  const bound = setTimeout(() => end(`ended after its bound of ${allowed} min`), allowed * 60_000);
  const interrupted = () => end(INTERRUPTED);
  process.on("SIGINT", interrupted).on("SIGTERM", interrupted);
  const [code] = await exited;
  clearTimeout(bound);
  clearTimeout(killing);
  process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
  return { code, cutOff, seconds: Math.round((performance.now() - from) / 1000) };
}

/** The environment of a suite: its sizes, where none is given from outside. */
export function environmentOf({ sizes }) {
  const own = Object.entries(sizes).map(([name, size]) => [`BREAKGLASS_RELIABILITY_${name}`, String(size)]);
  return { ...Object.fromEntries(own), ...process.env };
}
