import { GATE_CHECK_PATH } from "../../../domain/gate-checks/forms.js";
import type { GateCheckAnswer, GateCheckRequest } from "../../../domain/gate-checks/wire.js";
import { codesOf } from "../../../lib/causes.js";
import { readAtMost } from "../../../lib/read-response.js";
import { isObject, parseJson } from "./json.js";
import { onceMore } from "./once-more.js";
import { readAnswer } from "./read-answer.js";
import type { World } from "./world.js";

/** What came back: an answer, a question that the bot does not take, or nothing clear. */
export type Reply =
  | { readonly kind: "answer"; readonly answer: GateCheckAnswer }
  | { readonly kind: "wrong_question"; readonly why: string }
  | { readonly kind: "unclear"; readonly why: string };

/** An answer has about 1 kB, a receipt another. */
const MAX_BYTES = 64 * 1024;
const LONGEST_DETAIL = 500;

/**
 * Asks once, and once more when the connection failed: the bot records a yes once for each run and gate, so a second question
 * is harmless. A redirect is not followed, because the token would go along.
 * @param base the address of the bot
 */
export async function ask(
  { fetch, deadlineMs }: Pick<World, "fetch" | "deadlineMs">,
  {
    base,
    token,
    question,
    signal,
  }: {
    readonly base: URL;
    readonly token: string;
    readonly question: GateCheckRequest;
    readonly signal: AbortSignal;
  },
): Promise<Reply> {
  const url = `${base.href.replace(/\/+$/, "")}${GATE_CHECK_PATH}`;
  const send = async (): Promise<Reply> => {
    const response = await fetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(question),
      redirect: "manual",
      signal,
    });
    const text = await readAtMost(MAX_BYTES, response);
    return text === null
      ? unclear("it answers more than anybody asked for")
      : replyOf(response.status, parseJson(text));
  };
  const attempted = await onceMore(signal, send);
  if ("result" in attempted) return attempted.result;
  if ("late" in attempted) return unclear(`no answer within ${deadlineMs / 1000} s`);
  return unclear(`no connection (${codesOf(attempted.fault).at(-1) ?? "broken off"})`);
}

const unclear = (why: string): Reply => ({ kind: "unclear", why });

function replyOf(status: number, body: unknown): Reply {
  if (status === 200) {
    const answer = readAnswer(body);
    return answer === null ? unclear("its answer is none that this release knows") : { kind: "answer", answer };
  }
  if (status >= 300 && status < 400)
    return unclear(`it redirects (${status}), which is not followed; is the address right?`);
  const why = `it answers ${status}${detailOf(body)}`;
  return status === 422 ? { kind: "wrong_question", why } : unclear(why);
}

/** What problem details (RFC 9457) say. */
function detailOf(body: unknown): string {
  if (!isObject(body)) return "";
  const said = [body.title, body.detail].filter((part) => typeof part === "string" && part !== "");
  return said.length === 0 ? "" : `: ${said.join(": ").slice(0, LONGEST_DETAIL)}`;
}
