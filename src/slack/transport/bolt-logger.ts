import { type Logger, LogLevel } from "@slack/bolt";
import type { Log } from "../../usecases/ports/ports.js";

/** Logged at each failed connection attempt, which `slack.socket_unreachable` reports already. */
const REPORTED_ALREADY = /^(?:http request failed|Failed to retrieve a new WSS URL)/;

/**
 * Lets Bolt and its clients write to our log. Their debug lines hold whole bodies and their warnings may quote errors, so
 * only the fixed words at the start of a warning are kept: what a person typed never reaches the log. Hyphens join them,
 * because the log takes names but no sentences.
 */
export function boltLogger(log: Log): Logger {
  const tell = (message: unknown): void => {
    const words = fixedWords(message);
    if (words === "" || REPORTED_ALREADY.test(words)) return;
    log.warn("slack.library", { says: words.replace(/[^A-Za-z]+/g, "-") });
  };
  return {
    debug: () => {},
    info: () => {},
    warn: tell,
    error: tell,
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  };
}

/** The words before anything that could have been filled in. */
export function fixedWords(message: unknown): string {
  return typeof message === "string" ? (/^[A-Za-z ,.'!-]{0,100}/.exec(message)?.[0].trim() ?? "") : "";
}
