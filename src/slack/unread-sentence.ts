import type { Unread } from "../domain/decisions/principal.js";
import { escapeTo } from "./block-kit/escape.js";
import { OTHER_WORKSPACE, SCOPE_MISSING, TOKEN_REFUSED } from "./health/refusal-codes.js";

const NOTHING = "so nothing was decided.";
const AGAIN = "Trying again does not help.";

/** Why a person's account or roles could not be checked, by whom, and what to do; without one, Slack did not answer. */
export function unreadSentence(unread: Unread | undefined): string {
  if (unread === undefined || (unread.source === "slack" && unread.refusal === null))
    return `your account and roles could not be checked with Slack just now, ${NOTHING} Try again in a minute.`;
  if (unread.source === "pagerduty") return pagerdutySentence(unread);
  return `your account and roles could not be checked, ${NOTHING} ${slackSentence(unread)}`;
}

function pagerdutySentence({ refusal }: Unread): string {
  if (refusal === null) return `PagerDuty could not say just now who is on call, ${NOTHING} Try again in a minute.`;
  if (refusal.code === "token_missing")
    return `who is on call could not be checked, ${NOTHING} ${AGAIN} Ask whoever runs Breakglass to set PAGERDUTY_API_TOKEN.`;
  return `PagerDuty refuses to say who is on call (${escapeTo(refusal.code, 40)}), ${NOTHING} ${AGAIN} Ask whoever runs Breakglass to check PAGERDUTY_API_TOKEN.`;
}

function slackSentence({ refusal }: Unread): string {
  const code = refusal?.code ?? "";
  if (code === SCOPE_MISSING) {
    const needed = refusal?.needed ?? null;
    const scope = needed === null ? "a permission" : `\`${escapeTo(needed, 100)}\``;
    return `The Slack app lacks ${scope}. ${AGAIN} Ask an admin of this workspace to add it to the app and to install the app again.`;
  }
  if (code === OTHER_WORKSPACE)
    return `Breakglass runs with the Slack token of another workspace. ${AGAIN} Ask whoever runs it to set the token of this one.`;
  if (code === "plan_upgrade_required")
    return `The plan of this workspace has no user groups, and the policy gives the role by one. ${AGAIN} Ask whoever runs Breakglass to list the people in the policy.`;
  if (TOKEN_REFUSED.has(code))
    return `Slack refuses the token of Breakglass (${escapeTo(code, 40)}). ${AGAIN} Ask whoever runs Breakglass to set a valid one.`;
  return `Slack refuses to say (${escapeTo(code, 40)}). ${AGAIN} Ask whoever runs Breakglass: \`/readyz\` names what is refused.`;
}
