import type { SlackDouble } from "../slack/index.js";
import type { RefusedShown } from "./contract.js";

/** What is shown as long as it is news. */
const MOST = 5;

/** The newest of what Slack's API refused of the bot, and of what it would warn of. */
export function refusedOf({ record }: SlackDouble): readonly RefusedShown[] {
  const calls = record.calls
    .filter(({ ok, fault }) => !ok && fault === undefined)
    .map(({ method, error, response }, index) => ({
      id: `call-${index}`,
      what: method,
      why: [error, ...messagesOf(response)].join(": "),
    }));
  const warnings = record.violations.map(({ rule, detail }, index) => ({
    id: `warning-${index}`,
    what: rule,
    why: detail,
  }));
  return [...warnings.slice(-MOST), ...calls.slice(-MOST)];
}

function messagesOf({ response_metadata: metadata }: { readonly response_metadata?: unknown }): readonly string[] {
  if (typeof metadata !== "object" || metadata === null || !("messages" in metadata)) return [];
  return Array.isArray(metadata.messages) ? metadata.messages.map(String) : [];
}
