/**
 * Matches `password=…`, `api_key: …` and the like, with the value in the third group. The gaps are bounded, so that a
 * long run of spaces costs nothing. The name may be the end of a longer one, such as `DB_PASSWORD`, except for the
 * short `pass` and `pw`, because `bypass: …` is common here.
 */
export const ASSIGNED =
  /(passw(?:or)?d|pwd|(?<![a-z])(?:(?:db|user|admin|root|ftp|smtp)[_-]?)?(?:pass|pw)|passphrase|secret|(?:api|access|account|private|signing|secret)[_-]?key|(?:auth|access|refresh|api|bot)?[_-]?token|credentials?)["'`]?[ \t]{0,3}(=|:)[ \t]{0,3}["'`]?([^\s"'`,;&]{1,200})/i;

/** Words that people write after the name when they do not give a value. */
const NOT_A_VALUE =
  /^(?:[<[({$*%].*|x{3,}|\.{2,}.*|null|nil|none|undefined|empty|unset|true|false|yes|no|on|off|required|missing|invalid|incorrect|wrong|expired|revoked|rotated|reset|changed|leaked|denied|rejected|redacted|hidden|removed|unknown|ok|todo)[.,!?)\]]*$/i;

const PASSWORD_NAME = /^(?:passw|pwd|passphrase)/i;
const SHORT_NAME = /(?:pass|pw)$/i;

/** A version, a duration or a count: "pass=1204 fail=3". */
const FIGURE = /^v?\d+(?:[./]\d+)*[a-z%]{0,3}[.)\]]*$/;

/** The name of a gate or an incident: "these pass: e2e-suite". */
const NAMED_THING = /^(?:[a-z0-9]+(?:-[a-z0-9]+)+|[A-Z]+-\d+)[.)\]]*$/;

/**
 * True when the assigned value looks secret. After `password=` nearly every value does. After a colon, and after the
 * other names, prose is common ("token: refresh fails"), so only a mix of letters and digits counts: 6 characters after
 * a password's name, 8 after the others.
 */
export function looksAssigned(match: RegExpExecArray): boolean {
  const [, name = "", sign = "", value = ""] = match;
  if (NOT_A_VALUE.test(value)) return false;
  const short = SHORT_NAME.test(name);
  if (short && (FIGURE.test(value) || (sign === ":" && NAMED_THING.test(value)))) return false;
  const password = short || PASSWORD_NAME.test(name);
  if (password && sign === "=") return value.length >= 4;
  const lettersAndDigits = /[a-z]/i.test(value) && /[0-9]/.test(value);
  return value.length >= (password ? 6 : 8) && lettersAndDigits && !/^https?:\/\//i.test(value);
}
