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
function judgePassword({ groups, secret }: Match): "likely" | null {
  const [, name = "", sign = ""] = groups;
  if (NOT_A_VALUE.test(secret) || !isBare(secret)) return null;
  const short = /(?:pass|pw)$/i.test(name);
  if (short && (FIGURE.test(secret) || (sign.trim() === ":" && looksNamed(secret)))) return null;
  if (sign.trim() === "=") return secret.length >= 4 ? "likely" : null;
  if (FIGURE.test(secret) || secret.length < 6) return null;
  return lettersAndDigits(secret) || /[a-z][!#$%^&*@+?][a-z]/i.test(secret) ? "likely" : null;
}

/** Keys and tokens are long and have digits; what is named like a thing is one. */
function judgeKey({ secret }: Match): "likely" | null {
  if (NOT_A_VALUE.test(secret) || !isBare(secret) || looksNamed(secret)) return null;
  return secret.length >= 8 && lettersAndDigits(secret) && entropyOf(secret) > 2.5 ? "likely" : null;
}

const QUOTE = "[\"'`]?";
const GAP = "[ \\t]{0,3}";
const VALUE = "([^\\s\"'`,;&]{1,200})";
const ASSIGNS = `${QUOTE}${GAP}(:?=>?|:)${GAP}${QUOTE}${VALUE}`;
/** What people write between the name and the value in a sentence. */
const SAYS = `((?: (?:for|of|on|from|to) [\\w.@/-]{1,40})?[ \\t]{1,3}(?:is|was|now|to|still|is now)[ \\t:]{1,3})${QUOTE}${VALUE}`;

/** A user and a password before the host of an address. */
function judgeAddress({ groups: [, user = "", password = ""], text, index }: Match): "sure" | null {
  const samePlace = NOT_A_VALUE.test(password) || password === user;
  const host = text.slice(index).split("@", 2)[1] ?? "";
  return samePlace || /^(?:localhost|127\.|example\.|host\b)/i.test(host) ? null : "sure";
}

/** True for letters with at least four digits, or with a digit and a capital letter. */
const isMixed = (word: string): boolean =>
  /[a-z]/i.test(word) && ((word.match(/\d/g)?.length ?? 0) >= 4 || (/\d/.test(word) && /[A-Z]/.test(word)));

const judgeHeader = ({ secret }: Match): "sure" | null => (isMixed(secret) && !looksNamed(secret) ? "sure" : null);

const rule = (
  id: string,
  kind: string,
  keywords: readonly string[],
  pattern: string,
  group: number,
  judge: NonNullable<Rule["judge"]>,
): Rule => ({ id, kind, sure: false, keywords, pattern, flags: "i", group, judge });

const PASSWORDS = ["pass", "pwd", "pw"];
const KEYS = ["secret", "key", "token", "credential"];

export const NAMED_VALUES: readonly Rule[] = [
  rule(
    "password in an address",
    "password in an address",
    ["://"],
    String.raw`(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9+.-]{1,20}:\/\/([^\s/:@]{0,100}):([^\s/@]{3,200})@`,
    2,
    judgeAddress,
  ),
  rule(
    "authorization header",
    "authorization header",
    ["bearer", "basic"],
    "(?<![a-z0-9])(?:bearer|basic)[ \\t]{1,4}([A-Za-z0-9._~+/=-]{16,600})",
    1,
    judgeHeader,
  ),
  rule(
    "authorization header",
    "authorization header",
    ["authorization", "api-key", "token"],
    `(?:authorization|(?:x-)?(?:api-key|auth-token))${QUOTE}${GAP}[:=]${GAP}${QUOTE}(?:[A-Za-z]{1,20}[ \\t]{1,4})?(?:token=)?${QUOTE}([A-Za-z0-9._~+/=-]{16,600})`,
    1,
    judgeHeader,
  ),
  rule(
    "password of a command",
    "password of a command",
    ["curl", "wget", "http"],
    String.raw`(?:curl|wget|https?)(?=[ \t])[^\n]{0,300}?[ \t](?:-u|--user|-a|--auth)[ =]?["']?[^\s:"'$]{1,100}:([^\s"']{3,200})`,
    1,
    ({ secret }) => (NOT_A_VALUE.test(secret) ? null : "sure"),
  ),
  rule("password", "password", PASSWORDS, `(${PASSWORD}|${SHORT_PASSWORD})${ASSIGNS}`, 3, judgePassword),
  rule("password", "password", PASSWORDS, `(${PASSWORD}|${SHORT_PASSWORD})${SAYS}`, 3, judgePassword),
  rule("key", "key or token", KEYS, `(${KEY})${ASSIGNS}`, 3, judgeKey),
  rule("key", "key or token", KEYS, `(${KEY})${SAYS}`, 3, judgeKey),
  rule(
    "password without a sign",
    "password",
    PASSWORDS,
    `(?<![a-z])(?:${PASSWORD}|pass|pw)[ \\t]${QUOTE}${VALUE}`,
    1,
    ({ secret }) => (isChosen(secret) ? "likely" : null),
  ),
  rule(
    "key without a sign",
    "key or token",
    KEYS,
    `(?<![a-z])(?:${KEY})[ \\t]${QUOTE}([A-Za-z0-9_+/=-]{16,200})`,
    1,
    (match) => (/\d.*\d.*\d/.test(match.secret) ? judgeKey(match) : null),
  ),
];

/** Letters, digits and a mark that no name has, or capitals inside: "pw Winter42!". */
const isChosen = (word: string): boolean =>
  lettersAndDigits(word) && word.length >= 6 && !FIGURE.test(word) && isBare(word) && (/[!#$%^&*?]/.test(word.slice(0, -1)) || /[!#$%^&*]$/.test(word) || /[a-z].*[A-Z].*\d|[A-Z].*[a-z].*\d/.test(word)) && !looksNamed(word);
