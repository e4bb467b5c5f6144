import type { Rule } from "./rule.js";

/* What the names of secrets are, and what people write between a name and its value. Parts of patterns without case. */

/** Also in German, French, Spanish, Portuguese, Italian, Dutch, Swedish and Polish. */
export const PASSWORD =
  "passw(?:or)?[dt]|pwd|pass(?:phrase|code)|kenn?wort|mots? de passe|(?<![a-z])mdp|contrase(?:ñ|n)a|(?<![a-z])clave|(?<![a-z])senha|parola d'ordine|wachtwoord|lösenord|(?<![a-z])has[łl]o";
export const SHORT_PASSWORD = "(?<![a-z])(?:(?:db|user|admin|root|ftp|smtp|ssh|become)[_-]?)?(?:pass|pw)";
/** Every name of a password has one of these. */
export const PASSWORDS = [
  "pass",
  "pwd",
  "pw",
  "kenn",
  "mdp",
  "contrase",
  "clave",
  "senha",
  "parola",
  "wachtw",
  "lösen",
  "has",
];

export const KEY =
  "secret|(?:api|access|account|private|signing|secret|encryption|master|auth|routing|integration|shared|licen[cs]e|deploy|service|admin|app(?:lication)?|hmac|unseal|recovery|wpa\\d?)[ _-]?key|(?:auth|access|refresh|api|bot)?[ _-]?token|credentials?|webhook[ _-]secret|(?:otp|mfa|2fa)[ _-](?:seed|key)|(?<![a-z])(?:pat|psk|_auth)";
export const KEYS = ["secret", "key", "token", "credential", "pat", "psk", "seed", "_auth"];

/** Quotes, and the marks of bold and italic text. */
export const QUOTE = "[\"'`*_]{0,2}";
export const GAP = "[ \\t]{0,3}";
export const VALUE = "([^\\s\"'`,;&]{1,200})";
/** The value may stand on the next line. */
export const THEN = `${GAP}(?:\\n${GAP})?`;
export const ASSIGNS = `${QUOTE}${GAP}(:?=>?|:)${QUOTE}${THEN}${QUOTE}`;
export const WHOSE = "(?: (?:for|of|on|from|to|für|von|auf|am|de|du|del|pour|para)(?: [\\w.@/-]{1,40}){1,3}?)?";
export const VERB =
  "is now|is|was|now|to|still|should be|will be|lautet|ist|war|jetzt|est|sera|es|era|é|(?:is |was |has been )?(?:set|reset|changed|rotated) to";
/** What people write between the name and the value in a sentence. */
export const SAYS = `(${WHOSE}[ \\t]{1,3}(?:${VERB})[ \\t:]{1,3})${QUOTE}`;

type Judge = NonNullable<Rule["judge"]>;

const rule =
  (sure: boolean) =>
  (kind: string, keywords: readonly string[], pattern: string, group: number | null, judge: Judge): Rule => ({
    id: kind,
    kind,
    sure,
    keywords,
    pattern,
    flags: "i",
    ...(group === null ? {} : { group }),
    judge,
  });

/** A rule for what is certainly a secret, by a pattern without case. `group: null` is the first group that matched. */
export const surely = rule(true);
/** A rule for what merely looks like a secret. */
export const likely = rule(false);
