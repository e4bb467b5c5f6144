import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { moveDatabaseClock } from "../../../demo/moved-clock.js";
import { OFFICE_CLOSED } from "../../../src/domain/notices/effects.js";
import { createDatabase, type Database } from "../../../src/postgres/connection/database.js";
import { createOutbox } from "../../../src/postgres/outbox/outbox.js";
import { createLedger } from "../../../src/postgres/trail/ledger.js";
import { declaration, declareItem, newId, taken } from "../../contract/items.js";
import { newClaims } from "../../support/alive.js";
import { createTestDatabase, type TestDatabase } from "../../support/postgres.js";

describe("the outbox", () => {
  let testDatabase: TestDatabase;
  let admin: postgres.Sql;
  const databases: Database[] = [];

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    admin = postgres(testDatabase.adminUrl, { max: 1, onnotice: () => {} });
  });
  afterAll(async () => {
    await Promise.all(databases.map((db) => db.end()));
    await admin.end();
    await testDatabase.drop();
  });

  const open = () => {
    const db = createDatabase({ url: testDatabase.appUrl, max: 2, applicationName: "outbox-test" });
    databases.push(db);
    return db;
  };

  const newRow = async (db: Database): Promise<string> => {
    const item = declareItem(newId("row"), declaration(), [{ kind: "alert.post" }]);
    return taken(await createLedger(db).commit(item)).effects[0]?.id ?? "";
  };

  test("a process whose lease ended can neither release nor fail a row that another process has claimed since", async () => {
    const [slowDb, quickDb] = [open(), open()];
    const [slow, quick] = [createOutbox(slowDb, newClaims()), createOutbox(quickDb, newClaims())];
    const id = await newRow(slowDb);
    await slow.claim(id);
    await admin`UPDATE breakglass.outbox SET lease_until = clock_timestamp() WHERE id = ${id}`;
    expect(await quick.claim(id)).toMatchObject({ attempt: 2 });
    await slow.release(id, 0, "late");
    expect(await slow.claim(id)).toBeNull();
    expect(await quick.claim(id)).toBeNull();
    expect(await slow.fail(id, "late")).toEqual({ next: [] });
    const rows = await admin`SELECT done_at, failed_code FROM breakglass.outbox WHERE id = ${id}`;
    expect(rows[0]).toEqual({ done_at: null, failed_code: null });
  });

  test("a claim lasts a minute at most, and a release delays a row by an hour at most", async () => {
    const db = open();
    const id = await newRow(db);
    const outbox = createOutbox(db, newClaims(), { leaseMs: 10 * 365 * 86_400_000 });
    await outbox.claim(id);
    const claimed = await admin`
      SELECT lease_until <= clock_timestamp() + interval '1 minute' AS capped FROM breakglass.outbox WHERE id = ${id}`;
    expect(claimed[0]).toEqual({ capped: true });
    await outbox.release(id, 365 * 86_400_000, "later");
    const released = await admin`
      SELECT run_at <= clock_timestamp() + interval '1 hour' AS capped FROM breakglass.outbox WHERE id = ${id}`;
    expect(released[0]).toEqual({ capped: true });
  });

  test("a row that waits for office hours counts as waiting, but not towards the age of the oldest", async () => {
    const own = await createTestDatabase();
    const alone = createDatabase({ url: own.appUrl, max: 2, applicationName: "outbox-test" });
    const outbox = createOutbox(alone, newClaims());
    const id = await newRow(alone);
    await moveDatabaseClock(own.adminUrl, 60_000);
    expect(await outbox.backlog()).toEqual({ waiting: 1, oldestSeconds: expect.toSatisfy((age: number) => age >= 59) });
    await outbox.claim(id);
    await outbox.release(id, 3_600_000, OFFICE_CLOSED);
    expect(await outbox.backlog()).toEqual({ waiting: 1, oldestSeconds: 0 });
    await alone.end();
    await own.drop();
  });

  test("a claim skips a row that is locked by another session instead of waiting", async () => {
    const db = open();
    const id = await newRow(db);
    await admin`BEGIN`;
    await admin`SELECT FROM breakglass.outbox WHERE id = ${id} FOR UPDATE`;
    expect(await createOutbox(db, newClaims()).claim(id)).toBeNull();
    await admin`ROLLBACK`;
    expect(await createOutbox(db, newClaims()).claim(id)).not.toBeNull();
  });
});
