import { missingApprovers } from "../../domain/bypass/decide/who-may.js";
import { sentenceList } from "../block-kit/escape.js";
import { mention, roleName } from "../block-kit/mentions.js";
import { type MessageContext, nameOf } from "./context.js";
import { noLongerWaits } from "./outcome.js";
import { roles } from "./summary.js";

/** What helps when nobody can approve. */
const WHAT_NOW = "Withdraw it and declare it anew, or have the policy file name the role again.";

/** While the request waits and no role is left that may approve it: why, and what to do. `null` otherwise. */
export function nobodyCanApprove({ policy, record }: MessageContext): string | null {
  const { state } = record;
  const gone = state.status === "requested" ? missingApprovers(policy, state) : null;
  if (gone === null) return null;
  const named =
    gone.length === 0 ? "no role that may approve it" : `no longer the role ${sentenceList(gone.map(roleName))}`;
  return `*Nobody can approve it now*: the policy in force has ${named}. ${WHAT_NOW}`;
}

/** The reply in the thread and the direct message to the requester: nobody can approve, or that this is over. */
export function blockedLine(context: MessageContext): string {
  const { state } = context.record;
  if (state.status !== "requested") return noLongerWaits(context);
  const blocked = nobodyCanApprove(context);
  return blocked === null
    ? unblockedLine(context)
    : `${mention(state.requester.user)}, ${nameOf(context)} waits. ${blocked}`;
}

/** The reply in the thread when somebody can approve again. */
export function unblockedLine(context: MessageContext): string {
  if (context.record.state.status !== "requested") return noLongerWaits(context);
  return `*${nameOf(context)} can be approved again*: the policy in force has the role. ${roles(context, 1200)}`;
}
