import { z } from "zod";
import { schedulesOf, unboundOnCall } from "../domain/policy/roles.js";
import { CHECKED_AT_THE_CLICK, CheckedCache } from "../lib/checked-cache.js";
import type { Directory, Log, PolicySource } from "../usecases/ports/ports.js";
import { call } from "./call.js";

export interface SchedulesSettings {
  /** Where and with which token PagerDuty is asked; `null` where none was given. */
  readonly api: { readonly token: string; readonly baseUrl: string } | null;
  readonly policy: PolicySource;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Who is on call in PagerDuty, as a source of roles. */
export interface Schedules {
  readonly schedule: Directory["schedule"];
  /** What is wrong with the schedules that the policy in force names, in the words of `/readyz`; none when all is well. */
  trouble(): Promise<readonly string[]>;
}

/** The part of `GET /oncalls` that is relied on. */
const page = z.object({
  oncalls: z.array(z.object({ user: z.object({ id: z.string().min(1) }) })),
  more: z.boolean().nullish(),
});

const PAGE = 100;
/** So many shifts of one schedule at one moment are a fault, not a schedule. */
const MOST = 1_000;
/** A look at the click is given up after 1.5 s; the call itself may not outlive that by much. */
const CALL_MS = 1_500;

/**
 * Reads who is on call by PagerDuty's REST API (`GET /oncalls`), cached like the members of a user group. It names
 * PagerDuty users; which Slack accounts they have, the policy alone says.
 */
export function createSchedules({ api, policy, log, now }: SchedulesSettings): Schedules {
  const unknown = new Set<string>();
  const onDutyBy = new CheckedCache<readonly string[]>(
    async (id) => {
      if (api === null) throw new Error("There is no token to ask PagerDuty with.");
      const users = await onCall(api, id);
      if (users === null) unknown.add(id);
      else unknown.delete(id);
      return users ?? [];
    },
    now,
    CHECKED_AT_THE_CLICK,
  );
  let told = "";

  /** Said once per change: somebody is on call and may press nothing, which must not be found out at 3 a.m. */
  const tell = (unbound: readonly string[]): void => {
    const line = unbound.join(" ");
    if (line === told) return;
    told = line;
    if (unbound.length === 0) return;
    log.warn("policy.on_call_unbound", {
      users: unbound,
      hint: "These PagerDuty users are on call, and no person under people names them. They hold no role by their schedule.",
    });
  };

  return {
    schedule: async (id) => {
      const answer = await onDutyBy.get(id);
      return answer === null ? null : { users: answer.value, asOf: new Date(answer.asOfMs), stale: answer.stale };
    },
    trouble: async () => {
      const inForce = policy.current().policy;
      const ids = schedulesOf(inForce);
      if (ids.length === 0) return [];
      if (api === null) return ["pagerduty_token_missing"];
      const read = await Promise.all(ids.map(async (id) => ({ id, answer: await onDutyBy.get(id) })));
      const onDuty = [...new Set(read.flatMap(({ answer }) => answer?.value ?? []))].sort();
      const unbound = unboundOnCall(inForce, onDuty);
      tell(unbound);
      const unread = read.flatMap(({ id, answer }) => (answer === null || answer.stale ? [id] : []));
      return [
        ...named("schedules_unread", unread),
        ...named(
          "unknown_schedules",
          ids.filter((id) => unknown.has(id)),
        ),
        ...named("on_call_unbound", unbound),
      ];
    },
  };
}

const named = (word: string, ids: readonly string[]): string[] =>
  ids.length === 0 ? [] : [`${word}: ${[...ids].sort().join(" ")}`];

/**
 * PagerDuty users on call in a schedule at this moment; `null` when there is no such schedule. A user may stand there
 * once per escalation policy. Throws when PagerDuty does not say.
 */
async function onCall(
  { token, baseUrl }: NonNullable<SchedulesSettings["api"]>,
  schedule: string,
): Promise<readonly string[] | null> {
  const users = new Set<string>();
  for (let offset = 0; offset < MOST; offset += PAGE) {
    const query = new URLSearchParams({
      "schedule_ids[]": schedule,
      earliest: "true",
      limit: `${PAGE}`,
      offset: `${offset}`,
    });
    const answer = await call({
      url: `${baseUrl}oncalls?${query}`,
      headers: { authorization: `Token token=${token}`, accept: "application/vnd.pagerduty+json;version=2" },
      timeoutMs: CALL_MS,
    });
    if (answer.kind === "none") throw new Error(`PagerDuty did not answer: ${answer.code}.`);
    if (answer.status === 404) return null;
    if (answer.status !== 200) throw new Error(`PagerDuty answered ${answer.status}.`);
    const { oncalls, more } = page.parse(answer.body);
    for (const { user } of oncalls) users.add(user.id);
    if (more !== true) break;
  }
  return [...users].sort();
}
