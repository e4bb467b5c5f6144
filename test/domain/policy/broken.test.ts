import { describe, expect, it } from "vitest";
import { parsePolicy } from "../../../src/domain/policy/parse.js";
import { broken, SKETCH, SOUND } from "./fixtures.js";

/** What is wrong, the passage, its replacement with `«` before the character the error must point to, the message, the nearest word. */
type Case = [what: string, passage: string, replacement: string, message: RegExp, nearest?: string];

const TEXT: Case[] = [
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
  ["bytes that were no UTF-8", '"Emergency deploy"', '"Emergency «\ufffddeploy"', /control or bidi character U\+FFFD/],
  [
    "a bracket that is not closed",
    "gates: [e2e-suite]\n    incident_pattern",
    "gates: [e2e-suite\n    «incident_pattern",
    /not valid YAML/,
  ],
  ["a name that JavaScript keeps for itself", "  emergency_deploy:", "  «__proto__:", /plain word as the key/],
  ["a list as a key", "thermometer:", "«[a]: 1\nthermometer:", /plain word as the key/],
];

const VALUES: Case[] = [
  ["another version", "version: 1", "version: «2", /expected 1, found 2/],
  [
    "an unknown key at the top",
    "thermometer:",
    "«termometer:",
    /expected one of the keys .*; found "termometer"/,
    "thermometer",
  ],
  ["an unknown key in a path", "who_can_ack:", "«who_may_ack:", /found "who_may_ack"/, "who_can_ack"],
  ["a key in camel case", "expires_after:", "«expiresAfter:", /found "expiresAfter"/, "expires_after"],
  ["a missing key", "    expires_after: 60m\n", "", /expected a duration .*, found nothing: the key is missing/],
  ["a key without a value", 'title: "Emergency deploy"', "title:«", /expected a title on one line.*, found nothing/],
  [
    "an unknown role to invoke",
    "who_can_invoke: [on-call-engineer]",
    "who_can_invoke: [«on-call-enginer]",
    /stands under roles/,
    "on-call-engineer",
  ],
  [
    "an unknown role in a mapping",
    "who_can_ack: [on-call-lead]",
    "who_can_ack: [{ role: «on-call-led }]",
    /stands under roles/,
    "on-call-lead",
  ],
  [
    "an unknown role to page",
    "{ page: on-call-lead }]",
    "{ page: «oncall-lead }]",
    /stands under roles/,
    "on-call-lead",
  ],
  ["an unknown role on the ladder", "after: 5m, page: on-call-lead", "after: 5m, page: «leads", /stands under roles/],
  [
    "an unknown role with a right",
    "export: [on-call-lead]",
    "export: [«on-call-leads]",
    /stands under roles/,
    "on-call-lead",
  ],
  [
    "an unknown owner",
    'suite", owner: on-call-lead',
    'suite", owner: «constructor',
    /stands under roles .* found "constructor"/,
  ],
  ["an unknown reviewer", "review: { due", "review: { reviewer: «nobody, due", /stands under roles/],
  ["an unknown gate", "gates: [e2e-suite]", "gates: [«e2e-suit]", /stands under gates/, "e2e-suite"],
  [
    "a gate that is never bypassed",
    "gates: [e2e-suite]",
    "gates: [«secret-scan]",
    /never is: A leaked key cannot be unleaked/,
  ],
  ["a path without gates", "gates: [e2e-suite]", "gates: «[]", /a list of at least one gate, found an empty list/],
  [
    "a gate named twice",
    "gates: [e2e-suite]",
    "gates: [e2e-suite, «e2e-suite]",
    /each item once, found e2e-suite a second time/,
  ],
  [
    "a role named twice",
    "who_can_ack: [on-call-lead]",
    "who_can_ack: [on-call-lead, «{ role: on-call-lead }]",
    /each item once/,
  ],
  [
    "a list item with a wrong key",
    "who_can_ack: [on-call-lead]",
    "who_can_ack: [{ «rol: on-call-lead }]",
    /expected one of the keys role; found "rol"/,
    "role",
  ],
  [
    "a path that requires no reason",
    "requires: [incident_id, reason, second_person_ack]",
    "requires: «[incident_id]",
    /expected reason/,
  ],
  ["an unknown requirement", "[incident_id, reason,", "[«incident, reason,", /found "incident"/, "incident_id"],
  [
    "two acks of nobody",
    "requires: [incident_id, reason, second_person_ack]",
    "requires: [reason]",
    /expected second_person_ack in requires where 2/,
  ],
  [
    "an on_invoke without the record",
    "on_invoke: [record_audit_event, { page",
    "on_invoke: «[{ page",
    /expected record_audit_event/,
  ],
  [
    "a review that is not opened",
    "{ page: on-call-lead }]",
    "{ open_review_ticket: «false }]",
    /expected true: every bypass gets its review, found false/,
  ],
  ["an unknown item of on_invoke", "{ page: on-call-lead }]", "{ «pages: on-call-lead }]", /found "pages"/, "page"],
  [
    "a mistyped item of on_invoke",
    "[record_audit_event,",
    "[«record_audit_events,",
    /found "record_audit_events"/,
    "record_audit_event",
  ],
  [
    "two pages",
    "{ page: on-call-lead }]",
    "{ page: on-call-lead }, «{ page: on-call-engineer }]",
    /expected one page, found a second one/,
  ],
  [
    "no alert channel at all",
    'alert_channel: "#incidents"\n',
    "",
    /expected alert_channel at the top of the file or in on_invoke/,
  ],
  [
    "a channel without quotes",
    'alert_channel: "#incidents"',
    "alert_channel: «#incidents",
    /expected a channel: .*, found nothing/,
  ],
  ["a channel in capitals", '"#incidents"', '«"#Incidents"', /expected a channel/],
  [
    "a duration without its unit",
    "expires_after: 60m",
    "expires_after: «60",
    /expected a duration such as 60m .*, found 60/,
  ],
  [
    "a duration with a fraction",
    "expires_after: 60m",
    "expires_after: «1.5h",
    /expected a duration such as 60m .*, found "1.5h"/,
  ],
  ["a duration of 0", "expires_after: 60m", "expires_after: «0m", /expected a duration longer than 0, found "0m"/],
  [
    "power for more than a day",
    "expires_after: 60m",
    "expires_after: «25h",
    /expected a duration of at most 24h, found "25h"/,
  ],
  [
    "a span in other words",
    "due: 2 business days",
    "due: «2 working days",
    /or `N business days`, found "2 working days"/,
  ],
  ["a span of no days", "due: 2 business days", "due: «0 business days", /expected a span longer than 0/],
  ["a reminder in other words", "remind: [at due]", "remind: [«at the end]", /expected `at due`/],
  ["too many acks", "needed: 1", "needed: «4", /expected an integer from 1 to 3, found 4/],
  ["no acks", "needed: 1", "needed: «0", /expected an integer from 1 to 3, found 0/],
  ["half an ack", "needed: 1", "needed: «1.5", /expected an integer from 1 to 3, found 1.5/],
  [
    "a ladder past the end",
    "after: 5m, page",
    "after: «30m, page",
    /last rung before give_up_after \(30m\), found "30m"/,
  ],
  [
    "a ladder past going alone",
    "alone_after: 20m",
    "alone_after: 4m",
    /last rung before alone_after \(4m\), found "5m"/,
  ],
  [
    "a ladder past the default end",
    "give_up_after: 30m, alone_after: 20m",
    "alone_after: never",
    /last rung before give_up_after \(30m\), found "40m"/,
  ],
  [
    "going alone after the end",
    "alone_after: 20m",
    "alone_after: «30m",
    /expected a time before give_up_after \(30m\), found "30m"/,
  ],
  [
    "a ladder that goes back",
    "page: on-call-lead }], give",
    "page: on-call-lead }, { after: «5m, page: on-call-engineer }], give",
    /after that of the rung before \(5m\)/,
  ],
  [
    "more acks than people who could give them",
    "needed: 1",
    "needed: «3",
    /expected at most 2, the persons who could ever ack here, found 3/,
  ],
  ["an invalid pattern", '"^INC-[0-9]+$"', '«"^INC-([0-9]+$"', /expected a valid regular expression/],
  ["a pattern that can hang", '"^INC-[0-9]+$"', '«"^([0-9]+)+$"', /without a repeat around another repeat/],
  [
    "a link without the id",
    '"https://incidents.example.com/{id}"',
    '«"https://incidents.example.com/"',
    /expected a URL that holds \{id\}/,
  ],
  [
    "a link that is no web address",
    '"https://incidents.example.com/{id}"',
    '«"javascript:alert({id})"',
    /starts with https/,
  ],
  [
    "a link whose host is open",
    '"https://incidents.example.com/{id}"',
    '«"https://{id}.example.com/"',
    /whose host is fixed/,
  ],
  [
    "a title that Slack would cut",
    '"Emergency deploy"',
    `«"${"x".repeat(76)}"`,
    /expected a title on one line, of 1 to 75 characters/,
  ],
  ["a name in capitals", "  emergency_deploy:", "  «Emergency_deploy:", /expected a name of at most 63 small letters/],
  [
    "an account of two people",
    "eve: { slack: [U0EVE] }",
    "eve: { slack: [U0EVE, «U0DANA] }",
    /account of one person only, found U0DANA, which also stands under dana/,
  ],
  [
    "a GitHub login of two people",
    "eve: { slack: [U0EVE] }",
    "eve: { github: «Dana-M }",
    /account of one person only, found Dana-M/,
  ],
  ["a person without accounts", "eve: { slack: [U0EVE] }", "eve: «{}", /at least one account in slack or github/],
  ["a role that nobody holds", "{ slack_usergroup: S0ONCALL }", "«{ slack_users: [] }", /nobody would hold this role/],
  ["a name in place of an ID", "[U0DANA, U0EVE]", "[«dana, U0EVE]", /expected the ID of a Slack account/],
  ["an account in place of a group", "S0ONCALL", "«U0ONCALL", /expected the ID of a Slack user group/],
  ["an unknown zone", "Europe/Berlin", "«Europe/Berlim", /expected a time zone of the IANA database/, "Europe/Berlin"],
  ["an offset as the zone", "Europe/Berlin", '«"+02:00"', /expected a time zone of the IANA database/],
  ["an unknown weekday", "[mon, tue]", "[mon, «tues]", /expected a day of the week/, "tue"],
  ["no office days", "[mon, tue]", "«[]", /a list of at least one day of the week/],
  ["a day that is none", '"2026-12-25"', '«"2026-02-30"', /expected a day that the calendar has, found "2026-02-30"/],
  ["a date in another order", '"2026-12-25"', '«"25.12.2026"', /expected a date such as 2026-12-25/],
  ["a time of day that is none", 'to: "17:00"', 'to: «"24:00"', /expected a time of day/],
  ["an office that closes first", 'to: "17:00"', 'to: «"09:00"', /expected a time after from \(09:00\), found "09:00"/],
  ["sick before warm", "sick_at: 3", "sick_at: «1", /expected at least warm_at \(2\), found 1/],
  [
    "a list in place of a mapping",
    "digest: { day: mon",
    "digest: «[]\n# { day: mon",
    /expected a mapping with day, at, channel, found an empty list/,
  ],
];

/** Two changes that one passage cannot hold, and where a missing thing is told: at the key above it. */
const ELSEWHERE: Record<string, (text: string) => string> = {
  "a missing key": (text) => text.replace("  emergency_deploy:", "  «emergency_deploy:"),
  "no alert channel at all": (text) => text.replace("  emergency_deploy:", "  «emergency_deploy:"),
  "two acks of nobody": (text) => text.replace("needed: 1", "needed: «2"),
  "a ladder past going alone": (text) => text.replace("after: 5m", "after: «5m"),
  "a ladder past the default end": (text) => text.replace("after: 5m", "after: «40m"),
};

function marked([what, passage, replacement]: Case): { text: string; line: number; column: number } {
  const withMark = (ELSEWHERE[what] ?? ((text) => text))(broken(passage, replacement));
  const offset = withMark.indexOf("«");
  if (offset < 0) throw new Error(`${what}: no place is marked`);
  const before = withMark.slice(0, offset).split("\n");
  return { text: withMark.replace("«", ""), line: before.length, column: (before.at(-1) ?? "").length + 1 };
}

describe("a broken policy is refused, with the place, what was expected and what was found", () => {
  it.each([...TEXT, ...VALUES])("%s", (...args) => {
    const [what, passage, replacement, message, nearest] = args;
    const { text, line, column } = marked([what, passage, replacement, message]);
    const result = parsePolicy(text, "policy.yaml");
    expect(result.ok).toBe(false);
    const errors = result.ok ? [] : result.errors;
    const [error] = errors.filter((candidate) => message.test(candidate.message));
    expect(error, JSON.stringify(errors, null, 1)).toMatchObject({ file: "policy.yaml", line, column });
    expect(error?.nearest).toBe(nearest);
  });

  it.each(VALUES)("%s is one error and not several", (...args) => {
    const result = parsePolicy(marked(args).text, "policy.yaml");
    expect(result.ok ? [] : result.errors).toHaveLength(args[0] === "a key in camel case" ? 2 : 1);
  });
});

describe("a broken policy", () => {
  it("shows all of its errors at once, in the order of the file, whatever stands beside them", () => {
    const text = SOUND.replace("expires_after: 60m", "expires_after: soon")
      .replace("gates: [e2e-suite]", "gates: [secret-scan, e2e]")
      .replace("needed: 1", "needed: 9")
      .replace("who_can_ack: [on-call-lead]", "who_can_ack: [lead]")
      .replace("digest:", "digset:");
    const result = parsePolicy(text, "policy.yaml");
    expect(result.ok ? [] : result.errors.map((error) => `${error.line} ${error.path}`)).toEqual([
      "16 paths.emergency_deploy.gates[0]",
      "16 paths.emergency_deploy.gates[1]",
      "20 paths.emergency_deploy.who_can_ack[0]",
      "23 paths.emergency_deploy.expires_after",
      "24 paths.emergency_deploy.ack.needed",
      "28 digset",
    ]);
  });

  it.each([
    ["warm_at: 2", "warm_at: !!int 2", "found the tag !!int"],
    ["[e2e-suite]", "*gates", "found the alias *gates"],
  ])("says of a refused value only why it was refused: %s", (passage, replacement, message) => {
    const result = parsePolicy(broken(passage, replacement), "policy.yaml");
    expect(result.ok ? [] : result.errors).toMatchObject([{ message: expect.stringContaining(message) }]);
    expect(result.ok ? [] : result.errors).toHaveLength(1);
  });

  it("has no path without a gate: a file in which every gate is never bypassed", () => {
    const text = SKETCH.replaceAll(": {}", ': { never_bypass: "no" }');
    const result = parsePolicy(text, "policy.yaml");
    expect(result.ok ? [] : result.errors).toMatchObject([
      { line: 11, column: 3, message: expect.stringContaining("every gate of this file has never_bypass") },
    ]);
  });

  it.each([
    ["nothing", ""],
    ["a word", "breakglass"],
    ["a list", "- version: 1"],
    ["null", "~"],
  ])("may be no mapping at all: %s", (_, text) => {
    const result = parsePolicy(text, "policy.yaml");
    expect(result.ok ? [] : result.errors).toMatchObject([
      { line: 1, column: 1, path: "", message: expect.stringContaining("expected a policy") },
    ]);
  });

  it("is not read when it is larger than 256 KiB, counted in bytes", () => {
    const fits = `${SOUND}# ${"é".repeat((256 * 1024 - Buffer.byteLength(SOUND) - 2) / 2)}`;
    expect(parsePolicy(fits, "policy.yaml").ok).toBe(true);
    const result = parsePolicy(`${fits}é`, "policy.yaml");
    expect(result.ok ? [] : result.errors).toMatchObject([
      { line: 1, message: expect.stringContaining("262144 bytes") },
    ]);
  });

  it.each([
    ["nested lists", "[".repeat(200_000)],
    ["nested mappings", Array.from({ length: 400 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n")],
    ["very many keys", Array.from({ length: 25_000 }, (_, n) => `k${n}: 1`).join("\n")],
    ["very many anchors", `roles: [${"&a 1, ".repeat(40_000)}]`],
    ["very many equal keys", "version: 1\n".repeat(23_000)],
    ["aliases that multiply", `a: &a [x,x,x]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\nd: [${"*c,".repeat(50)}*c]`],
  ])("cannot exhaust the reader: %s", (_, text) => {
    const start = performance.now();
    expect(parsePolicy(text, "policy.yaml").ok).toBe(false);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
