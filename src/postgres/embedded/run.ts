import { spawn } from "node:child_process";

/** The account that a program runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The whole environment of PostgreSQL's programs. The bot's own holds Slack's secrets, and anyone who can read `/proc`
 * can see a server's environment.
 */
export const BARE_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: "/usr/local/bin:/usr/bin:/bin",
  LC_ALL: "C",
  TZ: "UTC",
};

/** The result of a program. `code` is null when it could not be started or was killed. */
export interface Finished {
  readonly code: number | null;
  readonly output: string;
}

/**
 * Runs a program to its end, by default with the bare environment, in the root folder. Never throws.
 * @param input what it reads from its standard input; nothing if left out
 */
export function run(
  program: string,
  args: readonly string[],
  account?: Account,
  env: Readonly<Record<string, string>> = BARE_ENVIRONMENT,
  input = "",
): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: "/",
      env,
      stdio: ["pipe", "pipe", "pipe"],
      // A process group of its own: Ctrl-C in the terminal must reach only the bot, which then stops in order.
      detached: true,
      ...(account ?? {}),
    });
    let output = "";
    const collect = (chunk: Buffer) => {
      output += chunk.toString("utf8");
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    // A program that ends without reading its input closes the pipe.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    child.on("error", (fault) => resolve({ code: null, output: `${output}${fault.message}` }));
    child.on("close", (code) => resolve({ code, output }));
  });
}
