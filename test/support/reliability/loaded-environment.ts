import { setTimeout as after } from "node:timers/promises";
import type { DemoEnvironment } from "../../../demo/environment.js";
import { within } from "../../../src/lib/deadline.js";
import type { Pairs } from "./endings.js";
import type { LivesEnvironment } from "./life.js";
import { openTrail, type Trail } from "./trail.js";

/** An environment in which people work while a dependency is killed. */
export interface LoadedEnvironment extends LivesEnvironment {
  /** Resolves when every bot is ready (`/readyz`). */
  ready(): Promise<void>;
  /** Resolves with the milliseconds until no effect waits, at most `withinMs`. Does not sweep by itself. */
  drained(withinMs: number): Promise<number>;
  /** The number of answers that were too late for Slack or missing, and the slowest answer in milliseconds. */
  answers(): { readonly late: number; readonly slowestMs: number };
}

const ASK_MS = 5_000;
const ASK_AGAIN_MS = 50;
const PATIENCE_MS = 120_000;
const SLACK_WAITS_MS = 3_000;
/** The bot caches user groups for 30 s and has read them at the start. */
const CACHE_EXPIRES_MS = 31_000;

/** `up`: what people wait for before they act. Default: every bot is ready. */
export async function loadEnvironment(
  environment: DemoEnvironment,
  adminUrl: string,
  people: Pairs,
  up?: () => Promise<void>,
): Promise<LoadedEnvironment> {
  const { slack, ports } = environment;
  people.join(slack);
  await environment.advance(CACHE_EXPIRES_MS);
  const ready = async (): Promise<void> => {
    for (const port of ports) {
      await untilTrue(async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok, "a bot that is ready");
    }
  };
  return {
    slack,
    trail: { entries: (n) => withRetry(adminUrl, (trail) => trail.entries(n)) },
    bot: { up: up ?? ready },
    ready,
    drained: async (withinMs) => {
      const from = performance.now();
      const spent = (): number => performance.now() - from;
      const empty = async () => (await withRetry(adminUrl, (trail) => trail.waiting())) === 0 || spent() > withinMs;
      await untilTrue(empty, "an empty outbox");
      return spent();
    },
    answers: () => {
      const all = slack.record.answers;
      const late = all.filter(({ error, ms }) => error !== undefined || ms > SLACK_WAITS_MS);
      return { late: late.length, slowestMs: all.reduce((most, { ms }) => Math.max(most, ms), 0) };
    },
  };
}

/** Retries a query, each time on a new connection: the server may be down or starting. */
async function withRetry<T>(adminUrl: string, ask: (trail: Trail) => Promise<T>): Promise<T> {
  let last: unknown = null;
  for (const end = performance.now() + PATIENCE_MS; performance.now() < end; ) {
    const trail = openTrail(adminUrl);
    try {
      return await within(ASK_MS, "PostgreSQL", ask(trail));
    } catch (fault) {
      last = fault;
      await after(ASK_AGAIN_MS);
    } finally {
      await trail.close().catch(() => {});
    }
  }
  throw last;
}

async function untilTrue(look: () => Promise<boolean>, what: string): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; !(await look().catch(() => false)); ) {
    if (performance.now() > end) throw new Error(`Timed out after ${PATIENCE_MS} ms waiting for ${what}.`);
    await after(ASK_AGAIN_MS);
  }
}
