import {
  ASSIGNS,
  GAP,
  KEY,
  KEYS,
  likely,
  PASSWORD,
  PASSWORDS,
  QUOTE,
  SAYS,
  SHORT_PASSWORD,
  THEN,
  VALUE,
  VERB,
  WHOSE,
} from "./names.js";
import { entropyOf, looksNamed } from "./randomness.js";
import type { Match, Rule } from "./rule.js";
import { digitsIn, FIGURE, isBare, isChosen, isPassphrase, lettersAndDigits, NOT_A_VALUE } from "./values.js";

/* Values that look like a secret because of the name that a sentence, an assignment or a file gives them. */

/** After `password=` nearly every value counts, after a colon or "is" one with letters and digits. */
function judgePassword({ groups, secret }: Match): boolean {
  const [whole = "", name = "", sign = ""] = groups;
  if (NOT_A_VALUE.test(secret) || !isBare(secret)) return false;
  if (whole.includes("\n")) return isChosen(secret);
  const short = /(?:pass|pw)$/i.test(name);
  if (short && (FIGURE.test(secret) || (sign.trim() === ":" && looksNamed(secret)))) return false;
  if (sign.trim() === "=") return secret.length >= 4;
  if (FIGURE.test(secret) || secret.length < 6) return false;
  return lettersAndDigits(secret) || /[a-z][!#$%^&*@+?][a-z]/i.test(secret) || (!short && isPassphrase(secret));
}

/** Keys and tokens are long and have digits; what is named like a thing is one. */
function judgeKey({ secret }: Match): boolean {
  if (NOT_A_VALUE.test(secret) || !isBare(secret) || looksNamed(secret)) return false;
  return secret.length >= 8 && lettersAndDigits(secret) && entropyOf(secret) > 2.5;
}

/** A passphrase in quotes, or a password with a space in it: no message of an error, and no remark. */
const judgeQuoted = ({ secret }: Match): boolean => isPassphrase(secret) || secret.split(" ").some(isChosen);

const QUOTED = "(?:[\"“„«] ?([^\"“”„»\\n]{8,100}?) ?[\"”“»]|'([^'\\n]{8,100})'|`([^`\\n]{8,100})`)";

const judgeChosen = ({ secret }: Match): boolean => isChosen(secret);

export const NAMED_VALUES: readonly Rule[] = [
  likely("password", PASSWORDS, `(${PASSWORD}|${SHORT_PASSWORD})${ASSIGNS}${VALUE}`, 3, judgePassword),
  likely("password", PASSWORDS, `(${PASSWORD}|${SHORT_PASSWORD})${SAYS}${VALUE}`, 3, judgePassword),
  likely(
    "password",
    PASSWORDS,
    `(?:${PASSWORD})(?:${GAP}[:=]${GAP}|${WHOSE}[ \\t]{1,3}(?:(?:${VERB})[ \\t:]{1,3})?)${QUOTED}`,
    null,
    judgeQuoted,
  ),
  likely("password", PASSWORDS, `(?<![a-z])(?:${PASSWORD}|pass|pw)[ \\t]{1,3}${QUOTE}${VALUE}`, 1, judgeChosen),
  likely("password", PASSWORDS, `(?<![a-z])(?:${PASSWORD})${THEN}\\n${GAP}${QUOTE}${VALUE}`, 1, judgeChosen),
  likely(
    "password",
    PASSWORDS,
    `(?<![^\\s"'(\`])([^\\s"'\`(]{6,60})["'\`]? (?:is|as|ist|als) (?:the |a |my |our |das |new |root |admin |db ){0,2}(?:${PASSWORD}|pw)(?=$|[\\n.,;!?)]| (?:for|of|to|and|on|in|now|then|again))`,
    1,
    judgeChosen,
  ),
  likely(
    "password",
    ["log", "sign", "cred", "user", "account"],
    `(?<![a-z])(?:log(?:ged)?[ -]?in|sign[ -]?in|creds?|credentials|user(?:name)?|account)(?:[ \\t]{1,3}(?:is|are|as|with|using))?[ \\t:=]{1,3}[\\w.@\\\\-]{2,40}[ \\t]{0,2}[/:|,][ \\t]{0,2}${QUOTE}${VALUE}`,
    1,
    judgeChosen,
  ),
  likely(
    "password",
    ["@"],
    "(?<![\\w/.:@-])(?:[\\w.-]{1,40}[/\\\\])?[\\w.-]{1,40}:([^\\s@:/]{6,60})@(?!sha\\d)[\\w.-]{2}",
    1,
    judgeChosen,
  ),
  likely("key or token", KEYS, `(${KEY})${ASSIGNS}${VALUE}`, 3, judgeKey),
  likely("key or token", KEYS, `(${KEY})${SAYS}${VALUE}`, 3, judgeKey),
  likely(
    "key or token",
    KEYS,
    `(?<![a-z])(?:${KEY})[ \\t]${QUOTE}([A-Za-z0-9_+/=-]{16,200})`,
    1,
    (match) => digitsIn(match.secret) >= 3 && judgeKey(match),
  ),
  likely(
    "key or token",
    ["--"],
    `(?<![\\w-])--[a-z-]{0,30}?(?:token|secret|secret-key|api-?key|access-?key|auth-?key)(?:=|[ \\t]{1,3})["']?([^\\s"'\`]{8,200})`,
    1,
    judgeKey,
  ),
];
