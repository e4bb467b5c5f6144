import { cleanText } from "../../domain/text/clean.js";
import type { SlackChannel } from "../../slack/workspace-check/survey.js";
import type { Holders } from "./names-to-ids.js";

/** Everything that the written policy depends on. */
export interface PolicyAnswers {
  readonly workspace: string;
  readonly channel: SlackChannel;
  readonly onCall: Holders;
  readonly leads: Holders;
  /** As typed, such as `End-to-end suite`; their ids are made from them. */
  readonly gates: readonly string[];
  /** A regular expression, or `null` for any incident. */
  readonly incidentPattern: string | null;
  /** An IANA name. */
  readonly timeZone: string;
  /** Such as `60m`. */
  readonly expiresAfter: string;
}

/** The id of a gate that was named in words; empty if no letter or digit is in them. */
export function gateId(title: string): string {
  return title
    .slice(0, 200)
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9._]+/g, "-")
    .replace(/^[-._]+|[-._]+$/g, "")
    .slice(0, 63);
}

/** Text of one line for a comment: what people call their groups must not end it. */
function oneLine(text: string): string {
  const cleaned = cleanText(text);
  return cleaned.ok ? cleaned.text.replace(/\s+/g, " ").slice(0, 80) : "";
}

/** JSON is YAML, and quotes whatever a name may hold. */
const quoted = (text: string): string => JSON.stringify(text);

function roleLine(role: string, { group, people }: Holders): string {
  const members = [
    ...(group === null ? [] : [`slack_usergroup: ${group.id}`]),
    ...(people.length === 0 ? [] : [`slack_users: [${people.map(({ id }) => id).join(", ")}]`]),
  ];
  const names = [...(group === null ? [] : [`@${group.handle}`]), ...people.map(({ displayName }) => displayName)];
  return `  ${role}: { ${members.join(", ")} }   # ${oneLine(names.join(", "))}`;
}

function gateLine(title: string): string {
  const id = gateId(title);
  const named = id === title ? "" : `title: ${quoted(oneLine(title))}, `;
  return `  ${id}: { ${named}owner: on-call-lead }`;
}

/** Writes a policy with a comment for each decision that it contains. It passes `breakglass policy lint`. */
export function policyText(answers: PolicyAnswers): string {
  const { workspace, channel, onCall, leads, gates, incidentPattern, timeZone, expiresAfter } = answers;
  return `# The policy of Breakglass in ${oneLine(workspace)}: who may break which glass, what that needs, and how long it lasts.
# Written by "breakglass init"; from now on it is yours. After a change: npx breakglass policy lint THIS-FILE
# A running bot takes a changed file within seconds. docs/policy-reference.md lists every key and its default.
version: 1
alert_channel: ${channel.id}   # #${channel.name}

# Who holds which role. Membership is read from Slack at the moment somebody presses a button.
roles:
  # May break the glass.
${roleLine("on-call-engineer", onCall)}
  # Approves, is paged, writes the reviews, and looks after the gates.
${roleLine("on-call-lead", leads)}

# Two accounts of one person go here, so that nobody approves their own bypass through the other one.
# people:
#   dana: { slack: [U0DANA, W0DANA2] }

# May remove a text that should not be there, such as a pasted secret. The record of it stays.
rights: { redact: [on-call-lead] }

# The checks and approvals that must pass. Add "instead" to say what is done when the gate is skipped, and
# never_bypass: "why" to a gate that nobody may ever skip.
gates:
${gates.map(gateLine).join("\n")}

# The emergency procedures.
paths:
  emergency_deploy:
    title: "Emergency deploy"
    when: "Production is down or failing for customers, and an incident is open."
${incidentPattern === null ? '    # incident_pattern: "^INC-\\\\d+$"   # how an incident is written; without it, anything counts' : `    incident_pattern: ${quoted(incidentPattern)}`}
    who_can_invoke: [on-call-engineer]
    who_can_ack: [on-call-lead]
    requires: [incident_id, reason, second_person_ack]
    on_invoke: [record_audit_event, { page: on-call-lead }, { open_review_ticket: true }]
    expires_after: ${expiresAfter}   # from the approval; there are no extensions
    # All times count from the declaration. Add escalate: [{ after: 5m, page: ROLE }] once there is a role to escalate to.
    ack: { needed: 1, remind_every: 3m, give_up_after: 30m }
    review: { due: 2 business days, reviewer: on-call-lead }
    drill_every: 90d   # rehearse with /breakglass drill

office_hours: { timezone: ${timeZone}, days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00" }

# A gate that is bypassed three times in a month is reported as sick: fix the gate, do not get used to the bypass.
thermometer: { window: 30d, warm_at: 2, sick_at: 3, fix_within: 10 business days }
`;
}
