import type { Fault, SlackDouble } from "../../../demo/slack/index.js";

/** The calls about messages: posting, updating, and reading back whether a message is there already. */
const METHODS = ["chat.postMessage", "chat.update", "conversations.history", "conversations.replies"] as const;

const FAULTS: readonly Fault[] = [
  { kind: "rate_limit" },
  { kind: "http", status: 500 },
  { kind: "hang" },
  { kind: "lost" },
];

/** Makes this share of all calls about messages fail, in four equally likely ways. */
export function makeFlaky(slack: SlackDouble, share: number): void {
  const each = share / FAULTS.length;
  for (const method of METHODS) {
    for (const [index, fault] of FAULTS.entries()) {
      // A later rule applies only when the earlier ones did not.
      slack.faults.set(method, fault, { probability: each / (1 - index * each) });
    }
  }
}

/** Counts the faults by kind, and all calls. */
export function faultCountsOf(slack: SlackDouble): Readonly<Record<string, number>> {
  const calls = slack.record.calls.filter(({ method }) => METHODS.some((one) => one === method));
  const struck = (kind: string) => calls.filter(({ fault }) => fault === kind).length;
  return {
    calls: calls.length,
    429: struck("rate_limit"),
    500: struck("http"),
    hung: struck("hang"),
    lost: struck("lost"),
  };
}

/** A policy with `count` paths, each with a requester and a channel of its own, so that no form asks for the path. */
export function manyChannels(count: number): { readonly policy: string; readonly paths: readonly OwnPath[] } {
  const paths = Array.from({ length: count }, (_, index) => ({
    id: `deploy_${index}`,
    role: `engineer-${index}`,
    requester: `U0ENGINEER${index}`,
    channel: { id: `C0CHANNEL${index}`, name: `incidents-${index}` },
  }));
  const policy = `version: 1
roles:
  lead: { slack_usergroup: S0LEADS }
${paths.map(({ role, requester }) => `  ${role}: { slack_users: [${requester}] }`).join("\n")}
gates:
  e2e-suite: { title: "End-to-end suite", owner: lead }
paths:
${paths.map(pathText).join("\n")}
`;
  return { policy, paths };
}

export interface OwnPath {
  readonly id: string;
  readonly role: string;
  readonly requester: string;
  readonly channel: { readonly id: string; readonly name: string };
}

const pathText = ({ id, role, channel }: OwnPath): string => `  ${id}:
    title: "${id}"
    who_can_invoke: [{ role: ${role} }]
    who_can_ack: [{ role: lead }]
    requires: [incident_id, reason, second_person_ack]
    on_invoke: [record_audit_event, { alert_channel: "#${channel.name}" }, { page: lead }, { open_review_ticket: true }]
    expires_after: 60m
    ack: { needed: 1, remind_every: 40m, give_up_after: 60m }`;
