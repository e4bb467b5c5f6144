import { ASSIGNED, looksAssigned } from "./secret-assignments.js";

/**
 * A pattern that recognises one kind of secret. It has two forms, because false alarms cost differently: a person must
 * not be stopped for nothing, while a log must not keep a secret that is truncated or misspelt. Each form runs in time
 * linear in the length of the text: nothing follows a repetition without an upper bound.
 */
export interface SecretShape {
  /** Completes the sentence "this looks like a …". */
  readonly kind: string;
  /**
   * Matches a text that must not be recorded; `null` for kinds that are searched for in logs only. No stateful flag
   * (`g`, `y`).
   */
  readonly typed: RegExp | null;
  /** Confirms a match of `typed` where the pattern alone is too weak. */
  readonly accept?: (match: RegExpExecArray) => boolean;
  /**
   * Matches what is removed from a log line: all that `typed` finds and more, since a false alarm costs nothing there.
   */
  readonly logged: RegExp;
}

/**
 * True for letters with at least four digits, or with a digit and an upper-case letter; false for words such as
 * `oauth2-proxy-middleware` after "bearer".
 */
const mixed = (word: string): boolean =>
  /[a-z]/i.test(word) && (/\d\D{0,200}\d\D{0,200}\d\D{0,200}\d/.test(word) || (/\d/.test(word) && /[A-Z]/.test(word)));

/**
 * A token with a prefix that its vendor documents.
 * @param rest what follows the prefix in `typed`; in a log, ten characters are enough
 * @param family prefixes to search for in a log, when there are more
 */
function token(kind: string, prefix: string, rest: string, family = prefix): SecretShape {
  return {
    kind,
    typed: new RegExp(`\\b(?:${prefix})${rest}`),
    logged: new RegExp(`\\b(?:${family})[A-Za-z0-9._~+/=-]{10,}`, "g"),
  };
}

/** All known shapes, in search order. */
export const SECRET_SHAPES: readonly SecretShape[] = [
  {
    kind: "Slack token",
    typed: /\b(?:xox[a-z](?:\.xox[a-z])?-|xapp-\d-)[A-Za-z0-9-]{10,}/,
    logged: /\bx(?:ox[a-z]|app)[.-][A-Za-z0-9.-]{4,}/g,
  },
  {
    kind: "Slack webhook",
    typed:
      /\bhooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9_]{1,32}\/[A-Za-z0-9_]{1,32}\/[A-Za-z0-9_]{8,}/,
    logged: /\bhooks\.slack\.com\/[A-Za-z0-9_/]{8,}/g,
  },
  { kind: "Splunk On-Call address", typed: null, logged: /\balert\.victorops\.com\/[A-Za-z0-9_/.-]{8,}/g },
  token("GitHub token", "gh[pousr]_", "[A-Za-z0-9]{20,}", "gh[a-z]_"),
  token("GitHub token", "github_pat_", "[A-Za-z0-9_]{20,}"),
  token("GitLab token", "gl(?:pat|dt|rt|ptt|cbt|agent|oas|ft|imt|soat|ffct)-", "[A-Za-z0-9_-]{20,}", "gl[a-z]{2,5}-"),
  token("AWS key", "AKIA|ASIA|ABIA|ACCA", "[A-Z0-9]{16}(?![A-Z0-9])"),
  token("Google API key", "AIza", "[A-Za-z0-9_-]{35}"),
  token("Google OAuth token", "ya29\\.|GOCSPX-", "[A-Za-z0-9_-]{20,}"),
  token("Stripe key", "[srp]k_(?:live|test)_", "[A-Za-z0-9]{10,}"),
  token("webhook secret", "whsec_", "[A-Za-z0-9+/=]{20,}"),
  token("npm token", "npm_", "[A-Za-z0-9]{36}"),
  token("PyPI token", "pypi-", "[A-Za-z0-9_-]{50,}"),
  token("PagerDuty token", "pd(?:us|eu)\\+_", "[A-Za-z0-9+_-]{20,}"),
  {
    kind: "PagerDuty token",
    typed: /(?<![A-Za-z0-9+])u\+[A-Za-z0-9_-]{18}(?![A-Za-z0-9_-])/,
    logged: /(?<![A-Za-z0-9+])u\+[A-Za-z0-9_-]{18}/g,
  },
  token("SendGrid key", "SG\\.", "[A-Za-z0-9_-]{20,24}\\.[A-Za-z0-9_-]{20,}"),
  {
    ...token("API key", "sk-", "(?:[a-z0-9]{2,10}-)?[A-Za-z0-9_-]{32,}"),
    accept: (found) => mixed(found[0]),
  },
  token("Vault token", "hv[sbr]\\.", "[A-Za-z0-9_-]{20,}"),
  token("DigitalOcean token", "do[opr]_v1_", "[a-f0-9]{40,}", "do[a-z]_v1_"),
  token("Atlassian token", "AT(?:ATT|CTT|STT)3", "[A-Za-z0-9_=-]{20,}", "AT[ACS]TT"),
  token("Docker token", "dckr_(?:pat|oat)_", "[A-Za-z0-9_-]{20,}"),
  token("Grafana token", "glsa_", "[A-Za-z0-9]{20,64}_[A-Fa-f0-9]{8}"),
  token("Grafana token", "glc_", "eyJ[A-Za-z0-9+/=]{20,}"),
  token("Shopify token", "shp(?:at|ca|pa|ss|tka)_", "[A-Fa-f0-9]{32}"),
  { kind: "Mailgun key", typed: /\bkey-[a-f0-9]{32}(?![A-Za-z0-9])/, logged: /\bkey-[0-9a-f]{32}\b/gi },
  {
    kind: "signature in an address",
    typed: /\bsig=([A-Za-z0-9%+/_-]{20,})/,
    accept: (found) => mixed(found[1] ?? ""),
    logged: /(?<=\bsig=)[A-Za-z0-9%+/_-]{4,}/gi,
  },
  token("Hugging Face token", "hf_", "[A-Za-z0-9]{30,}"),
  {
    kind: "private key",
    typed: /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/,
    logged: /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[\s\S]*/g,
  },
  token("private key", "AGE-SECRET-KEY-", "1[A-Z0-9]{20,}"),
  {
    kind: "JSON Web Token",
    typed: /\beyJ[A-Za-z0-9_-]{8,512}\.eyJ[A-Za-z0-9_-]{8,}/,
    logged: /\beyJ[A-Za-z0-9_-]{8,512}\.[A-Za-z0-9_.-]{8,}/g,
  },
  {
    kind: "password in an address",
    typed: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]{0,100}:[^\s/@]{1,200}@/i,
    logged: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/@]{1,300}@/gi,
  },
  {
    kind: "authorization header",
    typed: /\b(?:bearer|basic)[ \t]{1,4}([A-Za-z0-9._~+/=-]{16,})/i,
    accept: (found) => mixed(found[1] ?? ""),
    logged: /\b(?:bearer|basic)[ \t]{1,4}[A-Za-z0-9._~+/=-]{4,}/gi,
  },
  {
    kind: "authorization header",
    typed:
      /\bauthorization["'`]?[ \t]{0,3}[:=][ \t]{0,3}["'`]?(?:[a-z]{1,20}[ \t]{1,4})?(?:token=)?["'`]?([A-Za-z0-9._~+/=-]{16,})/i,
    accept: (found) => mixed(found[1] ?? ""),
    logged:
      /(?<=authorization["'`]?[ \t]{0,3}[=:][ \t]{0,3}["'`]?)(?:[A-Za-z]{2,20}[ \t]{1,4})?[A-Za-z0-9._~+/=-]{8,}/gi,
  },
  {
    kind: "password",
    typed: ASSIGNED,
    accept: looksAssigned,
    logged:
      /(?<=(?:passw(?:or)?d|pass|pwd?|pw|passphrase|secret|key|token|sig|credentials?)["'`]?[ \t]{0,3}[=:][ \t]{0,3}["'`]?)[^\s"'`,;&]{4,200}/gi,
  },
];
