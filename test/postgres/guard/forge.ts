import postgres from "postgres";
import { moveDatabaseClock } from "../../../demo/moved-clock.js";
import { verifyTrail } from "../../../src/cli/verify/verify-trail.js";
import { rowOf } from "../../../src/domain/bypass/row.js";
import type { BypassState } from "../../../src/domain/bypass/state.js";
import { sealEntry } from "../../../src/domain/events/body.js";
import type { BypassEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import type { NewEntry } from "../../../src/domain/events/entries.js";
import { createDatabase } from "../../../src/postgres/connection/database.js";
import { createVerifySource } from "../../../src/postgres/queries/verify-source.js";
import { createLedger } from "../../../src/postgres/trail/ledger.js";
import type { CommitItem, CommitResult, Ledger } from "../../../src/usecases/ports/ports.js";
import {
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
export const self = { ok: false, why: "self_approval" };
export const settled = { ok: false, why: "settled" };

/** The ack of a declaration, for one that differs in a part of it. */
export function declarationAck() {
  const [first] = declaration();
  if (first?.event.type !== "bypass.declared") throw new Error("a declaration begins with itself");
  return first.event.ack;
}

/** A commit that no decision would make: the entries follow the state, and it says when somebody looks again. */
export function forged(n: number, state: BypassState, entries: readonly Fresh[], dueAt?: string | null): CommitItem {
  if (state === null) throw new Error("nothing to forge on");
  const stream = { kind: "bypass", n } as const;
  const commandId = newId("forged");
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
    followUpAt: null,
    effects: [],
  };
}

/** A bypass that is active. */
export async function activated(ledger: Ledger): Promise<number> {
  const n = await declare(ledger);
  taken(await change(ledger, n, approval(), approval(MIA, 2), activation()));
  return n;
}

/** A database that is offered what no decision would make. */
export async function openForge() {
  const ground = await createTestDatabase();
  const db = createDatabase({ url: ground.appUrl, max: 2, applicationName: "guard-test" });
  const ledger = createLedger(db, { deadlineMs: 10_000 });
  const app = postgres(ground.appUrl, { max: 1, onnotice: () => {} });
  return {
    ledger,
    /** Moves the clock that all commits go by that far ahead of the server's. */
    moveClock: (aheadMs: number): Promise<void> => moveDatabaseClock(ground.adminUrl, aheadMs),
    adminUrl: ground.adminUrl,
    appUrl: ground.appUrl,
    /** The run-time role's own connection. */
    app,
    forge: async (n: number, entries: readonly Fresh[], dueAt?: string | null): Promise<CommitResult> =>
      ledger.commit(forged(n, await stateOf(ledger, n), entries, dueAt)),
    /** What a verification of the whole trail has to say. */
    findings: async () => (await verifyTrail({ source: createVerifySource(db) })).findings,
    close: async (): Promise<void> => {
      await app.end();
      await db.end();
      await ground.drop();
    },
  };
}

export type Forge = Awaited<ReturnType<typeof openForge>>;
