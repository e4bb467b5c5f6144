import { type Logger, LogLevel } from "@slack/bolt";
import type { Log } from "../../usecases/ports.js";

/**
 * Lets Bolt and its clients write to our log. Their debug lines hold whole bodies and their warnings may quote errors,
 * so only the fixed words at the start of a warning are kept: what a person typed never reaches the log.
 */
export function boltLogger(log: Log): Logger {
  return {
    debug: () => {},
    info: () => {},
    warn: (...message: unknown[]) => log.warn("slack.library", { says: fixedWords(message[0]) }),
    error: (...message: unknown[]) => log.warn("slack.library", { says: fixedWords(message[0]) }),
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  };
}

/** The words before anything that could have been filled in. */
export function fixedWords(message: unknown): string {
  return typeof message === "string" ? (/^[A-Za-z ,.'!-]{0,100}/.exec(message)?.[0].trim() ?? "") : "";
}
