import type { Policy } from "./policy.js";

/** The channel for messages about gates: that of the digest, else that of the alerts. */
export const channelOfGates = ({ digest, alertChannel, paths }: Policy): string =>
  digest.channel ?? alertChannel ?? Object.values(paths)[0]?.alertChannel ?? "";

/** Every channel that the bot posts to by this policy, as the policy names it. */
export function channelsOf(policy: Policy): readonly string[] {
  const alerts = Object.values(policy.paths).map(({ alertChannel }) => alertChannel);
  return [...new Set([...alerts, channelOfGates(policy)])];
}
