import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from "@slack/web-api";

/** Why a call to Slack failed, in words for an operator, with what to do about it. */
export interface SlackTrouble {
  /** `away`: another try may succeed. `refused`: it will not, until somebody mends it. */
  readonly kind: "away" | "refused";
  /** Slack's code, such as `missing_scope`, or a short one of our own. */
  readonly code: string;
  /** The scopes that the app lacks; only with `missing_scope`. */
  readonly scopes: readonly string[];
  readonly problem: string;
  readonly mend: string;
}

const TOKEN_REFUSED = new Set([
  "invalid_auth",
  "not_authed",
  "account_inactive",
  "token_revoked",
  "token_expired",
  "not_allowed_token_type",
]);
const NO_GROUPS_IN_PLAN = new Set(["plan_upgrade_required", "paid_teams_only"]);

const refused = (code: string, problem: string, mend: string, scopes: readonly string[] = []): SlackTrouble => ({
  kind: "refused",
  code,
  scopes,
  problem,
  mend,
});
const away = (code: string, problem: string, mend: string): SlackTrouble => ({
  kind: "away",
  code,
  scopes: [],
  problem,
  mend,
});

/** The mend for scopes that the app lacks. */
export const mendScopes = (scopes: readonly string[]): string =>
  `Add ${scopes.join(", ")} under OAuth & Permissions (manifest.json has all that the bot needs), and install the app again.`;

/** Explains a refusal by its code. `needed` is the comma-separated list that comes with `missing_scope`. */
export function troubleOfCode(code: string, needed = ""): SlackTrouble {
  if (TOKEN_REFUSED.has(code)) {
    return refused(
      code,
      `Slack rejects the token (${code}).`,
      "Copy the Bot User OAuth Token from OAuth & Permissions again; if the app was removed from the workspace, install it.",
    );
  }
  if (code === "missing_scope") {
    const scopes = needed.split(",").filter((scope) => scope !== "");
    return refused(code, `The app lacks the scope ${scopes.join(", ")}.`, mendScopes(scopes), scopes);
  }
  if (NO_GROUPS_IN_PLAN.has(code)) {
    return refused(
      code,
      `The workspace's plan has no user groups (${code}).`,
      "Name people in the roles instead of user groups: slack_users.",
    );
  }
  if (code === "ratelimited") return away(code, "Slack asks to wait (429).", "Try again in a minute.");
  return refused(code, `Slack refuses (${code}).`, "Look the code up at https://docs.slack.dev/reference/methods.");
}

const NETWORK_MEND = "Check the network, the proxy (HTTPS_PROXY, NO_PROXY) and SLACK_API_URL.";

/** Slack did not answer, or not as Slack does. */
export const unreachable = (code: string): SlackTrouble =>
  away(code, `Slack cannot be reached (${code}).`, NETWORK_MEND);

/** Explains why a call of the Web API failed. Never quotes the request, which holds the token. */
export function troubleOf(fault: unknown): SlackTrouble {
  if (fault instanceof WebAPIPlatformError) {
    const { data } = fault;
    return troubleOfCode(data.error, "needed" in data && typeof data.needed === "string" ? data.needed : "");
  }
  if (fault instanceof WebAPIRateLimitedError) return troubleOfCode("ratelimited");
  if (fault instanceof WebAPIHTTPError)
    return away(`http_${fault.statusCode}`, `Slack answers with HTTP ${fault.statusCode}.`, NETWORK_MEND);
  return unreachable(fault instanceof WebAPIRequestError ? networkCode(fault.original) : "unreadable");
}

/** The system's code of a network error, which `fetch` hides in a cause. */
export function networkCode(fault: unknown): string {
  if (fault instanceof Error && fault.name === "TimeoutError") return "timed_out";
  for (let at: unknown = fault; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string") return at.code;
  }
  return "unreachable";
}
