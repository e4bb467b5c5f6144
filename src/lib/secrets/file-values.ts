import { GAP, KEY, KEYS, likely, PASSWORD, PASSWORDS, QUOTE, VALUE, WHOSE } from "./names.js";
import { entropyOf, looksNamed } from "./randomness.js";
import type { Match, Rule } from "./rule.js";
import { FIGURE, isBare, isChosen, isMarked, isMixed, lettersAndDigits, NOT_A_VALUE } from "./values.js";

/* Values beside the name of a secret in other forms than an assignment: code, markup, tables, lists and bare pairs. */

const judgeChosen = ({ secret }: Match): boolean => isChosen(secret);
const judgeMarked = ({ secret }: Match): boolean => isMarked(secret);

/** What code or a file gives as the value of a name: not a word, a figure or a name. */
function judgeGiven({ secret }: Match): boolean {
  if (NOT_A_VALUE.test(secret) || FIGURE.test(secret) || !isBare(secret) || looksNamed(secret)) return false;
  return secret.length >= 6 && lettersAndDigits(secret) && entropyOf(secret) > 2.2;
}

const NAME = `(?:${PASSWORD}|${KEY})`;
/** Users under whom people log in by hand. */
const USER = "root|admin(?:istrator)?|sa|postgres|oracle|ubuntu|debian|ec2-user|deploy|sysadmin|jenkins|guest|user";

export const FILE_VALUES: readonly Rule[] = [
  // <password>…</password>, setPassword("…"), ("password", "…"), "Password" value="…"
  likely(
    "password or key",
    [...PASSWORDS, ...KEYS],
    `${NAME}(?:>|["']?[ \\t]?\\(["']|["'][ \\t]{0,3},[ \\t]{0,3}["']|["'][ \\t]{1,3}value=["'])([^\\s<>"',;&]{1,200})(?:<\\/|["'])`,
    1,
    judgeGiven,
  ),
  // - name: DB_PASSWORD, and its value on the next line
  likely(
    "password or key",
    ["value"],
    `${NAME}[A-Z_]{0,20}["']?,?\\s{1,20}["']?value["']?${GAP}[:=]${GAP}${QUOTE}${VALUE}`,
    1,
    judgeGiven,
  ),
  likely(
    "password",
    PASSWORDS,
    `(?:${PASSWORD}|(?<![a-z])pw)${QUOTE}${GAP}(?:->|→|–|—|-|\\||~)${GAP}${QUOTE}${VALUE}`,
    1,
    judgeChosen,
  ),
  likely(
    "password",
    PASSWORDS,
    `(?:${PASSWORD}|(?<![a-z])pw)${WHOSE}[ \\t]{1,3}${QUOTE}(?=[^\\s]{0,60}\\d)${VALUE}`,
    1,
    judgeMarked,
  ),
  likely(
    "password",
    ["log", "sign", "unlock", "connect", "get in"],
    `(?<![a-z])(?:use|try|using|with|enter|type)[ \\t]${QUOTE}([^\\s"'\`,;]{6,60})["'\`]? (?:to|for|when)(?: you)? (?:log|sign|unlock|connect|get in)`,
    1,
    judgeChosen,
  ),
  likely(
    "password",
    ["root", "admin", "sa", "postgres", "oracle", "ubuntu", "debian", "ec2-user", "deploy", "jenkins", "guest", "user"],
    `(?<![\\w/.-])(?:${USER})[ \\t]?[/:|](?!/)[ \\t]?${QUOTE}${VALUE}`,
    1,
    judgeMarked,
  ),
  // .netrc and .pgpass
  likely(
    "password",
    ["login"],
    `(?<![a-z])login[ \\t][^\\s]{1,60}[ \\t]{1,3}password[ \\t]{1,3}${VALUE}`,
    1,
    judgeGiven,
  ),
  likely(
    "password",
    [":"],
    "[\\w*]:(?:\\d{2,5}|\\*):[\\w*-]{1,40}:[\\w.-]{1,40}:([^\\s:]{6,60})(?![^\\s.,;)])",
    1,
    judgeGiven,
  ),
  likely(
    "key or token",
    ["phrase", "mnemonic"],
    "(?:(?:seed|recovery|secret|backup) phrase|mnemonic)[^\\n]{0,20}?[ \\t:\\n\"']((?:[a-z]{3,8}[ \\t\\n]{1,2}){11,23}[a-z]{3,8})",
    1,
    ({ secret }) => !/(?:^|\s)(?:the|is|are|was|and|for|not|has|with|that|from)(?:\s|$)/i.test(secret),
  ),
  likely(
    "key or token",
    ["code"],
    `(?:recovery|backup)[ _-]codes?(?:[ \\t:=]|is|are){1,6}${QUOTE}([A-Za-z0-9-]{8,40})`,
    1,
    ({ secret }) => isMixed(secret.replace(/-/g, "")),
  ),
];
