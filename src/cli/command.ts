/**
 * What the command line answers with; the bot ends with the last one too. Scripts and pipelines rely on these numbers: for `check`, 0 means "skip the gate"
 * and anything else means "run it".
 */
export const EXIT = {
  /** Looked, and all is well. */
  fine: 0,
  /** Looked, and something is wrong: a faulty policy, a trail that does not verify. */
  foundWrong: 1,
  /** Could not look: a file that cannot be read, a server that does not answer. */
  couldNotLook: 2,
  /** The command line itself is wrong (EX_USAGE of sysexits.h). */
  wrongUsage: 64,
  /** The configuration is faulty, and starting again will not help (EX_CONFIG of sysexits.h). */
  faultyConfiguration: 78,
} as const;

/** One of the answers of the command line. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What a command sees of the world, so that tests can run it in their own process. */
export interface CommandIo {
  /** Writes a line of the answer. */
  out(line: string): void;
  /** Writes a line about the run: errors, usage, totals. */
  err(line: string): void;
  /** Reads a file whole. Throws what Node throws. */
  readFile(path: string): Promise<Uint8Array>;
  env: Record<string, string | undefined>;
  now(): Date;
}

/** One thing that the command line can do. Adding one is a file that exports it, and its line in `commands`. */
export interface Command {
  name: string;
  /** What it does, in a line of the help. */
  summary: string;
  /** How it is called, one line per way. */
  usage: readonly string[];
  /** @param args what stands after the command's name */
  run(args: readonly string[], io: CommandIo): Promise<ExitCode>;
}
