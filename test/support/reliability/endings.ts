import { INCIDENTS } from "../../../demo/cast.js";
import type { SlackDouble } from "../../../demo/slack/index.js";
import type { Bypass, Lives } from "./life.js";

/**
 * A policy with short times, so that a test reaches reminders, a step of the escalation, the warning and the expiry.
 */
export const SHORT_LIVES = `
version: 1
alert_channel: "#incidents"
roles:
  on-call-engineer:   { slack_usergroup: S0ONCALL }
  incident-commander: { slack_users: [U0LEE] }
  on-call-lead:       { slack_usergroup: S0LEADS }
rights: { redact: [on-call-lead] }
gates:
  e2e-suite: { title: "End-to-end suite", owner: on-call-lead }
paths:
  brief:
    title: "Brief"
    gates: [e2e-suite]
    who_can_invoke: [{ role: on-call-engineer }]
    who_can_ack: [{ role: on-call-lead }]
    requires: [incident_id, reason, second_person_ack]
    on_invoke: [record_audit_event, { page: on-call-lead }]
    expires_after: 8s
    ack: { remind_every: 6s, escalate: [{ after: 4s, page: incident-commander }], give_up_after: 60m }
  usual:
    title: "Usual"
    gates: [e2e-suite]
    who_can_invoke: [{ role: on-call-engineer }]
    who_can_ack: [{ role: on-call-lead }]
    requires: [incident_id, reason, second_person_ack]
    on_invoke: [record_audit_event, { page: on-call-lead }]
    expires_after: 60m
    ack: { remind_every: 60s, give_up_after: 60m }
  unheard:
    title: "Unheard"
    gates: [e2e-suite]
    who_can_invoke: [{ role: on-call-engineer }]
    who_can_ack: [{ role: on-call-lead }]
    requires: [incident_id, reason, second_person_ack]
    on_invoke: [record_audit_event, { page: on-call-lead }]
    expires_after: 60m
    ack: { remind_every: 2s, escalate: [{ after: 3s, page: incident-commander }], give_up_after: 6s }
`;

/** How a life ends, as the status in the database. */
export type Ending = "expired" | "closed" | "denied" | "withdrawn" | "lapsed";

/** For each ending, the path of {@link SHORT_LIVES} and what people do until the thread shows the end. */
const ENDINGS: Readonly<Record<Ending, { path: string; live: (lives: Lives, bypass: Bypass) => Promise<unknown> }>> = {
  expired: {
    path: "brief",
    live: async (lives, bypass) => {
      await lives.untilReply(bypass, /escalated/);
      await lives.approve(bypass);
      await lives.untilReply(bypass, /has expired/);
    },
  },
  closed: {
    path: "usual",
    live: async (lives, bypass) => {
      await lives.approve(bypass);
      await lives.log(bypass);
      await lives.redact(bypass);
      await lives.close(bypass);
      await lives.untilReply(bypass, /Closed by/);
    },
  },
  denied: {
    path: "usual",
    live: async (lives, bypass) => {
      await lives.deny(bypass);
      await lives.untilReply(bypass, /Denied by/);
    },
  },
  withdrawn: {
    path: "usual",
    live: async (lives, bypass) => {
      await lives.withdraw(bypass);
      await lives.untilReply(bypass, /Withdrawn by/);
    },
  },
  lapsed: { path: "unheard", live: (lives, bypass) => lives.untilReply(bypass, /has lapsed/) },
};

/** Lives one bypass from the form to its end. */
export async function liveAndEnd(lives: Lives, ending: Ending): Promise<{ n: number; ending: Ending }> {
  const { path, live } = ENDINGS[ending];
  const bypass = await lives.declare({ Path: path });
  await live(lives, bypass);
  return { n: bypass.n, ending };
}

/** A requester and an approver for each concurrent bypass. */
export interface Pairs {
  readonly pairs: readonly { readonly requester: string; readonly approver: string }[];
  /** Adds them to a workspace and makes them the only members of the groups on-call and on-call-leads. */
  join(slack: SlackDouble): void;
}

export function pairsOf(count: number): Pairs {
  const pairs = Array.from({ length: count }, (_, index) => ({
    requester: `U0CALL${index + 1}`,
    approver: `U0LEAD${index + 1}`,
  }));
  const join = (slack: SlackDouble): void => {
    for (const id of pairs.flatMap(({ requester, approver }) => [requester, approver])) {
      slack.people.add({ id, name: id.toLowerCase() });
      slack.channels.join(INCIDENTS, id);
    }
    const all = (who: "requester" | "approver") => pairs.map((pair) => pair[who]);
    slack.groups.set("S0ONCALL", all("requester"));
    slack.groups.set("S0LEADS", all("approver"));
  };
  return { pairs, join };
}
