import type { Actor } from "../../../src/domain/events/actor.js";
import { openBody, sealEntry } from "../../../src/domain/events/body.js";
import type { BypassEvent, SystemEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import { createHistoryCheck } from "../../../src/domain/verify/allowed-history.js";
import type { Finding } from "../../../src/domain/verify/findings.js";
import { createGateFold } from "../../../src/domain/verify/gate-projections.js";

// Histories that no decision produces, for the invariant check of a verification. Times are minutes after START.

const START = Date.parse("2026-03-02T09:00:00.000Z");
export const minuteAt = (minutes: number): string => new Date(START + minutes * 60_000).toISOString();
/** That many days, in minutes. */
export const days = (count: number): number => count * 24 * 60;

export const DANA: Actor = { kind: "person", user: "U0DANA", person: "dana" };
/** Dana's other account. */
export const DANA2: Actor = { ...DANA, user: "W0DANA2" };
export const LEO: Actor = { kind: "person", user: "U0LEO", person: "leo" };
export const MIA: Actor = { kind: "person", user: "U0MIA", person: "mia" };
export const CLOCK: Actor = { kind: "system", part: "clock" };

/** One entry. An event of a bypass belongs to BG-1 unless `n` says otherwise. */
export interface Line {
  readonly n?: number;
  readonly minute?: number;
  /** Instead of a minute: the time to write into the entry. */
  readonly time?: string;
  readonly actor: Actor;
  readonly event: BypassEvent | SystemEvent;
}

/** The same entry, `minute` minutes after the start. */
export const at = (minute: number, line: Line): Line => ({ ...line, minute });

export const bySystem = (event: Line["event"]): Line => ({ actor: CLOCK, event });
export const byPerson = (actor: Actor, event: Line["event"]): Line => ({ actor, event });

/** The findings in the beginning of a trail. */
export const foundIn = (...lines: readonly Line[]): readonly string[] => found(lines, false);
/** The findings in a trail that ends after these entries. */
export const foundInWhole = (...lines: readonly Line[]): readonly string[] => found(lines, true);

function found(lines: readonly Line[], isWhole: boolean): readonly string[] {
  const findings: Finding[] = [];
  const check = createHistoryCheck((finding) => findings.push(finding), createGateFold());
  const versions = new Map<number, number>();
  for (const [index, { n = 1, minute = 0, time = minuteAt(minute), actor, event }] of lines.entries()) {
    const isOfBypass = !/^(gate|bot)\./.test(event.type);
    const version = (versions.get(n) ?? 0) + 1;
    if (isOfBypass) versions.set(n, version);
    const where = isOfBypass
      ? ({ stream: { kind: "bypass", n }, version } as const)
      : ({ stream: { kind: "system" }, version: null } as const);
    const sealed = sealEntry({ event, actor, at: time }, { ...where, commandId: `c${index}`, nonce: () => "" });
    check.entry({ seq: index + 1, texts: [] }, openBody(sealed.body));
  }
  if (isWhole) check.finish();
  return findings.map(({ kind, message }) => (kind === "violation" ? message : `${kind}: ${message}`));
}

type Declared = Extract<BypassEvent, { type: "bypass.declared" }>;

/** Dana's declaration of BG-1 and the opening of its review. */
export function begun(
  ack: Partial<Declared["ack"]> = {},
  change: Partial<Declared> = {},
  dueAt = minuteAt(days(2)),
): readonly [Line, Line] {
  const event: Declared = {
    type: "bypass.declared",
    kind: "bypass",
    path: "p",
    gates: ["g", "h"],
    target: { kind: "service" },
    accounts: ["U0DANA", "W0DANA2"],
    incident: null,
    durationSeconds: 3600,
    channel: "C0INC",
    policyHash: "h",
    ack: {
      needed: 1,
      aloneAfterSeconds: null,
      remindEverySeconds: 180,
      giveUpAfterSeconds: 1800,
      roles: [],
      escalation: [],
      ...ack,
    },
    again: null,
    roleAsOf: null,
    ...change,
  };
  return [byPerson(DANA, event), bySystem({ type: "review.opened", reviewer: "r", dueAt })];
}

const userOf = (actor: Actor) => (actor.kind === "person" ? actor.user : "");

export const ack = (actor: Actor, count = 1, needed = 1, accounts: readonly string[] = [userOf(actor)]): Line =>
  byPerson(actor, { type: "ack.given", count, needed, accounts, policyHash: "h", roleAsOf: null });
/** The grant ends `end` minutes after the start. */
export const activated = (actor: Actor, approved = true, end = 60): Line =>
  byPerson(actor, { type: "bypass.activated", endsAt: minuteAt(end), approved });
export const denied = (actor: Actor): Line => byPerson(actor, { type: "bypass.denied", roleAsOf: null });
export const withdrawn = (actor: Actor): Line => byPerson(actor, { type: "bypass.withdrawn" });
export const closed = (actor: Actor): Line => byPerson(actor, { type: "bypass.closed" });
export const logged: Line = byPerson(DANA, { type: "bypass.logged", via: "command" });
export const waived: Line = bySystem({ type: "review.waived", why: "never_active" });
/** A bypass that Leo approved. */
export const active: readonly Line[] = [...begun(), ack(LEO), activated(LEO)];
