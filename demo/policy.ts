/**
 * The policy of the fictional company, with the people and groups of `cast.ts`. The demo and the tests use it instead of
 * `breakglass.yaml`, which everyone may edit.
 */
export const DEMO_POLICY = String.raw`# The policy of the made-up company that the demo plays.
version: 1
alert_channel: "#incidents"                # default for paths; "#name" or an ID

roles:
  on-call-engineer:   { slack_usergroup: S0ONCALL }
  incident-commander: { slack_users: [U0DANA] }
  on-call-lead:       { slack_usergroup: S0LEADS }

people:                                    # accounts of one person
  dana: { slack: [U0DANA, W0DANA2], github: dana-m }

rights: { export: [on-call-lead], redact: [on-call-lead], tokens: [], see_all: [incident-commander] }

gates:
  e2e-suite:     { title: "End-to-end suite (40 min)", owner: on-call-lead, instead: "smoke tests (3 min)" }
  two-approvals: { title: "Two approvals on main", owner: on-call-lead }
  secret-scan:   { title: "Secret scanning", owner: on-call-lead, never_bypass: "A leaked key cannot be unleaked." }

paths:
  emergency_deploy:
    title: "Emergency deploy"
    gates: [e2e-suite, two-approvals]      # default: every gate that may be bypassed
    when: "Production is down or failing for customers and an incident is open."
    incident_pattern: "^INC-\\d+$"
    incident_url: "https://incidents.example.com/{id}"
    who_can_invoke:
      - role: on-call-engineer
      - role: incident-commander
    who_can_ack:                           # default: who_can_invoke and the paged role
      - role: on-call-lead
    requires:
      - incident_id
      - reason
      - second_person_ack
    on_invoke:
      - record_audit_event
      - alert_channel: "#incidents"
      - page: on-call-lead
      - open_review_ticket: true
    expires_after: 60m                     # counted from the approval
    ack:    { needed: 1, remind_every: 3m, escalate: [{ after: 5m, page: incident-commander }], give_up_after: 30m, alone_after: never }
    review: { due: 2 business days, reviewer: on-call-lead, remind: [1 business day before, at due, daily after], escalate_after: 3 business days, escalate_to: incident-commander }
    drill_every: 90d

thermometer:  { window: 30d, warm_at: 2, sick_at: 3, fix_within: 10 business days }
office_hours: { timezone: Europe/Berlin, days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00", holidays: ["2026-12-25"] }
digest:       { day: mon, at: "09:00", channel: "#incidents" }
`;
