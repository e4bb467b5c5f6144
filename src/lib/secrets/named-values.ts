import { entropyOf, looksNamed, looksRandom } from "./randomness.js";
import type { Match, Rule } from "./rule.js";

/* Values that are secret because of what stands before them: a name, a header, a user in an address. */

/** Words that people write after the name when they do not give a value. */
const NOT_A_VALUE =
  /^(?:x{3,}|null|nil|none|undefined|empty|unset|true|false|yes|no|on|off|required|missing|invalid|incorrect|wrong|expired|revoked|rotated|reset|changed|leaked|denied|rejected|redacted|hidden|removed|unknown|ok|todo|authentication|password|secret|token|pass|passw0rd|changeme|postgres|root|admin|user|test|guest|foo|bar)[.,!?)\]]*$/i;

/** A version, a duration, a date or a count: "pass=1204 fail=3". */
const FIGURE = /^[v#]?\d+(?:[./:-]\d+)*[a-z%]{0,3}[.)\]]*$/i;

const lettersAndDigits = (value: string): boolean => /[a-z]/i.test(value) && /\d/.test(value);

/** A path, an address, a call, the name of a variable, or names with dots between them. */
const NO_VALUE = /^[.~]?\.?\/[a-z._-]*(?:\/|$)|:\/\/|\(|^[A-Z]+(?:_[A-Z]+)+$|^[a-z]+(?:\.[a-z]+)+$/i;

/** Whether a value may be a password or a key at all. */
const isBare = (value: string): boolean => !NO_VALUE.test(value) || looksRandom(value.replace(/[/+=_-]/g, ""));

const PASSWORD = "passw(?:or)?d|pwd|passphrase|passcode";
const SHORT_PASSWORD = "(?<![a-z])(?:(?:db|user|admin|root|ftp|smtp)[_-]?)?(?:pass|pw)";
const KEY =
  "secret|(?:api|access|account|private|signing|secret|encryption|master|auth|routing|integration|shared)[ _-]?key|(?:auth|access|refresh|api|bot)?[ _-]?token|credentials?|webhook[ _-]secret";

/** After `password=` nearly every value counts, after a colon or "is" one with letters and digits. */
function judgePassword({ groups, secret }: Match): boolean {
  const [, name = "", sign = ""] = groups;
  if (NOT_A_VALUE.test(secret) || !isBare(secret)) return false;
  const short = /(?:pass|pw)$/i.test(name);
  if (short && (FIGURE.test(secret) || (sign.trim() === ":" && looksNamed(secret)))) return false;
  if (sign.trim() === "=") return secret.length >= 4;
  if (FIGURE.test(secret) || secret.length < 6) return false;
  return lettersAndDigits(secret) || /[a-z][!#$%^&*@+?][a-z]/i.test(secret);
}

/** Keys and tokens are long and have digits; what is named like a thing is one. */
function judgeKey({ secret }: Match): boolean {
  if (NOT_A_VALUE.test(secret) || !isBare(secret) || looksNamed(secret)) return false;
  return secret.length >= 8 && lettersAndDigits(secret) && entropyOf(secret) > 2.5;
}

const QUOTE = "[\"'`]?";
const GAP = "[ \\t]{0,3}";
const VALUE = "([^\\s\"'`,;&]{1,200})";
const ASSIGNS = `${QUOTE}${GAP}(:?=>?|:)${GAP}${QUOTE}${VALUE}`;
/** What people write between the name and the value in a sentence. */
const SAYS = `((?: (?:for|of|on|from|to) [\\w.@/-]{1,40})?[ \\t]{1,3}(?:is|was|now|to|still|is now)[ \\t:]{1,3})${QUOTE}${VALUE}`;

/** A user and a password before the host of an address. */
function judgeAddress({ groups: [whole, user = "", password = ""], text, index }: Match): boolean {
  const host = text.slice(index + (whole ?? "").length);
  const isSample = NOT_A_VALUE.test(password) || password === user;
  return !isSample && !/^(?:localhost|127\.|example\.|host\b)/i.test(host);
}

const digitsIn = (word: string): number => word.match(/\d/g)?.length ?? 0;

/** True for letters with at least four digits, or with a digit and a capital letter. */
const isMixed = (word: string): boolean =>
  /[a-z]/i.test(word) && (digitsIn(word) >= 4 || (/\d/.test(word) && /[A-Z]/.test(word)));

const judgeHeader = ({ secret }: Match): boolean => isMixed(secret) && !looksNamed(secret);

const rule =
  (sure: boolean) =>
  (
    kind: string,
    keywords: readonly string[],
    pattern: string,
    group: number,
    judge: NonNullable<Rule["judge"]>,
  ): Rule => ({ id: kind, kind, sure, keywords, pattern, flags: "i", group, judge });
const surely = rule(true);
const likely = rule(false);

const PASSWORDS = ["pass", "pwd", "pw"];
const KEYS = ["secret", "key", "token", "credential"];

export const NAMED_VALUES: readonly Rule[] = [
  surely(
    "password in an address",
    ["://"],
    String.raw`(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9+.-]{1,20}:\/\/([^\s/:@]{0,100}):([^\s/@]{3,200})@`,
    2,
    judgeAddress,
  ),
  surely(
    "authorization header",
    ["bearer", "basic"],
    "(?<![a-z0-9])(?:bearer|basic)[ \\t]{1,4}([A-Za-z0-9._~+/=-]{16,600})",
    1,
    judgeHeader,
  ),
  surely(
    "authorization header",
    ["authorization", "api-key", "token"],
    `(?:authorization|(?:x-)?(?:api-key|auth-token))${QUOTE}${GAP}[:=]${GAP}${QUOTE}(?:[A-Za-z]{1,20}[ \\t]{1,4})?(?:token=)?${QUOTE}([A-Za-z0-9._~+/=-]{16,600})`,
    1,
    judgeHeader,
  ),
  surely(
    "password of a command",
    ["curl", "wget", "http"],
    String.raw`(?:curl|wget|https?)(?=[ \t])[^\n]{0,300}?[ \t](?:-u|--user|-a|--auth)[ =]?["']?[^\s:"'$]{1,100}:([^\s"']{3,200})`,
    1,
    ({ secret }) => !NOT_A_VALUE.test(secret),
  ),
  likely("password", PASSWORDS, `(${PASSWORD}|${SHORT_PASSWORD})${ASSIGNS}`, 3, judgePassword),
  likely("password", PASSWORDS, `(${PASSWORD}|${SHORT_PASSWORD})${SAYS}`, 3, judgePassword),
  likely("key or token", KEYS, `(${KEY})${ASSIGNS}`, 3, judgeKey),
  likely("key or token", KEYS, `(${KEY})${SAYS}`, 3, judgeKey),
  likely("password", PASSWORDS, `(?<![a-z])(?:${PASSWORD}|pass|pw)[ \\t]${QUOTE}${VALUE}`, 1, ({ secret }) =>
    isChosen(secret),
  ),
  likely(
    "key or token",
    KEYS,
    `(?<![a-z])(?:${KEY})[ \\t]${QUOTE}([A-Za-z0-9_+/=-]{16,200})`,
    1,
    (match) => digitsIn(match.secret) >= 3 && judgeKey(match),
  ),
];

/** Letters, digits and a mark that no name has, or capitals inside: "pw Winter42!". */
const isChosen = (word: string): boolean =>
  lettersAndDigits(word) &&
  word.length >= 6 &&
  !FIGURE.test(word) &&
  isBare(word) &&
  (/[!#$%^&*?]/.test(word.slice(0, -1)) || /[!#$%^&*]$/.test(word) || (/[a-z]/.test(word) && /[A-Z]/.test(word))) &&
  !looksNamed(word);
