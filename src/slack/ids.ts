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
} as const;

/** Message metadata: how a post is recognised when its answer was lost. */
export const METADATA_EVENT = "breakglass_message";

/**
 * What a button carries: which bypass, and the version its message was drawn from. Never scope or role: those are read
 * at the click.
 */
export function buttonValue(n: number, version: number): string {
  return `BG-${n}@${version}`;
}

/** `null` when the value was not made by {@link buttonValue}. */
export function parseButtonValue(value: string): { n: number; version: number } | null {
  const match = /^BG-([1-9]\d{0,8})@(\d{1,9})$/.exec(value);
  return match?.[1] === undefined || match[2] === undefined ? null : { n: Number(match[1]), version: Number(match[2]) };
}
