import { type Logger, LogLevel } from "@slack/bolt";
import type { Log } from "../../usecases/ports/ports.js";

/** The library logs these at each connection that fails or breaks, which `slack.socket_unreachable` already reports. */
const REPORTED_ALREADY = /^(?:http request failed|Failed to retrieve a new WSS URL|WebSocket error)/;

/**
 * Passes warnings and errors of Bolt and its clients to our log. Their debug lines contain whole bodies and their warnings
 * may quote errors, so only the fixed words at the start of a message are kept: people's texts must never reach the log.
 * The words are joined by hyphens, because the log accepts names but not sentences.
 */
export function boltLogger(log: Log): Logger {
  const warn = (message: unknown): void => {
    const words = fixedWords(message);
    if (words === "" || REPORTED_ALREADY.test(words)) return;
    log.warn("slack.library", { says: words.replace(/[^A-Za-z]+/g, "-") });
  };
  return {
    debug: () => {},
    info: () => {},
    warn,
    error: warn,
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  };
}

/** The words before anything that could be a variable part. */
export function fixedWords(message: unknown): string {
  return typeof message === "string" ? (/^[A-Za-z ,.'!-]{0,100}/.exec(message)?.[0].trim() ?? "") : "";
}
