import { spawn } from "node:child_process";

/** The account a program runs as; undefined means the account of the bot. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * All that PostgreSQL's programs get to see of the environment: the bot's own holds Slack's secrets, and a server shows
 * its environment to everyone who may read `/proc`.
 */
export const BARE_ENVIRONMENT = { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };

/** What a finished program said. `code` is null when it could not be started or was killed. */
export interface Finished {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a program to its end, with the bare environment, from the root folder. Never throws. */
export function run(program: string, args: readonly string[], account?: Account): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: "/",
      env: BARE_ENVIRONMENT,
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own: Ctrl-C in the terminal is for the bot, which then puts things in order itself.
      detached: true,
      ...(account ?? {}),
    });
    let output = "";
    const collect = (chunk: Buffer) => {
      output += chunk.toString("utf8");
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", (fault) => resolve({ code: null, output: `${output}${fault.message}` }));
    child.on("close", (code) => resolve({ code, output }));
  });
}
