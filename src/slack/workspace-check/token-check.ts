import { z } from "zod";
import type { Fetch } from "../../lib/outbound.js";
import { type CallTrouble, networkCode, troubleOfCode, unreachable } from "../health/call-trouble.js";

/** What Slack says to a token. */
export interface TokenCheck {
  readonly trouble: CallTrouble | null;
  /** From the header `x-oauth-scopes`; `null` when there is none. */
  readonly scopes: readonly string[] | null;
  /** Slack's clock, to the second; `null` when the answer has no `Date`. */
  readonly slackNow: Date | null;
  /** The token is that of a whole organisation, not of one workspace. */
  readonly orgWide: boolean;
}

export interface TokenCheckOptions {
  /** Base URL of the Web API with a trailing slash. */
  readonly apiUrl: string;
  readonly token: string;
  /** `auth.test` for a bot token, `apps.connections.open` for an app token, which opens no connection yet. */
  readonly method: "auth.test" | "apps.connections.open";
  /** The way out, which may lead through a proxy. */
  readonly fetch: Fetch;
}

const answer = z.object({
  ok: z.boolean(),
  error: z.string().optional(),
  needed: z.string().optional(),
  is_enterprise_install: z.boolean().optional(),
});
const LOOK_MS = 5_000;

/** Asks Slack without its client, which hides the headers. Never throws, and never repeats the token. */
export async function checkToken({ apiUrl, token, method, fetch }: TokenCheckOptions): Promise<TokenCheck> {
  const nothing = { scopes: null, slackNow: null, orgWide: false };
  try {
    const response = await fetch(`${apiUrl}${method}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/x-www-form-urlencoded" },
      signal: AbortSignal.timeout(LOOK_MS),
    });
    const date = Date.parse(response.headers.get("date") ?? "");
    const heard = {
      scopes: response.headers.get("x-oauth-scopes")?.split(/,\s*/) ?? null,
      slackNow: Number.isNaN(date) ? null : new Date(date),
    };
    if (response.status === 429) return { ...heard, orgWide: false, trouble: troubleOfCode("ratelimited") };
    const read = answer.safeParse(await response.json().catch(() => null));
    if (!read.success) return { ...heard, orgWide: false, trouble: unreachable(`http_${response.status}`) };
    const { ok, error = "unknown", needed, is_enterprise_install } = read.data;
    return { ...heard, orgWide: is_enterprise_install === true, trouble: ok ? null : troubleOfCode(error, needed) };
  } catch (fault) {
    return { ...nothing, trouble: unreachable(networkCode(fault)) };
  }
}
