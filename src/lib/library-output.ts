import type { Logger } from "./logger.js";

/** The part of the console that libraries write to. */
type Console = Record<"log" | "info" | "debug" | "warn" | "error" | "trace", (...args: readonly unknown[]) => void>;

/** The part of the process that reports warnings. */
interface WarningSource {
  removeAllListeners(event: "warning"): unknown;
  on(event: "warning", listener: (warning: Error) => void): unknown;
}

/**
 * Passes what libraries print, and Node's own warnings, to the log, so that standard output holds nothing but its lines. Of
 * a sentence only the fixed words at its beginning are kept: what follows may be a value, a text or a secret.
 */
export function takeLibraryOutput(log: Logger, console: Console, process: WarningSource): void {
  const to = (level: "debug" | "warn") => (first: unknown) => log[level]("library.output", { says: fixedWords(first) });
  Object.assign(console, {
    log: to("debug"),
    info: to("debug"),
    debug: to("debug"),
    trace: to("debug"),
    warn: to("warn"),
    error: to("warn"),
  });
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    const code: unknown = Reflect.get(warning, "code");
    log.warn("node.warning", {
      name: warning.name,
      code: typeof code === "string" ? code : undefined,
      says: fixedWords(warning.message),
    });
  });
}

/** The words before anything that could be a variable part, joined by hyphens: the log takes names but no sentences. */
function fixedWords(message: unknown): string {
  if (message instanceof Error) return message.name;
  const words = typeof message === "string" ? (/^[A-Za-z ,.!'-]{0,100}/.exec(message)?.[0] ?? "") : "";
  return (
    words
      .trim()
      .replace(/[^A-Za-z]+/g, "-")
      .replace(/^-|-$/g, "") || typeof message
  );
}
