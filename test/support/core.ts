import { randomBytes } from "node:crypto";
import { moveDatabaseClock } from "../../demo/moved-clock.js";
import { createInTurn } from "../../src/lib/in-turn.js";
import { createDatabase, type Database } from "../../src/postgres/connection/database.js";
import { createOutbox } from "../../src/postgres/outbox/outbox.js";
import { createQueries } from "../../src/postgres/queries/queries.js";
import { createLedger } from "../../src/postgres/trail/ledger.js";
import type { AppContext } from "../../src/usecases/app-context.js";
import type { EffectContext } from "../../src/usecases/delivery/outbox-results.js";
import type { Directory, Ledger, PolicySource, Queries } from "../../src/usecases/ports/ports.js";
import { createTestDatabase } from "./postgres.js";

const nobody = async (): Promise<never> => {
  throw new Error("There is nothing to be asked of Slack.");
};
const nothing = (): void => {};

/** The use cases on a database of their own, and nobody outside. */
export async function openCore(policy: PolicySource) {
  const ground = createClone();
  const clock = createTestClock(ground.moveClock);
  const options = { deadlineMs: 30_000 };
  const context: AppContext = {
    ledger: createLedger(ground.database, options),
    queries: createQueries(ground.database, options),
    outbox: createOutbox(ground.database, options),
    policy,
    directory: { account: nobody, group: nobody, schedule: nobody },
    pagers: [],
    wake: { effects: nothing, later: nothing, tick: nothing, followUp: nothing },
    random: { hex: (bytes) => randomBytes(bytes).toString("hex") },
    observer: { commit: nothing, refusal: nothing, delivery: nothing, alerted: nothing, paged: nothing },
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    inTurn: createInTurn(),
  };
  const chat = { perform: nobody, find: nobody, update: nobody, notice: nobody, updateNotice: nobody };
  const pager = { name: "none", audience: nobody };
  const around = (inner: AppContext): EffectContext => ({ context: inner, chat, pager, outside: [], linkTo: nobody });
  return {
    context,
    clock,
    /** What performs effects, over this context or one made of it. */
    effectContext: around,
    close: ground.close,
  };
}

/** How tests move time: the clock of the database and the one of this process, together. */
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

/** A clone of the template. It is made at the first statement, because many tests of requests never send one. */
function createClone(): {
  readonly database: Database;
  moveClock(aheadMs: number): Promise<void>;
  close(): Promise<void>;
} {
  const open = async () => {
    const ground = await createTestDatabase();
    return { ground, inner: createDatabase({ url: ground.appUrl, max: 8, applicationName: "context-test" }) };
  };
  let opened: ReturnType<typeof open> | null = null;
  const inner = async (): Promise<Database> => {
    opened ??= open();
    return (await opened).inner;
  };
  const database: Database = {
    query: async (build, options) => (await inner()).query(build, options),
    ping: async () => (await inner()).ping(),
    generation: 0,
    end: async () => (await inner()).end(),
  };
  const close = async (): Promise<void> => {
    if (opened === null) return;
    await database.end();
    await (await opened).ground.drop();
  };
  const moveClock = async (aheadMs: number): Promise<void> => {
    opened ??= open();
    await moveDatabaseClock((await opened).ground.adminUrl, aheadMs);
  };
  return { database, moveClock, close };
}

/** The name of a question that the use cases put to the database or to Slack. */
export type PortCall = keyof Ledger | keyof Queries | keyof Directory;

/** The same port, each call of which runs `before` first. That may wait, or throw, as if the port did. */
export function withBefore<Port extends object>(port: Port, before: (call: PortCall) => Promise<void>): Port {
  return new Proxy(port, {
    get: (real, name) => {
      const own: unknown = Reflect.get(real, name);
      if (typeof own !== "function") return own;
      return async (...given: unknown[]): Promise<unknown> => {
        await before(name as PortCall);
        return Reflect.apply(own, real, given);
      };
    },
  });
}
