const REDACTED = "[redacted]";

/**
 * What is taken out of every log line. In a log a false alarm costs nothing, so these are wider than the shapes that
 * stop a person (domain/text/secrets.ts); a test holds that nothing is found there which is not taken out here.
 * Repetitions are bounded or stand last, so that no text makes the search slow.
 */
const SHAPES: readonly RegExp[] = [
  /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/@]{1,300}@/gi,
  /\b(?:bearer|basic)[ \t]{1,4}[A-Za-z0-9._~+/=-]{4,}/gi,
  /\bx(?:ox[a-z]|app)[.-][A-Za-z0-9.-]{4,}/g,
  /\bhooks\.slack\.com\/[A-Za-z0-9_/]{8,}/g,
  /\balert\.victorops\.com\/[A-Za-z0-9_/.-]{8,}/g,
  /\b(?:gh[a-z]_|github_pat_|gl[a-z]{2,5}-|npm_|hf_|whsec_|[srp]k_(?:live|test)_|do[a-z]_v1_)[A-Za-z0-9_+/=-]{10,}/g,
  /\b(?:sk-|pypi-|ya29\.|GOCSPX-|AIza|hv[sbr]\.|SG\.|pd(?:us|eu)\+_|AGE-SECRET-KEY-)[A-Za-z0-9._+-]{16,}/g,
  /(?<![A-Za-z0-9+])u\+[A-Za-z0-9_-]{18}/g,
  /\b(?:ATATT|ATCTT|dckr_pat_|glsa_|glc_|shp(?:at|ca|pa|ss)_)[A-Za-z0-9_+/=-]{10,}/g,
  /\bkey-[0-9a-f]{32}\b/gi,
  /(?<=authorization["'`]?[ \t]{0,3}[=:][ \t]{0,3}["'`]?)(?:[A-Za-z]{2,20}[ \t]{1,4})?[A-Za-z0-9._~+/=-]{8,}/gi,
  /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}/g,
  /\beyJ[A-Za-z0-9_-]{8,512}\.[A-Za-z0-9_.-]{8,}/g,
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[\s\S]*/g,
  /(?<=(?:passw(?:or)?d|pass|pwd?|pw|passphrase|secret|key|token|sig|credentials?)["'`]?[ \t]{0,3}[=:][ \t]{0,3}["'`]?)[^\s"'`,;&]{4,200}/gi,
];

/** The text without anything that is shaped like a secret, and without the query strings of addresses. */
export function redact(text: string): string {
  const seen = text.normalize("NFKC").replace(/\p{Cf}|\p{Mn}/gu, "");
  const clean = SHAPES.reduce((left, shape) => left.replace(shape, REDACTED), seen);
  return clean.replace(/(\bhttps?:\/\/[^\s?#]{1,500})\?[^\s#]{1,2000}/gi, `$1?${REDACTED}`);
}

/** What a log line says of an error. */
export interface SafeError {
  readonly name: string;
  readonly code?: string;
  readonly message?: string;
  /** Where it was thrown: frames only, because the first line of a stack is the message. */
  readonly at?: readonly string[];
  readonly cause?: SafeError;
}

const MAX_MESSAGE = 300;
const MAX_FRAMES = 5;
const MAX_CAUSES = 3;

/**
 * Errors whose messages quote what they were working on: a database's statement parameters and row values, a parser's
 * input. Of these only name and code are kept.
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

/** An error as it may stand in a log: name and code, and its message only where that cannot quote anybody's data. */
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
