import { type DegradedEntry, entryOf } from "../../usecases/ports/readyz-words.js";
import { OTHER_WORKSPACE, wordOfRefusal } from "./refusal-codes.js";
import type { RefusedMethods } from "./refused-methods.js";

/** What `/readyz` needs to know of Slack. */
export interface SlackTroubles {
  readonly refused: Pick<RefusedMethods, "token" | "missingScopes" | "inForce">;
  /** Why Slack does not reach the bot over Socket Mode; `null` when it does, and over HTTP. */
  readonly socket: string | null;
  /** Commands come from another workspace than that of the token. */
  readonly otherWorkspace: boolean;
  /** Requests came over HTTP, and none has fitted the signing secret. */
  readonly signingSecretInDoubt: boolean;
}

/** What Slack refuses, as entries of `degraded` in `/readyz`. */
export function slackWords({
  refused,
  socket,
  otherWorkspace,
  signingSecretInDoubt,
}: SlackTroubles): readonly DegradedEntry[] {
  const token = refused.token() ?? (otherWorkspace ? OTHER_WORKSPACE : null);
  const scopes = refused.missingScopes();
  const methods = refused.inForce().filter(({ code }) => wordOfRefusal(code) === "slack_refused");
  return [
    ...entryOf("slack_token", token === null ? [] : [token]),
    ...entryOf("slack_scope_missing", scopes),
    ...entryOf(
      "slack_refused",
      methods.map(({ method, code }) => `${method}=${code}`),
    ),
    ...(signingSecretInDoubt ? (["signing_secret"] as const) : []),
    ...entryOf("slack_socket", socket === null ? [] : [socket]),
  ];
}
