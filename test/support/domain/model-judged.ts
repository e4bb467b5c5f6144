import { expect } from "vitest";
import { openBody, sealEntry } from "../../../src/domain/events/body.js";
import type { TrailEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import type { NewEntry } from "../../../src/domain/events/entries.js";
import type { Policy } from "../../../src/domain/policy/policy.js";
import { createHistoryCheck } from "../../../src/domain/verify/allowed-history.js";
import { createGateFold } from "../../../src/domain/verify/gate-projections.js";
import type { Step } from "./model-world.js";
import { POLICY_HASH } from "./policies.js";

/** What a use case decides before it commands, and sequences of any commands do not keep. */
const DECIDED_OUTSIDE = [
  "ends a bypass for a gate that the policy on record allows",
  "addresses a role that its path neither pages",
  "was still open at entry",
  "settles a request whose step",
];

/** Asserts that the judgement by the policies on record finds nothing in what these steps recorded. */
export function expectLawful(steps: readonly Pick<Step, "policy" | "fresh">[]): void {
  const found: string[] = [];
  let newest: Policy | null = null;
  const check = createHistoryCheck(
    ({ message }) => found.push(message),
    createGateFold(),
    () => newest,
  );
  let seq = 0;
  const append = (entry: NewEntry<TrailEvent>, version: number | null): void => {
    seq += 1;
    const stream = version === null ? ({ kind: "system" } as const) : ({ kind: "bypass", n: 1 } as const);
    const sealed = sealEntry(entry, { stream, version, commandId: `c${seq}`, nonce: () => "00" });
    check.entry({ seq, texts: [] }, openBody(sealed.body));
  };
  let last: Policy | null = null;
  for (const { policy, fresh } of steps) {
    const [first] = fresh;
    if (first === undefined) continue;
    if (policy !== last) {
      const was: string | null = last === null ? null : POLICY_HASH;
      const event = { type: "policy.changed", policyHash: POLICY_HASH, was } as const;
      newest = heldByGroups(policy);
      append({ event, actor: { kind: "system", part: "policy" }, at: first.at }, null);
      last = policy;
    }
    for (const entry of fresh) append(entry, entry.version);
  }
  expect(found.filter((message) => !DECIDED_OUTSIDE.some((what) => message.includes(what)))).toEqual([]);
}

/** The model gives people roles at random, as only Slack could. */
function heldByGroups(policy: Policy): Policy {
  const role = { slackUsergroup: "S0ANYBODY", slackUsers: [], pagerdutySchedule: null };
  return { ...policy, roles: Object.fromEntries(Object.keys(policy.roles).map((name) => [name, role])) };
}
