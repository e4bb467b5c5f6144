import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface GuardOptions {
  /** The folder that PostgreSQL is started on, which may be done later. */
  readonly folder: string;
  /** A folder that is of no use any more once this process is gone. */
  readonly remove?: string;
}

/** A small process beside the demo that outlives it. */
export interface Guard {
  /** Everything was put away: there is nothing left to guard. */
  dismiss(): Promise<void>;
}

/**
 * PostgreSQL runs detached, and nobody can put away what a killed process leaves. The guard hears of the death by the end of
 * its standard input, which the system closes, and stops the server.
 */
export function postGuard({ folder, remove }: GuardOptions): Guard {
  const program = fileURLToPath(new URL("guard-main.js", import.meta.url));
  const child = spawn(process.execPath, [program, folder, ...(remove === undefined ? [] : [remove])], {
    stdio: ["pipe", "ignore", "ignore"],
    // A Ctrl-C in the terminal is for the demo, which puts everything away in its order.
    detached: true,
  });
  // Without a guard the demo does all the same: the next start finds the server and takes it over.
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  child.unref();
  return {
    dismiss: () =>
      new Promise((resolve) => {
        // Now it is waited for.
        child.ref();
        child.once("exit", () => resolve());
        child.once("error", () => resolve());
        if (child.exitCode !== null || child.pid === undefined) resolve();
        else child.kill("SIGTERM");
      }),
  };
}
