import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { moveDatabaseClock } from "../../demo/moved-clock.js";
import { createInTurn } from "../../src/lib/in-turn.js";
import { createDatabase, type Database } from "../../src/postgres/connection/database.js";
import { createOutbox } from "../../src/postgres/outbox/outbox.js";
import { createQueries } from "../../src/postgres/queries/queries.js";
import { createLedger } from "../../src/postgres/trail/ledger.js";
import type { AppContext } from "../../src/usecases/app-context.js";
import type { EffectContext } from "../../src/usecases/delivery/effect-context.js";
import { sweepSteps } from "../../src/usecases/maintenance/sweep.js";
import type { Directory, Ledger, PolicySource, Queries } from "../../src/usecases/ports/ports.js";
import { ALWAYS_ALIVE, newClaims } from "./alive.js";
import { createTestDatabase } from "./postgres.js";

const unexpected = async (): Promise<never> => {
  throw new Error("This test must not call Slack.");
};
const noop = (): void => {};

/** Nothing came with a restored backup. */
export const NOT_RESTORED: EffectContext["restored"] = { origin: () => "here", originOfPage: () => "here" };

/** One sweep: all of its steps in order. Throws the first fault. */
export async function sweep(effectContext: EffectContext): Promise<void> {
  for (const { run } of sweepSteps(effectContext)) await run();
}

/** The use cases on their own database, and nothing outside. */
export async function openCore(policy: PolicySource) {
  const clone = createClone();
  const clock = createTestClock(clone.moveClock);
  const options = { deadlineMs: 30_000 };
  const context: AppContext = {
    ledger: createLedger(clone.database, options),
    queries: createQueries(clone.database, options),
    outbox: createOutbox(clone.database, newClaims(), options),
    policy,
    directory: { account: unexpected, group: unexpected, schedule: unexpected },
    pagers: [],
    wake: { effects: noop, later: noop, tick: noop, followUp: noop },
    random: { hex: (bytes) => randomBytes(bytes).toString("hex") },
    observer: { commit: noop, refusal: noop, delivery: noop, webhook: noop, alerted: noop, paged: noop },
    log: { debug: noop, info: noop, warn: noop, error: noop },
    readRequest: null,
    inTurn: createInTurn(),
  };
  const chat = {
    perform: unexpected,
    find: unexpected,
    update: unexpected,
    notice: unexpected,
    updateNotice: unexpected,
    remove: unexpected,
  };
  const effectContext = (inner: AppContext): EffectContext => ({
    context: inner,
    chat,
    pagers: [],
    webhooks: { send: unexpected },
    alive: ALWAYS_ALIVE,
    restored: NOT_RESTORED,
    linkTo: unexpected,
  });
  return {
    context,
    clock,
    /** The effect context over this context or one derived from it. */
    effectContext,
    /** The outbox as another process sees it, which holds claims of its own. */
    anotherOutbox: () => createOutbox(clone.database, newClaims(), options),
    /** Ends every claim, as if its process had died and been found dead. */
    endClaims: clone.endClaims,
    close: clone.close,
  };
}

/** Moves the clocks of the database and of this process together. */
export interface TestClock {
  /** Epoch milliseconds. */
  now(): number;
  advance(ms: number): Promise<void>;
}

function createTestClock(moveDatabase: (aheadMs: number) => Promise<void>): TestClock {
  let offset = 0;
  return {
    now: () => Date.now() + offset,
    advance: async (ms) => {
      offset += ms;
      await moveDatabase(offset);
    },
  };
}

/** A clone of the template, created at the first statement because many tests never send one. */
function createClone(): {
  readonly database: Database;
  moveClock(aheadMs: number): Promise<void>;
  endClaims(): Promise<void>;
  close(): Promise<void>;
} {
  const open = async () => {
    const testDatabase = await createTestDatabase();
    return {
      testDatabase,
      inner: createDatabase({ url: testDatabase.appUrl, max: 8, applicationName: "context-test" }),
    };
  };
  let opened: ReturnType<typeof open> | null = null;
  const inner = async (): Promise<Database> => {
    opened ??= open();
    return (await opened).inner;
  };
  const database: Database = {
    query: async (build, options) => (await inner()).query(build, options),
    ping: async () => (await inner()).ping(),
    end: async () => (await inner()).end(),
  };
  const close = async (): Promise<void> => {
    if (opened === null) return;
    await database.end();
    await (await opened).testDatabase.drop();
  };
  const moveClock = async (aheadMs: number): Promise<void> => {
    opened ??= open();
    await moveDatabaseClock((await opened).testDatabase.adminUrl, aheadMs);
  };
  const endClaims = async (): Promise<void> => {
    opened ??= open();
    const admin = postgres((await opened).testDatabase.adminUrl, { max: 1, onnotice: () => {} });
    await admin`UPDATE breakglass.outbox SET lease_until = clock_timestamp() WHERE lease_until IS NOT NULL`;
    await admin.end();
  };
  return { database, moveClock, endClaims, close };
}

/** A method of the ports to the database and to Slack. */
export type PortCall = keyof Ledger | keyof Queries | keyof Directory;

/** The same port, with `before` run first on each call. `before` may wait or throw as if the port did. */
export function withBefore<Port extends object>(port: Port, before: (call: PortCall) => Promise<void>): Port {
  return new Proxy(port, {
    get: (real, name) => {
      const method: unknown = Reflect.get(real, name);
      if (typeof method !== "function") return method;
      return async (...args: unknown[]): Promise<unknown> => {
        await before(name as PortCall);
        return Reflect.apply(method, real, args);
      };
    },
  });
}
