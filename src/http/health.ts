import { within } from "../lib/deadline.js";
import { json, type Route, type RouteResponse } from "../lib/route.js";
import type { DegradedEntry, DownWord } from "../usecases/ports/readyz-words.js";
import { shareReading } from "./shared-reading.js";

/**
 * What keeps the bot from recording (`down`), and what is impaired (`degraded`). Short names such as `postgres` or
 * `policy_file`, because anyone who can reach the port can read them.
 */
export interface Readiness {
  readonly down: readonly DownWord[];
  readonly degraded: readonly DegradedEntry[];
}

const NOT_ANSWERING: Readiness = { down: ["not_answering"], degraded: [] };

/** `/healthz`: this process is alive. `/readyz`: it can record (200), or cannot (503). */
export function healthRoutes(readiness: () => Promise<Readiness>): Route[] {
  return [
    { method: "GET", path: "/healthz", handle: async () => json(200, { alive: true }) },
    { method: "GET", path: "/readyz", handle: async () => respond(await readiness()) },
  ];
}

/**
 * The reading that `/readyz` and `/metrics` share, because it writes a row and asks around. It is `not_answering` when the
 * check fails or takes longer than `deadlineMs`.
 */
export function shareReadiness(
  check: () => Promise<Readiness>,
  deadlineMs: number,
  clock?: () => number,
): () => Promise<Readiness> {
  const read = async (): Promise<Readiness> => {
    try {
      return await within(deadlineMs, "The reading", check());
    } catch {
      return NOT_ANSWERING;
    }
  };
  return shareReading(read, clock);
}

function respond({ down, degraded }: Readiness): RouteResponse {
  return json(down.length === 0 ? 200 : 503, { down, degraded });
}
