import postgres from "postgres";
import { moveDatabaseClock } from "../../../demo/moved-clock.js";
import { verifyTrail } from "../../../src/cli/verify/verify-trail.js";
import { rowOf } from "../../../src/domain/bypass/row.js";
import type { BypassState } from "../../../src/domain/bypass/state.js";
import { sealEntry } from "../../../src/domain/events/body.js";
import type { BypassEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import type { NewEntry } from "../../../src/domain/events/entries.js";
import { atMostAWeekAhead } from "../../../src/domain/review/follow-up.js";
import { createDatabase } from "../../../src/postgres/connection/database.js";
import { createVerifySource } from "../../../src/postgres/queries/verify-source.js";
import { createLedger } from "../../../src/postgres/trail/ledger.js";
import type { CommitItem, CommitResult, Ledger } from "../../../src/usecases/ports/ports.js";
import {
  AT,
  activation,
  approval,
  change,
  declaration,
  declare,
  MIA,
  newId,
  nonce,
  stateOf,
  taken,
} from "../../contract/items.js";
import { createTestDatabase } from "../../support/postgres.js";

export type Fresh = NewEntry<BypassEvent>;

export const rejected = (detail: string) => ({ ok: false, why: "rejected", detail });
export const self = { ok: false, why: "own_bypass" };
export const settled = { ok: false, why: "already_settled" };

/** Returns the ack terms of a standard declaration, to vary in a test. */
export function declarationAck() {
  const [first] = declaration();
  if (first?.event.type !== "bypass.declared") throw new Error("a declaration begins with itself");
  return first.event.ack;
}

/** Builds a commit with any entries after a state, without a decision. `dueAt` overrides the next check. */
export function forged(
  n: number,
  state: BypassState,
  entries: readonly Fresh[],
  dueAt?: string | null,
  commandId = newId("forged"),
): CommitItem {
  if (state === null) throw new Error("nothing to forge on");
  const stream = { kind: "bypass", n } as const;
  const sealed = entries.map((entry, index) =>
    sealEntry(entry, { stream, version: state.version + index + 1, commandId, nonce }),
  );
  const nextDueAt = dueAt === undefined ? rowOf(state).nextDueAt : dueAt;
  return {
    commandId,
    stream,
    expectedVersion: state.version,
    entries: sealed,
    nextDueAt,
    followUpAt: atMostAWeekAhead(null, AT),
    effects: [],
  };
}

/** Declares and activates a bypass. */
export async function activated(ledger: Ledger): Promise<number> {
  const n = await declare(ledger);
  taken(await change(ledger, n, approval(), approval(MIA, 2), activation()));
  return n;
}

/** Opens a test database with a ledger that commits entries without a decision. */
export async function openForge() {
  const testDatabase = await createTestDatabase();
  const db = createDatabase({ url: testDatabase.appUrl, max: 2, applicationName: "guard-test" });
  const ledger = createLedger(db, { deadlineMs: 10_000 });
  const app = postgres(testDatabase.appUrl, { max: 1, onnotice: () => {} });
  return {
    ledger,
    /** Moves the database's clock that far ahead of the server's, in milliseconds. */
    moveClock: (aheadMs: number): Promise<void> => moveDatabaseClock(testDatabase.adminUrl, aheadMs),
    /** Stops the database's clock at that moment, in epoch milliseconds. `moveClock` lets it run again. */
    stopClock: async (at: number): Promise<void> => {
      const admin = postgres(testDatabase.adminUrl, { max: 1, onnotice: () => {} });
      await admin.unsafe(`
        CREATE OR REPLACE FUNCTION breakglass.now() RETURNS timestamptz LANGUAGE plpgsql STABLE
        AS 'BEGIN RETURN to_timestamp(${at / 1_000}); END'`);
      await admin.end();
    },
    adminUrl: testDatabase.adminUrl,
    appUrl: testDatabase.appUrl,
    /** A raw connection of the run-time role. */
    app,
    forge: async (n: number, entries: readonly Fresh[], dueAt?: string | null): Promise<CommitResult> =>
      ledger.commit(forged(n, await stateOf(ledger, n), entries, dueAt)),
    /**
     * Returns the findings of a verification of the whole trail, apart from messages that were never queued: these
     * commits queue none, and test/postgres/tamper/deliveries.test.ts shows that this is found.
     */
    findings: async () =>
      (await verifyTrail({ source: createVerifySource(db) })).findings.filter(({ kind }) => kind !== "delivery"),
    close: async (): Promise<void> => {
      await app.end();
      await db.end();
      await testDatabase.drop();
    },
  };
}

export type Forge = Awaited<ReturnType<typeof openForge>>;
