import { printable, printableJson } from "../domain/text/printable.js";

/**
 * The exit codes of the command line; the bot uses the last one too. Scripts and pipelines rely on these numbers: for
 * `check`, 0 means "skip the gate" and anything else means "run it".
 */
export const EXIT = {
  /** The check ran and found nothing wrong. */
  fine: 0,
  /** The check ran and found something wrong: a faulty policy, a trail that does not verify. */
  foundWrong: 1,
  /** The check could not run: a file that cannot be read, a server that does not answer. */
  couldNotLook: 2,
  /** The arguments are wrong (EX_USAGE of sysexits.h). */
  wrongUsage: 64,
  /** The configuration is faulty, and a restart will not help (EX_CONFIG of sysexits.h). */
  faultyConfiguration: 78,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The I/O of a command, replaceable so that tests can run it in their own process. */
export interface CommandIo {
  /** Writes a line of the result to stdout. */
  out(line: string): void;
  /** Writes a line about the run (errors, usage, totals) to stderr. */
  err(line: string): void;
  /** Reads a whole file. Throws what Node throws. */
  readFile(path: string): Promise<Uint8Array>;
  env: Record<string, string | undefined>;
  now(): Date;
}

/** The same I/O, with each line {@link printable}: what a database, a file or Slack says cannot paint the screen. */
export function printableIo(io: CommandIo): CommandIo {
  return { ...io, out: (line) => io.out(printable(line)), err: (line) => io.err(printable(line)) };
}

/** Writes one JSON value to stdout. */
export function printJson(io: CommandIo, value: unknown, indent?: number): void {
  for (const line of printableJson(value, indent).split("\n")) io.out(line);
}

/** A command of the command line. To add one, export it from its file and list it in `commands`. */
export interface Command {
  name: string;
  /** What it does, as a line of the help. */
  summary: string;
  /** How to call it, one line per form. */
  usage: readonly string[];
  /** @param args the arguments after the command's name */
  run(args: readonly string[], io: CommandIo): Promise<ExitCode>;
}
