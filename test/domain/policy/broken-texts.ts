/**
 * The fault, the passage of the valid policy, its replacement with `«` before the character that the error must point
 * to, the message, and the suggested word.
 */
export type Case = [what: string, passage: string, replacement: string, message: RegExp, nearest?: string];

export const TEXT: Case[] = [
  ["a duplicate key", "thermometer:", "«version: 1\nthermometer:", /each key once, found "version" a second time/],
  ["a tab", "roles:\n  on-call-engineer:", "roles:\n  on-call-engineer:«\t", /expected spaces, found a tab/],
  ["a second document", "digest:", "«---\ndigest:", /one document, found a second one/],
  ["a directive", "version: 1\n", "«%YAML 1.1\n---\nversion: 1\n", /found a YAML directive/],
  ["an anchor", "[U0DANA, U0EVE]", "&all «[U0DANA, U0EVE]", /plain value, found the anchor &all/],
  ["an alias", "{ slack: [U0EVE] }", "«*dana", /not valid YAML: .*dana|found the alias \*dana/],
  ["a tag", "warm_at: 2", "warm_at: !!int «2", /plain value, found the tag !!int/],
  [
    "a bidi character",
    '"Emergency deploy"',
    '"Emergency «\u202edeploy"',
    /found the control or bidi character U\+202E/,
  ],
  [
    "an escaped bidi character",
    '"Emergency deploy"',
    '«"Emergency \\u202edeploy"',
    /found an escaped tab, control or bidi/,
  ],
  ["a control character", '"Emergency deploy"', '"Emergency «\u0007deploy"', /control or bidi character U\+0007/],
  [
    "bytes that were not UTF-8",
    '"Emergency deploy"',
    '"Emergency «\ufffddeploy"',
    /expected a file in UTF-8, found a character of another encoding/,
  ],
  [
    "a bracket that is not closed",
    "gates: [e2e-suite]\n    incident_pattern",
    "gates: [e2e-suite\n    «incident_pattern",
    /not valid YAML/,
  ],
  ["a name that JavaScript reserves", "  emergency_deploy:", "  «__proto__:", /plain word as the key/],
  ["a list as a key", "thermometer:", "«[a]: 1\nthermometer:", /plain word as the key/],
];
