import { type Policy, parsePolicy } from "../../../src/domain/policy/parse.js";

/** A small valid policy; tests break one passage of it. */
export const SOUND = `version: 1
alert_channel: "#incidents"
roles:
  on-call-engineer: { slack_usergroup: S0ONCALL }
  on-call-lead: { slack_users: [U0DANA, U0EVE] }
people:
  dana: { slack: [U0DANA, W0DANA2], github: dana-m }
  eve: { slack: [U0EVE] }
rights: { export: [on-call-lead] }
gates:
  e2e-suite: { title: "End-to-end suite", owner: on-call-lead }
  secret-scan: { owner: on-call-lead, never_bypass: "A leaked key cannot be unleaked." }
paths:
  emergency_deploy:
    title: "Emergency deploy"
    gates: [e2e-suite]
    incident_pattern: "^INC-[0-9]+$"
    incident_url: "https://incidents.example.com/{id}"
    who_can_invoke: [on-call-engineer]
    who_can_ack: [on-call-lead]
    requires: [incident_id, reason, second_person_ack]
    on_invoke: [record_audit_event, { page: on-call-lead }]
    expires_after: 60m
    ack: { needed: 1, escalate: [{ after: 5m, page: on-call-lead }], give_up_after: 30m, alone_after: 20m }
    review: { due: 2 business days, remind: [at due] }
thermometer: { window: 30d, warm_at: 2, sick_at: 3 }
office_hours: { timezone: Europe/Berlin, days: [mon, tue], from: "09:00", to: "17:00", holidays: ["2026-12-25"] }
digest: { day: mon, at: "09:00" }
`;

/** The shortest form of a path, with the few other keys that every policy needs. */
export const SKETCH = `version: 1
roles:
  on-call-engineer: { slack_usergroup: S0ONCALL }
  incident-commander: { slack_users: [U0DANA] }
  on-call-lead: { slack_usergroup: S0LEADS }
gates:
  e2e-suite: {}
  secret-scan: { never_bypass: "A leaked key cannot be unleaked." }
  two-approvals: {}
paths:
  emergency_deploy:
    who_can_invoke:            # pre-defined: not just anyone
      - role: on-call-engineer
      - role: incident-commander
    requires:                  # deliberate: you must supply these
      - incident_id            # ties the bypass to a real incident
      - reason                 # forces a written justification
      - second_person_ack      # a human says "yes, go"
    on_invoke:                 # logged + loud, automatically
      - record_audit_event     # who / what / when / why → permanent log
      - alert_channel: "#incidents"
      - page: on-call-lead
      - open_review_ticket: true   # reviewed: created before you even finish
    expires_after: 60m         # the power is time-boxed, not permanent
`;

/** Replaces one passage of `SOUND`. Throws when it is not there exactly once, since the test would prove nothing. */
export function broken(passage: string, replacement: string): string {
  if (SOUND.split(passage).length !== 2) throw new Error(`${passage} is not in SOUND exactly once`);
  return SOUND.replace(passage, () => replacement);
}

/** Parses a text that must be a valid policy. */
export function soundPolicy(text: string = SOUND): Policy {
  const result = parsePolicy(text, "breakglass.yaml");
  if (!result.ok) throw new Error(JSON.stringify(result.errors, null, 2));
  return result.policy;
}
