import type { Log } from "../../usecases/ports/ports.js";
import { hintOf } from "../../usecases/ports/readyz-words.js";
import { ALL_SCOPES, METHOD_SCOPES } from "../manifest.js";
import { SCOPE_MISSING, TOKEN_REFUSED, wordOfRefusal } from "./refusal-codes.js";

/** A method that Slack refuses until somebody changes the app, its token or the workspace. */
export interface MethodRefusal {
  readonly method: string;
  /** Slack's code; one of refusal-codes.ts. */
  readonly code: string;
  /** With `missing_scope`: the scopes that Slack names, separated by commas; `null` when it names none. */
  readonly needed: string | null;
}

/** What one answer of Slack says about the installation. */
export interface CallReport {
  readonly method: string;
  /** Slack's error code; `null` for a call that was performed. */
  readonly code: string | null;
  readonly needed: string | null;
  /** The scopes of the token, from the header `x-oauth-scopes`; `null` when the answer has none. */
  readonly scopes: readonly string[] | null;
}

/** The refusals in force, by method. Every client of the Web API reports its answers here. */
export interface RefusedMethods {
  report(report: CallReport): void;
  /** All refusals in force, sorted by method. */
  inForce(): readonly MethodRefusal[];
  /** The refusal of this method, or that of the token, which holds for every method; `null` when there is none. */
  of(method: string): MethodRefusal | null;
  /** The code with which Slack refuses the bot token; `null` when it does not. */
  token(): string | null;
  /** Scopes of the manifest that the token lacks, as far as Slack has said so; sorted. */
  missingScopes(): readonly string[];
}

/**
 * Creates the registry. Each refusal is logged once when it begins and once when it ends. A scope counts as granted again
 * when Slack lists it, because a method that succeeds on a public channel says nothing about private ones.
 */
export function createRefusedMethods(log: Log): RefusedMethods {
  const refused = new Map<string, MethodRefusal>();
  let granted: ReadonlySet<string> | null = null;
  let missing: readonly string[] = [];
  let tokenCode: string | null = null;

  const begin = (refusal: MethodRefusal): void => {
    const { method, code } = refusal;
    const known = refused.get(method);
    refused.set(method, refusal);
    if (known?.code === code) return;
    if (TOKEN_REFUSED.has(code)) noteToken(code);
    else if (code !== SCOPE_MISSING) log.error("slack.method_refused", { method, code, hint: hintOf("slack_refused") });
  };

  const end = (method: string): void => {
    const known = refused.get(method);
    if (known === undefined) return;
    refused.delete(method);
    if (known.code !== SCOPE_MISSING && !TOKEN_REFUSED.has(known.code))
      log.info("slack.method_accepted", { method, code: known.code });
  };

  const noteToken = (code: string | null): void => {
    if (tokenCode === code) return;
    if (code === null) log.info("slack.token_accepted", { code: tokenCode });
    else log.error("slack.token_refused", { code, hint: hintOf("slack_token") });
    tokenCode = code;
  };

  const noteScopes = (): void => {
    const now = missingNow(refused, granted);
    const news = now.filter((scope) => !missing.includes(scope));
    if (news.length > 0) log.error("slack.scope_missing", { scopes: news, hint: hintOf("slack_scope_missing") });
    if (now.length === 0 && missing.length > 0) log.info("slack.scopes_granted", { scopes: missing });
    missing = now;
  };

  return {
    report: ({ method, code, needed, scopes }) => {
      if (scopes !== null) granted = new Set(scopes);
      if (code !== null && wordOfRefusal(code) !== null) begin({ method, code, needed });
      else if (code === null) {
        noteToken(null);
        for (const known of refused.values()) if (isOver(known, method, granted)) end(known.method);
      }
      noteScopes();
    },
    inForce: () => [...refused.values()].sort((a, b) => (a.method < b.method ? -1 : 1)),
    of: (method) => {
      const own = refused.get(method);
      if (own !== undefined) return own;
      return tokenCode === null ? null : { method, code: tokenCode, needed: null };
    },
    token: () => tokenCode,
    missingScopes: () => missing,
  };
}

/** Whether a refusal ends with a call of `method` that was performed by a token with these scopes. */
function isOver({ method, code, needed }: MethodRefusal, performed: string, granted: ReadonlySet<string> | null) {
  if (TOKEN_REFUSED.has(code)) return true;
  if (code !== SCOPE_MISSING || granted === null) return method === performed;
  return scopesNeeded({ method, code, needed }).every((scope) => granted.has(scope));
}

/** The scopes that a refused method needs: those that Slack names, else those of the manifest. */
const scopesNeeded = ({ method, needed }: MethodRefusal): readonly string[] =>
  needed === null ? (METHOD_SCOPES[method] ?? []) : needed.split(",").map((scope) => scope.trim());

function missingNow(refused: ReadonlyMap<string, MethodRefusal>, granted: ReadonlySet<string> | null) {
  const named = [...refused.values()].filter(({ code }) => code === SCOPE_MISSING).flatMap(scopesNeeded);
  const absent = granted === null ? [] : ALL_SCOPES.filter((scope) => !granted.has(scope));
  return [...new Set([...named, ...absent])].sort();
}
