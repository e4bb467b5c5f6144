import { Secret } from "../lib/secret.js";

const PREFIX = "WEBHOOK_SECRET_";

/** At most one that leaves, one that comes, and a mistake. */
const MOST_SECRETS = 5;
/** By the Standard Webhooks convention: 24 to 64 random bytes. */
const BYTES = { least: 24, most: 64 };

/** The secrets of webhooks, the newest first, by the webhook's name, and what is wrong with them: sentences that repeat no value. */
export interface ReadWebhookSecrets {
  readonly secrets: ReadonlyMap<string, readonly Secret[]>;
  readonly faults: readonly string[];
}

/** The environment variable with the secrets of a webhook. */
export const secretVariable = (webhook: string): string => `${PREFIX}${webhook.toUpperCase().replaceAll("-", "_")}`;

/**
 * Reads every `WEBHOOK_SECRET_…`. Each holds one secret, or several with spaces between them while they are exchanged.
 * @param given the environment without blank variables
 */
export function readWebhookSecrets(given: Readonly<Record<string, string | undefined>>): ReadWebhookSecrets {
  const faults: string[] = [];
  const secrets = new Map<string, readonly Secret[]>();
  for (const [variable, value] of Object.entries(given)) {
    if (!variable.startsWith(PREFIX) || value === undefined) continue;
    const parts = value.split(/\s+/).filter((part) => part !== "");
    if (parts.length > MOST_SECRETS) faults.push(`${variable} holds more than ${MOST_SECRETS} secrets`);
    else if (!parts.every(isSecret)) {
      faults.push(
        `${variable} must hold whsec_ and ${BYTES.least} to ${BYTES.most} random bytes in Base64 (make one: echo "whsec_$(openssl rand -base64 32)"), or several of these with spaces between them`,
      );
    }
    const name = variable.slice(PREFIX.length).toLowerCase().replaceAll("_", "-");
    secrets.set(
      name,
      parts.map((part) => new Secret(part)),
    );
  }
  return { secrets, faults };
}

function isSecret(text: string): boolean {
  const base64 = /^whsec_((?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/.exec(text)?.[1];
  if (base64 === undefined) return false;
  const bytes = Buffer.from(base64, "base64").byteLength;
  return bytes >= BYTES.least && bytes <= BYTES.most;
}
