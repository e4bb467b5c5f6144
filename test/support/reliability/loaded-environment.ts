import { setTimeout as after } from "node:timers/promises";
import type { DemoEnvironment } from "../../../demo/environment.js";
import { within } from "../../../src/lib/within.js";
import type { Pairs } from "./endings.js";
import type { LivesGround } from "./life.js";
import { openTrail, type Trail } from "./trail.js";

/** A environment on which people live while something else is killed. */
export interface LoadedEnvironment extends LivesGround {
  /** Resolves when every bot says that it can record. */
  ready(): Promise<void>;
  /** Milliseconds until no effect waits any more, or `withinMs`. Nobody sweeps by hand. */
  drained(withinMs: number): Promise<number>;
  /** How many answers came too late for Slack, or not at all, and the slowest in milliseconds. */
  answers(): { readonly late: number; readonly slowestMs: number };
}

const ASK_MS = 5_000;
const ASK_AGAIN_MS = 50;
const PATIENCE_MS = 120_000;
const SLACK_WAITS_MS = 3_000;
/** A reading of the groups counts for 30 s, and the start has read them. */
const READ_ANEW_MS = 31_000;

/** `up`: what people wait for before they try; the bots' readiness if left out. */
export async function loadEnvironment(
  environment: DemoEnvironment,
  adminUrl: string,
  people: Pairs,
  up?: () => Promise<void>,
): Promise<LoadedEnvironment> {
  const { slack, ports } = environment;
  people.join(slack);
  await environment.advance(READ_ANEW_MS);
  const ready = async (): Promise<void> => {
    for (const port of ports) {
      await untilTrue(async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok, "a bot that is ready");
    }
  };
  return {
    slack,
    trail: { entries: (n) => patiently(adminUrl, (trail) => trail.entries(n)) },
    bot: { up: up ?? ready },
    ready,
    drained: async (withinMs) => {
      const from = performance.now();
      const spent = (): number => performance.now() - from;
      const empty = async () => (await patiently(adminUrl, (trail) => trail.waiting())) === 0 || spent() > withinMs;
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

/** Asks over a connection of its own, as often as it takes: the server may be down, or come up only now. */
async function patiently<T>(adminUrl: string, ask: (trail: Trail) => Promise<T>): Promise<T> {
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
    if (performance.now() > end) throw new Error(`Waited ${PATIENCE_MS} ms in vain for ${what}.`);
    await after(ASK_AGAIN_MS);
  }
}
