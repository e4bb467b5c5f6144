import type { SlackDouble } from "../slack/index.js";
import type { RefusedShown } from "./contract.js";

/** The most refusals that are shown. */
const MOST = 5;

/** The bot's latest calls that Slack's API refused, and its latest violations. */
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
