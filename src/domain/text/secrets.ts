import { INVISIBLE } from "./invisible.js";
import { ASSIGNED, looksAssigned } from "./secret-assignments.js";

/** A shape by which a secret is known without knowing whose it is. */
export interface SecretShape {
  /** For people: "this looks like a …". */
  readonly kind: string;
  /** Without the flags `g` and `y`, so that it carries no state. */
  readonly pattern: RegExp;
  /** Where the shape alone says too little: is this match one? */
  readonly accept?: (match: RegExpExecArray) => boolean;
}

/** Many figures, or figures among letters of both cases, make a token; `oauth2-proxy-middleware` after "bearer" is none. */
const mixed = (word: string): boolean =>
  /[a-z]/i.test(word) && (/\d\D{0,200}\d\D{0,200}\d\D{0,200}\d/.test(word) || (/\d/.test(word) && /[A-Z]/.test(word)));

/**
 * Shapes of tokens as their makers publish them. Each is linear in the length of the text: what follows a repetition
 * without an upper bound is nothing, and every other repetition has one.
 */
const KNOWN_SECRET_SHAPES: readonly SecretShape[] = [
  { kind: "Slack token", pattern: /\bxox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{10,}/ },
  { kind: "Slack token", pattern: /\bxapp-\d-[A-Za-z0-9-]{10,}/ },
  {
    kind: "Slack webhook",
    pattern:
      /\bhooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9_]{1,32}\/[A-Za-z0-9_]{1,32}\/[A-Za-z0-9_]{8,}/,
  },
  { kind: "GitHub token", pattern: /\bgh[pousr]_[A-Za-z0-9]{20,}/ },
  { kind: "GitHub token", pattern: /\bgithub_pat_[A-Za-z0-9_]{20,}/ },
  { kind: "GitLab token", pattern: /\bgl(?:pat|dt|rt|ptt|cbt|agent|oas|ft|imt|soat|ffct)-[A-Za-z0-9_-]{20,}/ },
  { kind: "AWS key", pattern: /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])/ },
  { kind: "Google API key", pattern: /\bAIza[A-Za-z0-9_-]{35}/ },
  { kind: "Google OAuth token", pattern: /\b(?:ya29\.|GOCSPX-)[A-Za-z0-9_-]{20,}/ },
  { kind: "Stripe key", pattern: /\b[srp]k_(?:live|test)_[A-Za-z0-9]{10,}/ },
  { kind: "webhook secret", pattern: /\bwhsec_[A-Za-z0-9+/=]{20,}/ },
  { kind: "npm token", pattern: /\bnpm_[A-Za-z0-9]{36}/ },
  { kind: "PyPI token", pattern: /\bpypi-[A-Za-z0-9_-]{50,}/ },
  { kind: "PagerDuty token", pattern: /\bpd(?:us|eu)\+_[A-Za-z0-9+_-]{20,}/ },
  { kind: "PagerDuty token", pattern: /(?<![A-Za-z0-9+])u\+[A-Za-z0-9_-]{18}(?![A-Za-z0-9_-])/ },
  { kind: "SendGrid key", pattern: /\bSG\.[A-Za-z0-9_-]{20,24}\.[A-Za-z0-9_-]{20,}/ },
  { kind: "API key", pattern: /\bsk-(?:[a-z0-9]{2,10}-)?[A-Za-z0-9_-]{32,}/, accept: (found) => mixed(found[0]) },
  { kind: "Vault token", pattern: /\bhv[sbr]\.[A-Za-z0-9_-]{20,}/ },
  { kind: "DigitalOcean token", pattern: /\bdo[opr]_v1_[a-f0-9]{40,}/ },
  { kind: "Atlassian token", pattern: /\bAT(?:ATT|CTT|STT)3[A-Za-z0-9_=-]{20,}/ },
  { kind: "Docker token", pattern: /\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}/ },
  { kind: "Grafana token", pattern: /\bgl(?:sa_[A-Za-z0-9]{20,64}_[A-Fa-f0-9]{8}|c_eyJ[A-Za-z0-9+/=]{20,})/ },
  { kind: "Shopify token", pattern: /\bshp(?:at|ca|pa|ss|tka)_[A-Fa-f0-9]{32}/ },
  { kind: "Mailgun key", pattern: /\bkey-[a-f0-9]{32}(?![A-Za-z0-9])/ },
  {
    kind: "signature in an address",
    pattern: /\bsig=([A-Za-z0-9%+/_-]{20,})/,
    accept: (found) => mixed(found[1] ?? ""),
  },
  { kind: "Hugging Face token", pattern: /\bhf_[A-Za-z0-9]{30,}/ },
  { kind: "private key", pattern: /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/ },
  { kind: "private key", pattern: /\bAGE-SECRET-KEY-1[A-Z0-9]{20,}/ },
  { kind: "JSON Web Token", pattern: /\beyJ[A-Za-z0-9_-]{8,512}\.eyJ[A-Za-z0-9_-]{8,}/ },
  { kind: "password in an address", pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]{0,100}:[^\s/@]{1,200}@/i },
  {
    kind: "authorization header",
    pattern: /\b(?:bearer|basic)[ \t]{1,4}([A-Za-z0-9._~+/=-]{16,})/i,
    accept: (found) => mixed(found[1] ?? ""),
  },
  {
    kind: "authorization header",
    pattern:
      /\bauthorization["'`]?[ \t]{0,3}[:=][ \t]{0,3}["'`]?(?:[a-z]{1,20}[ \t]{1,4})?(?:token=)?["'`]?([A-Za-z0-9._~+/=-]{16,})/i,
    accept: (found) => mixed(found[1] ?? ""),
  },
  { kind: "password", pattern: ASSIGNED, accept: looksAssigned },
];

/**
 * The first known secret shape in a text, or `null`. It stops what was pasted by mistake, before it is recorded; it
 * cannot find a secret that looks like a word.
 */
export function findSecret(text: string): { kind: string } | null {
  const plain = asRead(text);
  return findIn(text) ?? (plain === text ? null : findIn(plain));
}

/** What takes no room, joiners and variation selectors among it. */
const UNSEEN = new RegExp(`[${INVISIBLE}\\u200c\\u200d\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}]`, "gu");

/** The text as a system reads it that is handed what stands there: full-width letters are letters, and nothing hides between them. */
const asRead = (text: string): string => text.replace(UNSEEN, "").normalize("NFKC").replace(UNSEEN, "");

function findIn(text: string): { kind: string } | null {
  for (const { kind, pattern, accept } of KNOWN_SECRET_SHAPES) {
    for (const match of text.matchAll(new RegExp(pattern, `${pattern.flags}g`))) {
      if (accept === undefined || accept(match)) return { kind };
    }
  }
  return null;
}
