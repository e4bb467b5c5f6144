import { json, type Route, type RouteResponse } from "../lib/route.js";
import { within } from "../lib/within.js";

/**
 * What keeps the bot from recording (`down`), and what is impaired (`degraded`). Short names such as `postgres` or
 * `policy_file`, because anyone who can reach the port can read them.
 */
export interface Readiness {
  readonly down: readonly string[];
  readonly degraded: readonly string[];
}

export interface HealthOptions {
  readonly readiness: () => Promise<Readiness>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** How long a result is cached, in milliseconds; 1,000 at most and if left out. */
  readonly keepMs?: number;
  /** A check that takes longer counts as `not_answering`. In milliseconds; 2,000 if left out. */
  readonly deadlineMs?: number;
}

const NOT_ANSWERING: Readiness = { down: ["not_answering"], degraded: [] };

/** `/healthz`: this process is alive. `/readyz`: it can record (200), or cannot (503). */
export function healthRoutes({ readiness, clock, keepMs = 1_000, deadlineMs = 2_000 }: HealthOptions): Route[] {
  let cached: { at: number; readiness: Readiness } | null = null;
  let checking: Promise<Readiness> | null = null;

  /** Concurrent requests share one check. */
  const current = async (): Promise<Readiness> => {
    if (cached !== null && Math.abs(clock() - cached.at) < Math.min(keepMs, 1_000)) return cached.readiness;
    checking ??= withDeadline(readiness, deadlineMs).then((result) => {
      cached = { at: clock(), readiness: result };
      checking = null;
      return result;
    });
    return checking;
  };

  return [
    { method: "GET", path: "/healthz", handle: async () => json(200, { alive: true }) },
    { method: "GET", path: "/readyz", handle: async () => respond(await current()) },
  ];
}

function respond({ down, degraded }: Readiness): RouteResponse {
  return json(down.length === 0 ? 200 : 503, { down, degraded });
}

/** Runs the check. Returns `not_answering` when it fails or takes longer than `deadlineMs`. */
export async function withDeadline(readiness: () => Promise<Readiness>, deadlineMs: number): Promise<Readiness> {
  try {
    return await within(deadlineMs, "The reading", readiness());
  } catch {
    return NOT_ANSWERING;
  }
}
