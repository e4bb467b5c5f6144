import type { SlackDouble } from "../slack/index.js";
import type { RefusedShown } from "./contract.js";

/** What is shown as long as it is news. */
const MOST = 5;

/** What Slack's API refused of the bot, and what it would warn of, in the order of each; the newest last. */
export function refusedOf({ record }: SlackDouble): readonly RefusedShown[] {
  const calls = record.calls
    .filter(({ ok, fault }) => !ok && fault === undefined)
    .map(({ method, error, response }) => ({ what: method, why: [error, ...messagesOf(response)].join(": ") }));
  const warnings = record.violations.map(({ rule, detail }) => ({ what: rule, why: detail }));
  return [...warnings, ...calls].map((one, index) => ({ ...one, number: index + 1 })).slice(-MOST);
}

function messagesOf({ response_metadata: metadata }: { readonly response_metadata?: unknown }): readonly string[] {
  if (typeof metadata !== "object" || metadata === null || !("messages" in metadata)) return [];
  return Array.isArray(metadata.messages) ? metadata.messages.map(String) : [];
}
