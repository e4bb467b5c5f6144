import { spawn } from "node:child_process";
import { once } from "node:events";

/** How long a program may take to stop its workers and servers after SIGINT. */
const GRACE_MS = 20_000;
/** The limits assume two idle cores. `BREAKGLASS_RELIABILITY_PATIENCE=3` triples them. */
const PATIENCE = Number(process.env.BREAKGLASS_RELIABILITY_PATIENCE ?? 1);
/** `cutOff` of a program that was interrupted together with this one. */
export const INTERRUPTED = "ended from outside";

/**
 * Runs a Node program for at most `minutes`. Resolves with its exit code, its duration in seconds, and in `cutOff` the
 * reason why it was ended early, or "".
 */
export async function runBounded(args, env, minutes) {
  const from = performance.now();
  // A process group of its own, so that everything the workers start can be killed with it.
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "inherit", "inherit"], detached: true });
  const exited = once(child, "exit");
  const signal = (name) => {
    try {
      process.kill(-child.pid, name);
    } catch {
      // It has already exited.
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

/** The environment of a suite: its sizes, unless the caller's environment overrides them. */
export function environmentOf({ sizes }) {
  const own = Object.entries(sizes).map(([name, size]) => [`BREAKGLASS_RELIABILITY_${name}`, String(size)]);
  return { ...Object.fromEntries(own), ...process.env };
}
