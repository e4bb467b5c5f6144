import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from "@slack/web-api";
import { codesOf } from "../../lib/causes.js";
import { READYZ_WORDS, type Word } from "../../usecases/ports/readyz-words.js";
import { PLAN_LACKS_IT, SCOPE_MISSING, wordOfRefusal } from "./refusal-codes.js";

/** Why a call to Slack failed, in words for an operator, with what to do about it. */
export interface CallTrouble {
  /** `away`: another try may succeed. `refused`: it will not, until somebody fixes it. */
  readonly kind: "away" | "refused";
  /** Slack's code, such as `missing_scope`, or a short one of our own. */
  readonly code: string;
  /** Under which the same trouble of a running bot stands in `/readyz`. */
  readonly word: Word;
  readonly problem: string;
  readonly fix: string;
}

const trouble = (kind: CallTrouble["kind"], code: string, word: Word, problem: string): CallTrouble => ({
  kind,
  code,
  word,
  problem,
  fix: READYZ_WORDS[word].fix,
});

/** Says which scopes the app lacks. */
export const lacksScopes = (scopes: readonly string[]): string => `The app lacks the scope ${scopes.join(", ")}.`;

/** Explains a refusal by its code. `needed` is the comma-separated list that comes with `missing_scope`. */
export function troubleOfCode(code: string, needed = ""): CallTrouble {
  if (code === "ratelimited") {
    const fix = "Try again in a minute.";
    return { ...trouble("away", code, "slack", "Slack asks to wait (429)."), fix };
  }
  const word = wordOfRefusal(code);
  if (word === "slack_token") return trouble("refused", code, word, `Slack rejects the token (${code}).`);
  if (code === SCOPE_MISSING) {
    const scopes = needed.split(",").filter((scope) => scope !== "");
    return trouble("refused", code, "slack_scope_missing", lacksScopes(scopes));
  }
  const problem = PLAN_LACKS_IT.has(code)
    ? `The workspace's plan has no user groups (${code}).`
    : `Slack refuses (${code}).`;
  return trouble("refused", code, "slack_refused", problem);
}

/** Slack did not answer, or not as Slack does. */
export const unreachable = (code: string): CallTrouble =>
  trouble("away", code, "slack", `Slack cannot be reached (${code}).`);

/** Explains why a call of the Web API failed. Never quotes the request, which holds the token. */
export function troubleOf(fault: unknown): CallTrouble {
  if (fault instanceof WebAPIPlatformError) {
    const { data } = fault;
    return troubleOfCode(data.error, "needed" in data && typeof data.needed === "string" ? data.needed : "");
  }
  if (fault instanceof WebAPIRateLimitedError) return troubleOfCode("ratelimited");
  if (fault instanceof WebAPIHTTPError)
    return trouble("away", `http_${fault.statusCode}`, "slack", `Slack answers with HTTP ${fault.statusCode}.`);
  return unreachable(fault instanceof WebAPIRequestError ? networkCode(fault.original) : "unreadable");
}

/** The system's code of a network error, which `fetch` hides in a cause. */
export function networkCode(fault: unknown): string {
  if (fault instanceof Error && fault.name === "TimeoutError") return "timed_out";
  return codesOf(fault)[0] ?? "unreachable";
}
