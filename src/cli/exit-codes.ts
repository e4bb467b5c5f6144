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
