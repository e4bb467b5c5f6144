import type { SlackDouble } from "../../demo/slack/index.js";
import { parsePolicy } from "../../src/domain/policy/parse.js";
import type { PolicySource } from "../../src/usecases/ports/ports.js";

export const POLICY = `
version: 1
alert_channel: "#incidents"
roles:
  on-call-engineer: { slack_usergroup: S0ONCALL }
  on-call-lead: { slack_usergroup: S0LEADS }
  dba: { slack_users: [U0DORA] }
rights: { redact: [dba] }
gates:
  e2e-suite: { title: "End-to-end suite (40 min)", owner: on-call-lead, instead: "smoke tests (3 min)" }
  two-approvals: { title: "Two approvals on main", owner: on-call-lead }
  schema-review: { title: "Schema review", owner: dba, instead: "Read the plan of the migration aloud to another person who knows the table, and keep the way back open." }
  secret-scan: { title: "Secret scanning", owner: on-call-lead, never_bypass: "A leaked key cannot be unleaked." }
paths:
  emergency_deploy:
    title: "Emergency deploy"
    gates: [e2e-suite, two-approvals]
    when: "Production is down or failing for customers & an incident is open."
    incident_pattern: "^INC-\\\\d+$"
    who_can_invoke: [on-call-engineer]
    who_can_ack: [on-call-lead]
    requires: [incident_id, reason, second_person_ack]
    expires_after: 60m
    ack: { needed: 2, alone_after: 10m }
  database_fix:
    title: "Database fix"
    gates: [schema-review, two-approvals]
    who_can_invoke: [dba, on-call-engineer]
    who_can_ack: [on-call-lead]
    requires: [reason, second_person_ack]
    expires_after: 2h
`;

/** A policy source with {@link POLICY} or another text in force. */
export function policyInForce(text: string = POLICY): PolicySource {
  const parsed = parsePolicy(text, "test.yaml");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  const inForce = { policy: parsed.policy, hash: "0".repeat(64) };
  return { current: () => inForce };
}

/**
 * Ada and Wendy may invoke, Lea and Lou may ack, Dora is a DBA, Otto has no role, Gus is a guest in the on-call group.
 */
export function addPeople(slack: SlackDouble): void {
  for (const [id, name] of [
    ["U0ADA", "ada"],
    ["U0LEA", "lea"],
    ["U0LOU", "lou"],
    ["U0DORA", "dora"],
    ["U0OTTO", "otto"],
    ["W0WENDY", "wendy"],
  ] as const) {
    slack.people.add({ id, name });
  }
  slack.people.add({ id: "U0GUS", name: "gus", guest: "single" });
  slack.groups.add("S0ONCALL", "on-call", ["U0ADA", "W0WENDY", "U0GUS"]);
  slack.groups.add("S0LEADS", "leads", ["U0LEA", "U0LOU"]);
  slack.channels.add({ id: "C0INC", name: "incidents", members: ["U0ADA", "U0LEA", "U0LOU", "U0OTTO", "U0GUS"] });
}
