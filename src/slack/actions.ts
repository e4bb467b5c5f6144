import { bypassName, parseBypassName } from "../domain/bypass/number.js";

/** Every id that travels to Slack and back, once. A test compares this list with the handlers that are registered. */
export const COMMAND = "/breakglass";

export const ACTIONS = {
  approve: "bypass_approve",
  deny: "bypass_deny",
  withdraw: "bypass_withdraw",
  proceedAlone: "bypass_proceed_alone",
  close: "bypass_close",
  revoke: "bypass_revoke",
  again: "bypass_again",
  writeReview: "review_write",
  amendReview: "review_amend",
  addView: "review_add_view",
  snoozeReview: "review_snooze",
  /** In the review form: keep what is written, and room for one more action. */
  keepDraft: "review_keep_draft",
  moreActions: "review_more_actions",
  actionDone: "action_done",
  actionDrop: "action_drop",
  snoozeAction: "action_snooze",
  gateChanged: "gate_changed",
  gateRetired: "gate_retired",
  snoozeGate: "gate_snooze",
  homeDeclare: "home_declare",
  homeDrill: "home_drill",
  /** Changing the path in the declare modal redraws gates and durations. */
  declarePath: "declare_path",
  /** Link buttons send a click too, which must be answered. */
  link: "link",
} as const;

export const VIEWS = {
  declare: "declare",
  deny: "deny_reason",
  revoke: "revoke_reason",
  proceedAlone: "proceed_alone",
  review: "review",
  view: "review_view",
  snoozeReview: "review_snooze",
  actionDrop: "action_drop",
  snoozeAction: "action_snooze",
  gateChanged: "gate_changed",
  gateRetired: "gate_retired",
  snoozeGate: "gate_snooze",
} as const;

/** Message metadata: how a post is recognised when its answer was lost. */
export const METADATA_EVENT = "breakglass_message";

/** A person's account: Slack's ids begin with U, in an Enterprise organisation also with W. The policy takes the same. */
export const USER_ID = /^[UW][A-Z0-9]{2,20}$/;

/**
 * What a button carries: which bypass, and the version its message was drawn from. Never scope or role: those are read
 * at the click.
 */
export function buttonValue(n: number, version: number): string {
  return `${bypassName(n)}@${version}`;
}

/** What a button about a sick gate carries: the gate, and which of its items. */
export const gateValue = (gate: string, item: number): string => `${gate}@${item}`;

/** `null` when the value was not made by {@link gateValue}. */
export function parseGateValue(value: string): { gate: string; item: number } | null {
  const parts = /^([a-z0-9][a-zA-Z0-9._-]{0,62})@([1-9]\d{0,8})$/.exec(value);
  return parts === null ? null : { gate: parts[1] ?? "", item: Number(parts[2]) };
}

/** `null` when the value was not made by {@link buttonValue}. */
export function parseButtonValue(value: string): { n: number; version: number } | null {
  const [name = "", digits = ""] = value.split("@");
  const n = parseBypassName(name);
  if (n === null || !/^\d{1,9}$/.test(digits)) return null;
  const version = Number(digits);
  return value === buttonValue(n, version) ? { n, version } : null;
}
