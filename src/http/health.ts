import { json, type Route, type RouteResponse } from "../lib/route.js";
import { within } from "../lib/within.js";

/**
 * What keeps the bot from recording (`down`), and what merely works worse (`degraded`): short names such as `postgres`
 * or `policy_file`, because anyone who reaches the port reads them.
 */
export interface Readiness {
  readonly down: readonly string[];
  readonly degraded: readonly string[];
}

export interface HealthOptions {
  readonly readiness: () => Promise<Readiness>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** A reading answers this long, in milliseconds; 1,000 at most and if left out. */
  readonly keepMs?: number;
  /** A reading that takes longer counts as `not_answering`; 2,000 ms if left out. */
  readonly deadlineMs?: number;
}

const NOT_ANSWERING: Readiness = { down: ["not_answering"], degraded: [] };

/** `/healthz`: this process is alive. `/readyz`: it can record (200), or cannot (503). */
export function healthRoutes({ readiness, clock, keepMs = 1_000, deadlineMs = 2_000 }: HealthOptions): Route[] {
  let last: { at: number; reading: Readiness } | null = null;
  let asking: Promise<Readiness> | null = null;

  /** However many ask at a time, the database is asked once. */
  const current = async (): Promise<Readiness> => {
    if (last !== null && Math.abs(clock() - last.at) < Math.min(keepMs, 1_000)) return last.reading;
    asking ??= beforeLong(readiness, deadlineMs).then((reading) => {
      last = { at: clock(), reading };
      asking = null;
      return reading;
    });
    return asking;
  };

  return [
    { method: "GET", path: "/healthz", handle: async () => json(200, { alive: true }) },
    { method: "GET", path: "/readyz", handle: async () => shown(await current()) },
  ];
}

function shown({ down, degraded }: Readiness): RouteResponse {
  return json(down.length === 0 ? 200 : 503, { down, degraded });
}

/** The reading, or after `deadlineMs`, or when it fails, that there is none. */
async function beforeLong(readiness: () => Promise<Readiness>, deadlineMs: number): Promise<Readiness> {
  try {
    return await within(deadlineMs, "The reading", readiness());
  } catch {
    return NOT_ANSWERING;
  }
}
