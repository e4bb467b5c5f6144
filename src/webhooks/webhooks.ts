import type { WebhookOfPolicy } from "../domain/policy/policy.js";
import { CLOUD_EVENT_TYPE, type WebhookMessage } from "../domain/webhooks/cloud-event.js";
import type { ProxyConfig } from "../lib/outbound.js";
import type { Secret } from "../lib/secret.js";
import type { PolicySource, WebhookResult, WebhookSender } from "../usecases/ports/ports.js";
import { checkAddresses, type Resolve } from "./checked-address.js";
import type { Post, PostAnswer, Way } from "./post.js";
import { proxyFor } from "./proxy.js";
import { retryAfterMs } from "./retry-after.js";
import { signedHeaders, type WebhookSecrets } from "./signing.js";
import { createTurns } from "./turns.js";

export interface WebhooksOptions {
  /** By the name of the webhook. */
  readonly secrets: ReadonlyMap<string, WebhookSecrets>;
  readonly policy: PolicySource;
  readonly proxy: ProxyConfig;
  readonly resolve: Resolve;
  readonly post: (request: Post) => Promise<PostAnswer>;
  /** The time that receivers compare with their own, in epoch milliseconds. */
  readonly now: () => number;
  /** Milliseconds that are never set back. */
  readonly steady: () => number;
  readonly release: string;
  /** For one attempt; 10,000 if left out. Shorter than the lease of a row. */
  readonly timeoutMs?: number;
}

/** Webhooks whose troubles are remembered for `/readyz`. */
export interface Webhooks extends WebhookSender {
  /** Webhooks of the policy whose last attempt in this process failed. */
  failing(): readonly string[];
  /** Webhooks of the policy without a secret. They are sent nothing. */
  withoutSecret(): readonly string[];
}

/** Sends messages to the webhooks of the policy: signed, to checked addresses only, and never many at once. */
export function createWebhooks({ timeoutMs = 10_000, ...options }: WebhooksOptions): Webhooks {
  const { secrets, policy } = options;
  const turns = createTurns(options.steady);
  const failed = new Set<string>();
  const names = () => policy.current().policy.webhooks.map(({ name }) => name);
  return {
    send: async (to, message) => {
      const own = secrets.get(to.name) ?? [];
      if (own.length === 0) return { ok: false, kind: "failed", retryAfterMs: null, code: "no_secret" };
      const turn = turns.enter(to.name);
      if ("waitMs" in turn) return { ok: false, kind: "untried", retryAfterMs: turn.waitMs };
      let isDone = false;
      try {
        const result = await attempt({ ...options, timeoutMs }, to, message, own);
        isDone = result.ok;
        return result;
      } finally {
        turn.leave(isDone ? "done" : "failed");
        if (isDone) failed.delete(to.name);
        else failed.add(to.name);
      }
    },
    failing: () =>
      names()
        .filter((name) => failed.has(name))
        .sort(),
    withoutSecret: () =>
      names()
        .filter((name) => (secrets.get(name) ?? []).length === 0)
        .sort(),
  };
}

async function attempt(
  options: WebhooksOptions & { readonly timeoutMs: number },
  to: WebhookOfPolicy,
  message: WebhookMessage,
  secrets: readonly Secret[],
): Promise<WebhookResult> {
  const way = await wayTo(options, to);
  if ("code" in way) return { ok: false, kind: "failed", retryAfterMs: null, code: way.code };
  const at = new Date(options.now());
  const answer = await options.post({
    url: to.url,
    headers: {
      "content-type": CLOUD_EVENT_TYPE,
      "user-agent": `breakglass/${options.release}`,
      ...signedHeaders(secrets, message, at),
    },
    body: message.payload,
    way,
    timeoutMs: options.timeoutMs,
  });
  return resultOf(answer, at);
}

/** The way to the receiver, or the code of why there is none. */
async function wayTo(
  { proxy, resolve }: WebhooksOptions,
  { url, allowPrivate }: WebhookOfPolicy,
): Promise<Way | { readonly code: string }> {
  const { hostname, protocol, port } = new URL(url);
  const through = proxyFor(proxy, { hostname, protocol, port });
  // A proxy resolves names by itself, so that only it can check them. An address in the URL was checked with the policy.
  if (through !== null) return { kind: "proxy", address: through.reveal() };
  const checked = await checkAddresses(hostname, allowPrivate, resolve);
  return checked.ok ? { kind: "direct", addresses: checked.addresses } : { code: checked.code };
}

/** Any 2xx is an acceptance, and 410 the wish to get nothing more; everything else, redirects too, is tried again. */
function resultOf(answer: PostAnswer, at: Date): WebhookResult {
  if (answer.kind === "none") return { ok: false, kind: "failed", retryAfterMs: null, code: answer.code };
  const { status } = answer;
  if (status >= 200 && status < 300) return { ok: true, status };
  const code = `http_${status}`;
  if (status === 410) return { ok: false, kind: "gone", code };
  return { ok: false, kind: "failed", retryAfterMs: retryAfterMs(answer.retryAfter, at), code };
}
