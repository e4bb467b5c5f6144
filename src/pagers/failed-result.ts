import type { Answer } from "../lib/call.js";
import type { PagerResult } from "../usecases/ports/ports.js";

/** A service's code is kept only if it is short and has no digits, so that it cannot be a key or quote the request. */
const THEIR_CODE = /^[A-Za-z][A-Za-z _-]{0,30}$/;

/**
 * Returns the result of a notification that the service did not accept. A 429, a server error and a missing answer are
 * worth another try; everything else is a refusal. `code` is the HTTP status and the service's own code. Its message is
 * dropped, because it may quote the request.
 */
export function failedResult(answer: Answer, theirCode: string | null): Extract<PagerResult, { ok: false }> {
  if (answer.kind === "none") return { ok: false, kind: "later", retryAfterMs: null, code: answer.code };
  const { status, retryAfterMs } = answer;
  const word = theirCode !== null && THEIR_CODE.test(theirCode) ? theirCode : null;
  const code = word === null ? `http_${status}` : `http_${status} ${word.toLowerCase().replace(/[ -]/g, "_")}`;
  // An unexpected 1xx or 2xx is not an acceptance: a proxy may have answered, perhaps only for a while.
  const worthAnotherTry = status === 429 || status === 408 || status >= 500 || status < 300;
  return worthAnotherTry ? { ok: false, kind: "later", retryAfterMs, code } : { ok: false, kind: "refused", code };
}
