import type { Unread } from "../../domain/decisions/principal.js";
import type { RoleSource } from "../../domain/policy/roles.js";
import type { Directory } from "../ports/ports.js";

/** The sources of a person's account and roles that could not be read. */
export type UnreadSource = "account" | RoleSource["kind"];

/**
 * Who could not say what a person's account or roles are. What is refused for good comes first, because another try does
 * not help with that. `null` for Slack when it only did not answer.
 */
export async function unreadOf(directory: Directory, sources: readonly UnreadSource[]): Promise<Unread | null> {
  const unread = await Promise.all(
    [...new Set(sources)].map(async (what): Promise<Unread> => {
      const refusal = (await directory.refusal?.(what)) ?? null;
      return { source: what === "schedule" ? "pagerduty" : "slack", refusal };
    }),
  );
  const found = unread.find(({ refusal }) => refusal !== null) ?? unread.find(({ source }) => source === "slack");
  const worst = found ?? unread[0] ?? null;
  return worst?.source === "slack" && worst.refusal === null ? null : worst;
}
