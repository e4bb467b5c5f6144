import { redactSecrets } from "./secrets/redact-secrets.js";

const REDACTED = "[redacted]";

/** A log line keeps far less, so nothing that matters is searched or lost beyond. */
const MAX_SEARCHED = 10_000;

/** Removes everything shaped like a secret, and the query strings of URLs. */
export function redact(text: string): string {
  const seen = text
    .slice(0, MAX_SEARCHED)
    .normalize("NFKC")
    .replace(/\p{Cf}|\p{Mn}/gu, "");
  const clean = redactSecrets(seen.slice(0, MAX_SEARCHED));
  return clean.replace(/(\bhttps?:\/\/[^\s?#]{1,500})\?[^\s#]{1,2000}/gi, `$1?${REDACTED}`);
}

/** An error as it appears in a log line. */
export interface SafeError {
  readonly name: string;
  readonly code?: string;
  readonly message?: string;
  /** Stack frames only, because the first line of a stack is the message. */
  readonly at?: readonly string[];
  readonly cause?: SafeError;
}

const MAX_MESSAGE = 300;
const MAX_FRAMES = 5;
const MAX_CAUSES = 3;

/**
 * True for errors whose messages quote their input: a database's statement parameters and row values, a parser's input.
 * Only the name and code of these are kept.
 */
function quotesItsInput(error: Error): boolean {
  const { name } = error;
  if (/postgres|drizzle|database|syntax|zod/i.test(name)) return true;
  return "severity" in error || "query" in error || "params" in error || "parameters" in error || "issues" in error;
}

function codeOf(error: object): string | undefined {
  const code = "code" in error ? error.code : undefined;
  return typeof code === "string" || typeof code === "number" ? redact(String(code)).slice(0, 60) : undefined;
}

/** Makes an error safe to log: name and code, and the message only when it cannot quote anyone's data. */
export function safeError(error: unknown, depth = 0): SafeError {
  if (!(error instanceof Error)) return { name: "NotAnError", code: typeof error };
  const code = codeOf(error);
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const withheld = quotesItsInput(error);
  return {
    name: redact(error.name).slice(0, 60),
    ...(code === undefined ? {} : { code }),
    message: withheld ? "withheld, because it may quote data" : redact(error.message).slice(0, MAX_MESSAGE),
    ...(frames.length === 0 ? {} : { at: frames.slice(0, MAX_FRAMES).map((line) => redact(line.trim())) }),
    ...(error.cause === undefined || depth >= MAX_CAUSES ? {} : { cause: safeError(error.cause, depth + 1) }),
  };
}
