import { OTHER_WORKSPACE, SCOPE_MISSING, TOKEN_REFUSED } from "./refusal-codes.js";
import type { RefusedMethods } from "./refused-methods.js";

/** What `/readyz` needs to know of Slack. */
export interface SlackTroubles {
  readonly refused: Pick<RefusedMethods, "token" | "missingScopes" | "inForce">;
  /** Why Slack does not reach the bot over Socket Mode; `null` when it does, and over HTTP. */
  readonly socket: string | null;
  /** Commands come from another workspace than that of the token. */
  readonly otherWorkspace: boolean;
}

/** What Slack refuses, as entries of `degraded` in `/readyz`. */
export function slackWords({ refused, socket, otherWorkspace }: SlackTroubles): readonly string[] {
  const token = refused.token() ?? (otherWorkspace ? OTHER_WORKSPACE : null);
  const scopes = refused.missingScopes();
  const methods = refused.inForce().filter(({ code }) => code !== SCOPE_MISSING && !TOKEN_REFUSED.has(code));
  return [
    ...(token === null ? [] : [`slack_token: ${token}`]),
    ...(scopes.length === 0 ? [] : [`slack_scope_missing: ${scopes.join(" ")}`]),
    ...(methods.length === 0
      ? []
      : [`slack_refused: ${methods.map(({ method, code }) => `${method}=${code}`).join(" ")}`]),
    ...(socket === null ? [] : [`slack_socket: ${socket}`]),
  ];
}
