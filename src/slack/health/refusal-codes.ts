/**
 * Slack's error codes that say something about the installation and not about one call: the same call is refused until
 * somebody changes the app, its token or the workspace. The lists are closed, so that they can be labels of a metric.
 */

/** The token itself is refused, so every method is. */
export const TOKEN_REFUSED: ReadonlySet<string> = new Set([
  "invalid_auth",
  "not_authed",
  "account_inactive",
  "token_revoked",
  "token_expired",
  "not_allowed_token_type",
  "org_login_required",
  "ekm_access_denied",
  "two_factor_setup_required",
  "accesslimited",
]);

/** The token lacks a scope, which the answer names as `needed`. */
export const SCOPE_MISSING = "missing_scope";

/** The plan of the workspace does not include the method: user groups, of those that the bot calls. */
export const PLAN_LACKS_IT: ReadonlySet<string> = new Set(["plan_upgrade_required", "paid_teams_only"]);

/** One method is refused, whatever its arguments. `missing_argument` is Slack's answer to an org-wide token. */
export const METHOD_REFUSED: ReadonlySet<string> = new Set([
  ...PLAN_LACKS_IT,
  "team_access_not_granted",
  "enterprise_is_restricted",
  "no_permission",
  "access_denied",
  "feature_not_enabled",
  "method_deprecated",
  "deprecated_endpoint",
  "missing_argument",
]);

/** Our own code: commands come from another workspace than that of the token. */
export const OTHER_WORKSPACE = "other_workspace";

/** The word of `/readyz` for a refusal that lasts until somebody changes something; `null` for any other code. */
export function wordOfRefusal(code: string): "slack_token" | "slack_scope_missing" | "slack_refused" | null {
  if (TOKEN_REFUSED.has(code)) return "slack_token";
  if (code === SCOPE_MISSING) return "slack_scope_missing";
  return METHOD_REFUSED.has(code) ? "slack_refused" : null;
}
