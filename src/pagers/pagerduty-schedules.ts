import { z } from "zod";
import type { SourceRefusal } from "../domain/decisions/principal.js";
import { unboundOnCall } from "../domain/policy/on-call.js";
import { schedulesOf } from "../domain/policy/roles.js";
import { call } from "../lib/call.js";
import { CheckedCache } from "../lib/checked-cache.js";
import type { Fetch } from "../lib/outbound.js";
import { CHECKED_AT_THE_CLICK } from "../usecases/ports/checked-at-the-click.js";
import type { Directory, Log, PolicySource } from "../usecases/ports/ports.js";
import { type DegradedEntry, entryOf, hintOf } from "../usecases/ports/readyz-words.js";

export interface SchedulesSettings {
  /** The REST API and its token; `null` if none is configured. */
  readonly api: { readonly token: string; readonly baseUrl: string; readonly fetch?: Fetch } | null;
  readonly policy: PolicySource;
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** PagerDuty's on-call schedules as a source of roles. */
export interface Schedules {
  readonly schedule: Directory["schedule"];
  /** Why PagerDuty will not answer until somebody changes the token; `null` when another try may help. */
  refusal(): SourceRefusal | null;
  /** Returns what is wrong with the schedules that the policy in force names, as entries for `/readyz`. */
  trouble(): Promise<readonly DegradedEntry[]>;
}

/** PagerDuty refuses the token itself: unknown, or without the right to read. */
const TOKEN_REFUSED: ReadonlySet<number> = new Set([401, 403]);

/** The part of the answer to `GET /oncalls` that is used. */
const page = z.object({
  oncalls: z.array(z.object({ user: z.object({ id: z.string().min(1) }) })),
  more: z.boolean().nullish(),
});

const PAGE_SIZE = 100;
/** The most shifts to read of one schedule; no real schedule has as many at one time. */
const MAX_SHIFTS = 1_000;
/** A check at a click gives up after 1.5 s, so a longer call would be useless. */
const CALL_TIMEOUT_MS = 1_500;

/**
 * Reads who is on call from PagerDuty's REST API (`GET /oncalls`), cached like the members of a user group. Returns
 * PagerDuty users; only the policy maps them to Slack accounts.
 */
export function createSchedules({ api, policy, log, now }: SchedulesSettings): Schedules {
  const unknown = new Set<string>();
  const onDutyBy = new CheckedCache<readonly string[]>(
    async (id) => {
      if (api === null) throw new Error("There is no token to ask PagerDuty with.");
      const users = await onCall(api, id, (status) => {
        refusedWith = TOKEN_REFUSED.has(status) ? { code: `http_${status}`, needed: null } : null;
      });
      if (users === null) unknown.add(id);
      else unknown.delete(id);
      return users ?? [];
    },
    now,
    CHECKED_AT_THE_CLICK,
  );
  let refusedWith: SourceRefusal | null = null;
  let lastWarned = "";

  /**
   * Warns once per change about people who are on call but hold no role, so that it is not discovered in an emergency.
   */
  const warnOfUnbound = (unbound: readonly string[]): void => {
    const line = unbound.join(" ");
    if (line === lastWarned) return;
    lastWarned = line;
    if (unbound.length === 0) return;
    log.warn("policy.on_call_unbound", {
      users: unbound,
      hint: hintOf("on_call_unbound"),
    });
  };

  return {
    schedule: async (id) => {
      const answer = await onDutyBy.get(id);
      return answer === null ? null : { users: answer.value, asOf: new Date(answer.asOfMs), stale: answer.stale };
    },
    refusal: () => (api === null ? { code: "token_missing", needed: null } : refusedWith),
    trouble: async () => {
      const inForce = policy.current().policy;
      const ids = schedulesOf(inForce);
      if (ids.length === 0) return [];
      if (api === null) return ["pagerduty_token_missing"];
      const read = await Promise.all(ids.map(async (id) => ({ id, answer: await onDutyBy.get(id) })));
      const onDuty = [...new Set(read.flatMap(({ answer }) => answer?.value ?? []))].sort();
      const unbound = unboundOnCall(inForce, onDuty);
      warnOfUnbound(unbound);
      const unread = read.flatMap(({ id, answer }) => (answer === null || answer.stale ? [id] : []));
      return [
        ...entryOf("pagerduty_token", refusedWith === null ? [] : [refusedWith.code]),
        ...entryOf("schedules_unread", unread),
        ...entryOf(
          "unknown_schedules",
          ids.filter((id) => unknown.has(id)),
        ),
        ...entryOf("on_call_unbound", unbound),
      ];
    },
  };
}

/**
 * Returns the PagerDuty users who are on call in a schedule now, or `null` if there is no such schedule. PagerDuty
 * lists a user once per escalation policy. Throws when PagerDuty does not answer with a list.
 */
async function onCall(
  { token, baseUrl, fetch }: NonNullable<SchedulesSettings["api"]>,
  schedule: string,
  answered: (status: number) => void,
): Promise<readonly string[] | null> {
  const users = new Set<string>();
  for (let offset = 0; offset < MAX_SHIFTS; offset += PAGE_SIZE) {
    const query = new URLSearchParams({
      "schedule_ids[]": schedule,
      earliest: "true",
      limit: `${PAGE_SIZE}`,
      offset: `${offset}`,
    });
    const answer = await call({
      url: `${baseUrl}oncalls?${query}`,
      headers: { authorization: `Token token=${token}`, accept: "application/vnd.pagerduty+json;version=2" },
      timeoutMs: CALL_TIMEOUT_MS,
      fetch,
    });
    if (answer.kind === "none") throw new Error(`PagerDuty did not answer: ${answer.code}.`);
    answered(answer.status);
    if (answer.status === 404) return null;
    if (answer.status !== 200) throw new Error(`PagerDuty answered ${answer.status}.`);
    const { oncalls, more } = page.parse(answer.body);
    for (const { user } of oncalls) users.add(user.id);
    if (more !== true) break;
  }
  return [...users].sort();
}
