import { expect, test } from "vitest";
import { parsePolicy } from "../../../../src/domain/policy/parse.js";

/** The errors of a policy with one path and two roles. The boss is one person with two accounts. */
function errorsOf(who: {
  invoke: string;
  ack: string;
  boss?: string;
  others?: string;
  escalation?: string;
  requires?: string;
}): string[] {
  const text = `version: 1
alert_channel: "#incidents"
roles:
  bosses: { ${who.boss ?? "slack_users: [U0BOSS, W0BOSS]"} }
  others: { ${who.others ?? "slack_users: [U0ADA, U0ENA]"} }
people:
  boss: { slack: [U0BOSS, W0BOSS] }
gates: { e2e: {} }
paths:
  deploy:
    who_can_invoke: [${who.invoke}]
    who_can_ack: [${who.ack}]
    requires: [${who.requires ?? "reason, second_person_ack"}]
    expires_after: 1h
    ack: { ${who.escalation ?? "needed: 1"} }
`;
  const result = parsePolicy(text, "breakglass.yaml");
  return result.ok ? [] : result.errors.map(({ line, message }) => `${line}: ${message}`);
}

test("a path whose only approver is its only requester, with two accounts, is refused", () => {
  expect(errorsOf({ invoke: "bosses", ack: "bosses" })).toEqual([
    "10: expected 1 who may ack beside the requester, found 0, whoever invokes: no bypass could ever be approved",
  ]);
});

test("a path that needs the ack of every possible requester is refused", () => {
  expect(errorsOf({ invoke: "others", ack: "others", escalation: "needed: 2" })).toHaveLength(1);
});

test("a path is accepted when at least one requester can be approved by another person", () => {
  expect(errorsOf({ invoke: "bosses, others", ack: "bosses" })).toEqual([]);
  expect(errorsOf({ invoke: "others", ack: "others" })).toEqual([]);
});

test("people whom the escalation pages count as approvers", () => {
  const escalation = "escalate: [{ after: 5m, page: others }]";
  expect(errorsOf({ invoke: "bosses", ack: "bosses", escalation })).toEqual([]);
});

test("a path without enough approvers is accepted if the requester may proceed alone or no ack is required", () => {
  expect(errorsOf({ invoke: "bosses", ack: "bosses", escalation: "alone_after: 10m" })).toEqual([]);
  expect(errorsOf({ invoke: "bosses", ack: "bosses", requires: "reason" })).toEqual([]);
});

test("a path is accepted when a role is held through a user group or a schedule, whose members are unknown", () => {
  expect(errorsOf({ invoke: "others", ack: "bosses", others: "slack_usergroup: S0ALL" })).toEqual([]);
  expect(errorsOf({ invoke: "bosses", ack: "others", others: "slack_usergroup: S0ALL" })).toEqual([]);
  expect(errorsOf({ invoke: "others", ack: "bosses", others: "pagerduty_schedule: P0ALL" })).toEqual([]);
  expect(errorsOf({ invoke: "bosses", ack: "others", others: "pagerduty_schedule: P0ALL" })).toEqual([]);
});
