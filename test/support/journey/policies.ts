import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEMO_POLICY } from "../../../demo/policy.js";

/** A policy file that a journey may rewrite. */
export interface PolicyOnDisk {
  readonly file: string;
  readonly text: string;
  write(text: string): Promise<void>;
  remove(): Promise<void>;
}

export async function policyOnDisk(text: string): Promise<PolicyOnDisk> {
  const folder = await mkdtemp(join(tmpdir(), "breakglass-journey-"));
  const file = join(folder, "breakglass.yaml");
  const write = (content: string) => writeFile(file, content);
  await write(text);
  return { file, text, write, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** The policy of the sample company, for journeys that change a line of it. */
export const samplePolicy = async (): Promise<string> => DEMO_POLICY;

/** Four paths with different rules for acks, for the people of the cast. */
export const FOUR_PATHS = `
version: 1
alert_channel: "#incidents"
roles:
  on-call-engineer:   { slack_usergroup: S0ONCALL }
  incident-commander: { slack_users: [U0LEE] }
  on-call-lead:       { slack_usergroup: S0LEADS }
people:
  dana: { slack: [U0DANA, W0DANA2] }
gates:
  e2e-suite:     { title: "End-to-end suite", owner: on-call-lead }
  two-approvals: { title: "Two approvals on main", owner: on-call-lead }
  change-window: { title: "Change window", owner: on-call-lead, instead: "ask the lead on call" }
paths:
  escalation:
    title: "With an escalation"
    gates: [e2e-suite, two-approvals]
    who_can_invoke: [{ role: on-call-engineer }]
    who_can_ack: [{ role: on-call-lead }]
    requires: [incident_id, reason, second_person_ack]
    on_invoke: [record_audit_event, { page: on-call-lead }]
    expires_after: 60m
    ack: { remind_every: 3m, escalate: [{ after: 5m, page: incident-commander }], give_up_after: 15m }
  alone:
    title: "Alone if need be"
    gates: [e2e-suite]
    who_can_invoke: [{ role: on-call-engineer }]
    who_can_ack: [{ role: on-call-lead }]
    requires: [reason, second_person_ack]
    on_invoke: [record_audit_event, { page: on-call-lead }]
    expires_after: 30m
    ack: { remind_every: 10m, escalate: [{ after: 5m, page: incident-commander }], give_up_after: 40m, alone_after: 10m }
  two:
    title: "Two of three"
    gates: [two-approvals]
    who_can_invoke: [{ role: on-call-engineer }]
    who_can_ack: [{ role: on-call-lead }, { role: incident-commander }]
    requires: [reason, second_person_ack]
    on_invoke: [record_audit_event, { page: on-call-lead }]
    expires_after: 30m
    ack: { needed: 2 }
  at_once:
    title: "At once"
    gates: [change-window]
    who_can_invoke: [{ role: on-call-engineer }]
    requires: [reason]
    on_invoke: [record_audit_event, { page: on-call-lead }]
    expires_after: 15m
`;
