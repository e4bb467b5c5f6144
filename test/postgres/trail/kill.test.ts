import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verifyTrail } from "../../../src/cli/verify/verify-trail.js";
import { NotRecorded } from "../../../src/lib/errors.js";
import { createDatabase, type Database } from "../../../src/postgres/connection/database.js";
import { createVerifySource } from "../../../src/postgres/queries/verify-source.js";
import { createLedger } from "../../../src/postgres/trail/ledger.js";
import type { CommitItem, CommitResult } from "../../../src/usecases/ports/ports.js";
import { declareItem, newId } from "../../contract/items.js";
import { createTestDatabase, type TestDatabase } from "../../support/postgres.js";

const WRITERS = 12;
const KILLS = 60;

let testDatabase: TestDatabase;
let admin: postgres.Sql;
let db: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  admin = postgres(testDatabase.adminUrl, { max: 1, onnotice: () => {} });
  db = createDatabase({ url: testDatabase.appUrl, max: 4, applicationName: "kill-test" });
});
afterAll(async () => {
  await db.end();
  await admin.end();
  await testDatabase.drop();
});

/** Terminates every connection of the ledger, and returns their number. */
async function killAll(): Promise<number> {
  const rows = await admin`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'kill-test' AND datname = ${testDatabase.name}`;
  return rows.length;
}

test("killed connections tear no commit, lose no acknowledged one, and leave no caller waiting", async () => {
  const ledger = createLedger(db, { deadlineMs: 5_000 });
  const answered = new Map<string, { item: CommitItem; result: CommitResult }>();
  const doubtful: CommitItem[] = [];
  let killing = true;

  const write = async () => {
    while (killing) {
      const item = declareItem(newId("kill"));
      try {
        answered.set(item.commandId, { item, result: await ledger.commit(item) });
      } catch (fault) {
        if (!(fault instanceof NotRecorded)) throw fault;
        doubtful.push(item);
      }
    }
  };
  const kill = async () => {
    let killed = 0;
    let target = 0;
    while (killed < KILLS) {
      killed += await killAll();
      // Wait until writing has resumed, so that every kill hits a busy connection.
      target = answered.size + 3;
      while (answered.size < target) await admin`SELECT`;
    }
    killing = false;
    return killed;
  };
  const [killed] = await Promise.all([kill(), ...Array.from({ length: WRITERS }, write)]);
  expect(killed).toBeGreaterThanOrEqual(KILLS);

  // Commits with an unknown outcome are retried under the same id. Then everything is stored exactly once.
  for (const item of doubtful) answered.set(item.commandId, { item, result: await ledger.commit(item) });
  expect([...answered.values()].every(({ result }) => result.ok)).toBe(true);
  const [stored] = await admin`
    SELECT (SELECT count(*) FROM breakglass.commands)::integer AS commands,
      (SELECT count(*) FROM breakglass.bypasses)::integer AS bypasses,
      (SELECT count(*) FROM breakglass.outbox)::integer AS effects,
      (SELECT count(*) FROM breakglass.trail)::integer AS entries`;
  const n = answered.size;
  const effects = [...answered.values()].reduce((sum, { item }) => sum + item.effects.length, 0);
  expect(stored).toEqual({ commands: n, bypasses: n, effects, entries: 2 * n });
  const numbers = [...answered.values()].map(({ result }) => (result.ok ? result.n : null));
  expect(new Set(numbers).size).toBe(n);
  const verification = await verifyTrail({ source: createVerifySource(db) });
  expect(verification.findings).toEqual([]);
  expect(verification.entries).toBe(2 * n);
});
