import {
  GATE_CHECK_PATH,
  type GateCheckAnswer,
  type GateCheckRequest,
  gateCheckRequest,
} from "../domain/gate-checks/wire.js";
import { createPlaces, NoPlace } from "../lib/concurrency-limit.js";
import { NotRecorded } from "../lib/errors.js";
import { json, type PostRoute, type RouteResponse } from "../lib/route.js";
import { type CiIdentity, FORBIDDEN_TOKENS, REFUSED_TOKENS, type TokenRefusal } from "../usecases/ports/ci-identity.js";
import type { AskingPipeline } from "../usecases/ports/ports.js";
import { type ProblemStatus, problem } from "./problem.js";

/** The longest body: the longest question has less than 1 KB. */
const BODY_BYTES = 4_096;
/** Checks that run at once. They share the database with the clicks of people, which must not wait for them. */
const AT_ONCE = 8;
/** Checks that wait for their turn. Further ones are asked to come again. */
const WAITING = 500;
/** How long a check waits for its turn, in milliseconds: whoever asked has given up after eight seconds. */
const MOST_WAIT_MS = 5_000;
const AGAIN_IN_SECONDS = "5";

/** What became of a check, for the metrics: the reason of an answer, or the status of a refusal. */
export type CheckOutcome = GateCheckAnswer["reason"] | `${ProblemStatus}`;

export interface GateCheckOptions {
  readonly identity: CiIdentity;
  readonly check: (
    pipeline: AskingPipeline,
    request: GateCheckRequest,
  ) => Promise<
    { readonly ok: true; readonly answer: GateCheckAnswer } | { readonly ok: false; readonly message: string }
  >;
  readonly now: () => Date;
  readonly onChecked: (outcome: CheckOutcome) => void;
}

/**
 * `POST /api/v1/gate-checks`: may this run skip this gate? Answers 401 to a token that proves nothing, 403 to one that the policy
 * does not let ask, 422 to a question that cannot be read, and 503 when nothing can be recorded. Whatever it answers, only
 * `"open": true` means that the gate may be skipped.
 */
export function gateCheckRoute({ identity, check, now, onChecked }: GateCheckOptions): PostRoute {
  const places = createPlaces({ atOnce: AT_ONCE, waiting: WAITING });

  async function answer(authorization: string | null, body: string): Promise<Checked> {
    const token = /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
    if (token === undefined)
      return unauthorized("No token was shown. Send the job's identity token: Authorization: Bearer …");
    const identified = await identity.identify(token, now());
    if (!identified.ok) return refusedToken(identified.why);
    const parsed = parse(body);
    if (!parsed.ok) return refusal(422, parsed.message);
    if (parsed.request.run !== identified.identity.run)
      return refusal(
        403,
        `The token belongs to the run ${identified.identity.run}, and the question names another. Nothing was looked up; the gate runs as always. Ask for the run of the token.`,
      );
    const asked = now().getTime();
    const checked = await places.run(() => {
      // A use must not be recorded that nobody hears of.
      if (now().getTime() - asked > MOST_WAIT_MS) throw new NoPlace("It has waited too long.");
      return check(identified.identity, parsed.request);
    });
    return checked.ok
      ? { response: json(200, checked.answer), outcome: checked.answer.reason }
      : refusal(422, checked.message);
  }

  return {
    method: "POST",
    path: GATE_CHECK_PATH,
    bodyBytes: BODY_BYTES,
    handle: async ({ authorization, body }) => {
      const { response, outcome } = await (body === null
        ? refusal(413, `The question is longer than ${BODY_BYTES} bytes. Nothing was looked up.`)
        : answer(authorization, body).catch(unavailable));
      onChecked(outcome);
      return response;
    },
  };
}

interface Checked {
  readonly response: RouteResponse;
  readonly outcome: CheckOutcome;
}

const refusal = (status: ProblemStatus, detail: string, headers?: Readonly<Record<string, string>>): Checked => ({
  response: problem(status, detail, headers),
  outcome: `${status}`,
});

type Parsed =
  | { readonly ok: true; readonly request: GateCheckRequest }
  | { readonly ok: false; readonly message: string };

function parse(body: string): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return {
      ok: false,
      message: "The body is not JSON. Nothing was looked up; the gate runs as always. Correct it and ask again.",
    };
  }
  const parsed = gateCheckRequest.safeParse(value);
  if (parsed.success) return { ok: true, request: parsed.data };
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "the body"}: ${message}`);
  return {
    ok: false,
    message: `The question cannot be read: ${faults.join("; ")}. Nothing was looked up; the gate runs as always. Correct it and ask again.`,
  };
}

const unauthorized = (detail: string): Checked =>
  refusal(401, `${detail} The gate runs as always.`, { "www-authenticate": "Bearer" });

function refusedToken(why: TokenRefusal): Checked {
  const detail = REFUSED_TOKENS[why];
  if (why === "keys_unavailable")
    return refusal(503, `${detail} The gate runs as always. Ask again later.`, { "retry-after": AGAIN_IN_SECONDS });
  return FORBIDDEN_TOKENS.has(why) ? refusal(403, `${detail} The gate runs as always.`) : unauthorized(detail);
}

/** Rethrows what is no trouble of the database or of too many. */
function unavailable(fault: unknown): Checked {
  const headers = { "retry-after": AGAIN_IN_SECONDS };
  if (fault instanceof NoPlace)
    return refusal(
      503,
      "Too many pipelines are asking at once. Nothing was recorded, and the gate runs as always. Ask again in a few seconds.",
      headers,
    );
  if (fault instanceof NotRecorded)
    return refusal(
      503,
      "The trail cannot be read or written, so no gate is opened. The gate runs as always. Ask again later.",
      headers,
    );
  throw fault;
}
