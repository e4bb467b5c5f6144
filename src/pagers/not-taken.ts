import type { PagerResult } from "../usecases/ports/ports.js";
import type { Answer } from "./call.js";

/** No longer than this, and no digits: a code of theirs cannot be a key, nor quote what was sent. */
const THEIR_CODE = /^[A-Za-z][A-Za-z _-]{0,30}$/;

/**
 * What an answer means to a notification that was not taken: 429, faults of theirs and no answer are worth another try, everything
 * else is their no. `code` is the HTTP status and their own word for it; their messages may quote what they were sent.
 */
export function notTaken(answer: Answer, theirCode: string | null): Extract<PagerResult, { ok: false }> {
  if (answer.kind === "none") return { ok: false, kind: "later", retryAfterMs: null, code: answer.code };
  const { status, retryAfterMs } = answer;
  const word = theirCode !== null && THEIR_CODE.test(theirCode) ? theirCode : null;
  const code = word === null ? `http_${status}` : `http_${status} ${word.toLowerCase().replace(/[ -]/g, "_")}`;
  // Any other 2xx or 1xx is not their acceptance: something that stands between answered, and may be gone soon.
  const worthAnotherTry = status === 429 || status === 408 || status >= 500 || status < 300;
  return worthAnotherTry ? { ok: false, kind: "later", retryAfterMs, code } : { ok: false, kind: "refused", code };
}
