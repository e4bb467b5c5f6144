import { describe, expect, test } from "vitest";
import { openBody, sealEntry } from "../../../src/domain/audit/body.js";
import type { Finding } from "../../../src/domain/audit/findings.js";
import { createLawCheck } from "../../../src/domain/audit/lawful.js";
import type { BypassFact } from "../../../src/domain/bypass/entries.js";
import type { Actor } from "../../../src/domain/bypass/people.js";

const START = Date.parse("2026-03-02T09:00:00.000Z");
const at = (minutes: number) => new Date(START + minutes * 60_000).toISOString();
const DANA: Actor = { kind: "person", user: "U0DANA", person: "dana" };
const DANA2: Actor = { ...DANA, user: "W0DANA2" };
const LEO: Actor = { kind: "person", user: "U0LEO", person: "leo" };
const MIA: Actor = { kind: "person", user: "U0MIA", person: "mia" };
const CLOCK: Actor = { kind: "system", part: "clock" };

interface Told {
  readonly n?: number;
  readonly minute?: number;
  readonly actor: Actor;
  readonly fact: BypassFact;
}

/** What is found in the beginning of a trail. */
const foundIn = (...trail: readonly Told[]) => found(trail, false);
/** What is found in a trail that ends there. */
const foundInWhole = (...trail: readonly Told[]) => found(trail, true);

function found(trail: readonly Told[], whole: boolean): readonly string[] {
  const findings: Finding[] = [];
  const check = createLawCheck((finding) => findings.push(finding));
  const versions = new Map<number, number>();
  for (const [index, { n = 1, minute = 0, actor, fact }] of trail.entries()) {
    const version = (versions.get(n) ?? 0) + 1;
    versions.set(n, version);
    const where = {
      stream: { kind: "bypass", n },
      version,
      commandId: `c${index}`,
      nonce: () => "0".repeat(32),
    } as const;
    check.entry(index + 1, openBody(sealEntry({ fact, actor, at: at(minute) }, where).body));
  }
  if (whole) check.finish();
  expect(findings.every(({ kind }) => kind === "unlawful")).toBe(true);
  return findings.map(({ message }) => message);
}

function begun(over: { needed?: number; aloneAfterSeconds?: number | null; n?: number; minute?: number } = {}): Told[] {
  const { needed = 1, aloneAfterSeconds = null, n = 1, minute = 0 } = over;
  const ack = { needed, aloneAfterSeconds, remindEverySeconds: 180, giveUpAfterSeconds: 1800, roles: [], ladder: [] };
  const fact: BypassFact = {
    type: "bypass.declared",
    kind: "bypass",
    path: "p",
    gates: ["g"],
    target: { kind: "service" },
    accounts: ["U0DANA", "W0DANA2"],
    incident: null,
    durationSeconds: 3600,
    channel: "C0INC",
    policyHash: "h",
    ack,
    again: null,
    roleAsOf: null,
  };
  const opened: BypassFact = { type: "review.opened", reviewer: "r", dueAt: at(9_999) };
  return [
    { n, minute, actor: DANA, fact },
    { n, minute, actor: CLOCK, fact: opened },
  ];
}

const user = (actor: Actor) => (actor.kind === "person" ? actor.user : "");
const ack = (actor: Actor, count = 1, needed = 1, accounts = [user(actor)]): Told => ({
  actor,
  fact: { type: "ack.given", count, needed, accounts, policyHash: "h", roleAsOf: null },
});
const activated = (actor: Actor, approved = true, end = 60): Told => ({
  actor,
  fact: { type: "bypass.activated", endsAt: at(end), approved },
});
const told = (
  type: "bypass.closed" | "bypass.expired" | "grant.warned" | "bypass.withdrawn",
  actor: Actor,
  minute = 0,
) => ({ minute, actor, fact: { type } }) satisfies Told;
const denied = (actor: Actor): Told => ({ actor, fact: { type: "bypass.denied", roleAsOf: null } });
const revoked = (actor: Actor): Told => ({ actor, fact: { type: "bypass.revoked", why: "person", roleAsOf: null } });
const waived: Told = { actor: CLOCK, fact: { type: "review.waived", why: "never_active" } };
const goes = (actor: Actor, minute = 10): Told => ({ minute, actor, fact: { type: "bypass.proceeded_alone" } });
const active = [...begun(), ack(LEO), activated(LEO)];

describe("lawful histories are found so", () => {
  test.each<readonly [string, readonly Told[]]>([
    ["approved and closed", [...active, told("bypass.closed", DANA2, 5)]],
    ["approved and expired", [...active, told("grant.warned", CLOCK, 55), told("bypass.expired", CLOCK, 60)]],
    ["approved and revoked", [...active, revoked(LEO)]],
    ["approved by two", [...begun({ needed: 2 }), ack(LEO, 1, 2), ack(MIA, 2, 2), activated(MIA)]],
    ["denied and waived", [...begun(), denied(LEO), waived]],
    ["withdrawn", [...begun(), told("bypass.withdrawn", DANA2), waived]],
    ["alone", [...begun({ aloneAfterSeconds: 600 }), goes(DANA), { ...activated(DANA, false, 70), minute: 10 }]],
    ["asking for nobody", [...begun({ needed: 0 }), activated(DANA, false)]],
    [
      "two side by side",
      [...begun(), ...begun({ n: 2 }), { ...ack(LEO), n: 2 }, { ...activated(LEO), n: 2 }, ack(LEO), activated(LEO)],
    ],
  ])("%s", (_, trail) => {
    expect(foundInWhole(...trail)).toEqual([]);
  });
});

describe("unlawful ones are told with the entry and the rule", () => {
  test.each<readonly [string, readonly Told[]]>([
    ["Entry 3 of BG-1 activates a grant that was not earned.", [...begun(), activated(DANA)]],
    [
      "Entry 4 of BG-1 activates a grant that was not earned.",
      [...begun({ needed: 2 }), ack(LEO, 1, 2), activated(LEO)],
    ],
    ["Entry 4 of BG-1 activates a grant that was not earned.", [...begun(), ack(LEO), activated(MIA)]],
    ["Entry 3 of BG-1 activates a grant that was not earned.", [...begun(), activated(DANA, false)]],
    [
      "Entry 4 of BG-1 activates a grant that is not as long as was declared.",
      [...begun(), ack(LEO), activated(LEO, true, 61)],
    ],
    ["Entry 3 of BG-1 goes alone where that was not allowed, or not yet.", [...begun(), goes(DANA)]],
    [
      "Entry 3 of BG-1 goes alone where that was not allowed, or not yet.",
      [...begun({ aloneAfterSeconds: 601 }), goes(DANA)],
    ],
    [
      "Entry 3 of BG-1 goes alone with the request of somebody else.",
      [...begun({ aloneAfterSeconds: 600 }), goes(LEO)],
    ],
    ["Entry 3 of BG-1 is an approval by the requester.", [...begun(), ack(DANA2)]],
    ["Entry 3 of BG-1 is an approval by the requester.", [...begun(), ack(MIA, 1, 1, ["U0MIA", "W0DANA2"])]],
    [
      "Entry 3 of BG-1 is an approval by the requester.",
      [...begun(), ack({ kind: "person", user: "U0NEW", person: "dana" })],
    ],
    [
      "Entry 4 of BG-1 is an approval by somebody who approved before.",
      [...begun({ needed: 2 }), ack(LEO, 1, 2, ["U0LEO", "U0MIA"]), ack(MIA, 2, 2)],
    ],
    ["Entry 3 of BG-1 names accounts that are not those of the approver.", [...begun(), ack(LEO, 1, 1, ["U0MIA"])]],
    ["Entry 3 of BG-1 counts the approvals wrong.", [...begun(), ack(LEO, 2)]],
    ["Entry 3 of BG-1 is a denial by the requester.", [...begun(), denied(DANA2)]],
    ["Entry 3 of BG-1 withdraws the request of somebody else.", [...begun(), told("bypass.withdrawn", LEO)]],
    ["Entry 3 of BG-1 waives the review of what may have been active.", [...begun(), waived]],
    [
      "Entry 3 of BG-1 gives up before the time.",
      [...begun(), { actor: CLOCK, fact: { type: "bypass.lapsed", why: "no_ack" } }],
    ],
    ["Entry 3 of BG-1 tells bypass.closed of what was never active.", [...begun(), told("bypass.closed", DANA)]],
    ["Entry 5 of BG-1 closes the bypass of somebody else.", [...active, told("bypass.closed", LEO)]],
    ["Entry 5 of BG-1 is a revocation by the requester.", [...active, revoked(DANA)]],
    [
      "Entry 5 of BG-1 tells bypass.expired at a time that does not fit the end.",
      [...active, told("bypass.expired", CLOCK, 59)],
    ],
    [
      "Entry 5 of BG-1 tells bypass.closed at a time that does not fit the end.",
      [...active, told("bypass.closed", DANA, 60)],
    ],
    [
      "Entry 6 of BG-1 tells bypass.expired of what had ended before.",
      [...active, told("bypass.closed", DANA), told("bypass.expired", CLOCK, 60)],
    ],
    ["Entry 5 of BG-1 tells bypass.denied of what was settled before.", [...active, denied(MIA)]],
    ["Entry 5 of BG-1 tells bypass.expired of the wrong kind of actor.", [...active, told("bypass.expired", LEO, 60)]],
    ["Entry 1 of BG-1 comes before any declaration.", [ack(LEO)]],
    ["Entry 3 of BG-1 declares what was declared before.", [...begun(), ...begun().slice(0, 1)]],
    ["Entry 3 of BG-1 is not where the review is opened.", [...begun(), ...begun().slice(1)]],
    ["Entry 3 of BG-1 is older than the one before it.", [...begun({ minute: 5 }), ack(LEO)]],
    [
      "Entry 3 says that it is of 2026-03-02T09:00:00.000Z, long before entries that were recorded earlier.",
      [...begun({ minute: 11 }), ...begun({ n: 2 })],
    ],
  ])("%s", (sentence, trail) => {
    expect(foundIn(...trail)).toEqual([sentence]);
  });
});

describe("a decision of which the end is missing is told", () => {
  const logged: Told = { actor: DANA, fact: { type: "bypass.logged", via: "command" } };

  test.each<readonly [string, readonly Told[]]>([
    ["Entry 1 of BG-1 is not followed by its review.opened.", begun().slice(0, 1)],
    ["Entry 2 of BG-1 is not followed by its bypass.activated.", begun({ needed: 0 })],
    ["Entry 3 of BG-1 is not followed by its bypass.activated.", [...begun(), ack(LEO)]],
    ["Entry 3 of BG-1 is not followed by its bypass.activated.", [...begun({ aloneAfterSeconds: 600 }), goes(DANA)]],
    ["Entry 3 of BG-1 is not followed by its review.waived.", [...begun(), denied(LEO)]],
    ["Entry 3 of BG-1 is not followed by its review.waived.", [...begun(), told("bypass.withdrawn", DANA)]],
  ])("%s", (sentence, trail) => {
    expect(foundInWhole(...trail)).toEqual([sentence]);
    expect(foundInWhole(...trail, ...begun({ n: 2, minute: 20 }))).toEqual([sentence]);
    expect(foundInWhole(...trail, { ...logged, minute: 20 })).toContain(sentence);
  });

  test("one of two approvals owes nothing", () => {
    expect(foundInWhole(...begun({ needed: 2 }), ack(LEO, 1, 2), logged)).toEqual([]);
  });
});
