import { GITLEAKS_RULES } from "./gitleaks-rules.js";
import { secretsIn } from "./search.js";

const REDACTED = "[redacted]";

/** Beginnings of tokens that end in a mark, such as `glpat-`: with them a truncated or misspelt token is known, too. */
const PREFIXES = GITLEAKS_RULES.filter(({ sure }) => sure)
  .flatMap(({ keywords }) => keywords)
  .filter((keyword) => /^[a-z0-9_.-]{3,}[_.-]$/.test(keyword))
  .map((keyword) => keyword.replaceAll(".", "\\."));

/**
 * What is removed from a log line beyond the secrets that stop a typed text: a false alarm costs nothing there, and a log must
 * not keep a secret that was cut off. Nothing follows a repetition without an upper bound.
 */
const LOOSE: readonly RegExp[] = [
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[\s\S]*/g,
  /\bx(?:ox[a-z]|app)[.-][A-Za-z0-9.-]{4,}/g,
  new RegExp(`(?<![A-Za-z0-9])(?:gh[a-z]_|gl[a-z]{2,5}-|${PREFIXES.join("|")})[A-Za-z0-9._~+/=-]{10,}`, "gi"),
  /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{10,}/g,
  /\bhooks\.slack\.com\/[A-Za-z0-9_/]{8,}/g,
  /\balert\.victorops\.com\/[A-Za-z0-9_/.-]{8,}/g,
  /\beyJ[A-Za-z0-9_-]{8,512}\.[A-Za-z0-9_.-]{8,}/g,
  /(?<=\bsig=)[A-Za-z0-9%+/_-]{4,}/gi,
  /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/@]{1,300}@/gi,
  /\b(?:bearer|basic)[ \t]{1,4}[A-Za-z0-9._~+/=-]{4,}/gi,
  /(?<=authorization["'`]?[ \t]{0,3}[=:][ \t]{0,3}["'`]?)(?:[A-Za-z]{2,20}[ \t]{1,4})?[A-Za-z0-9._~+/=-]{8,}/gi,
  /(?<=(?:passw(?:or)?d|pass|pwd?|pw|passphrase|secret|key|token|sig|credentials?)["'`]?[ \t]{0,3}[=:][ \t]{0,3}["'`]?)[^\s"'`,;&]{4,200}/gi,
];

/** Replaces everything in a text that is or resembles a secret. */
export function redactSecrets(text: string): string {
  const loose = LOOSE.flatMap((pattern) => [...text.matchAll(pattern)].map((found) => rangeOf(found.index, found[0])));
  const found = [...secretsIn(text, "sure"), ...secretsIn(text, "likely")].map(({ index, secret }) =>
    rangeOf(index, secret),
  );
  let clean = "";
  let at = 0;
  for (const { from, to } of [...loose, ...found].sort((a, b) => a.from - b.from)) {
    // One that begins within an earlier one only makes it longer.
    if (from >= at) clean += text.slice(at, from) + REDACTED;
    at = Math.max(at, to);
  }
  return clean + text.slice(at);
}

const rangeOf = (from: number, text: string) => ({ from, to: from + text.length });
