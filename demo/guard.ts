import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface GuardOptions {
  /** PostgreSQL's data folder. PostgreSQL may start later. */
  readonly folder: string;
  /** A folder to delete once this process is gone. */
  readonly remove?: string;
}

/** A small helper process that outlives the demo. */
export interface Guard {
  /** Ends the guard, once the demo has cleaned up itself. */
  dismiss(): Promise<void>;
}

/**
 * PostgreSQL runs detached, and a killed process cannot stop it. The operating system closes the guard's standard input
 * when the demo dies; the guard then stops the server.
 */
export function postGuard({ folder, remove }: GuardOptions): Guard {
  const program = fileURLToPath(new URL("guard-main.js", import.meta.url));
  const child = spawn(process.execPath, [program, folder, ...(remove === undefined ? [] : [remove])], {
    stdio: ["pipe", "ignore", "ignore"],
    // Keeps Ctrl-C in the terminal away from the guard: the demo cleans up in its own order.
    detached: true,
  });
  // The demo works without a guard: the next start finds the server and takes it over.
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  child.unref();
  return {
    dismiss: () =>
      new Promise((resolve) => {
        // From here on the process waits for the guard.
        child.ref();
        child.once("exit", () => resolve());
        child.once("error", () => resolve());
        if (child.exitCode !== null || child.pid === undefined) resolve();
        else child.kill("SIGTERM");
      }),
  };
}
