import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { moveDatabaseClock } from "../../../demo/moved-clock.js";
import { OFFICE_CLOSED } from "../../../src/domain/notices/effects.js";
import { createDatabase, type Database } from "../../../src/postgres/connection/database.js";
import { createOutbox } from "../../../src/postgres/outbox/outbox.js";
import { createLedger } from "../../../src/postgres/trail/ledger.js";
import { declaration, declareItem, newId, taken } from "../../contract/items.js";
import { createTestDatabase, type TestDatabase } from "../../support/postgres.js";

describe("the outbox of two processes", () => {
  let ground: TestDatabase;
  let admin: postgres.Sql;
  const databases: Database[] = [];

  beforeAll(async () => {
    ground = await createTestDatabase();
    admin = postgres(ground.adminUrl, { max: 1, onnotice: () => {} });
  });
  afterAll(async () => {
    await Promise.all(databases.map((db) => db.end()));
    await admin.end();
    await ground.drop();
  });

  const open = () => {
    const db = createDatabase({ url: ground.appUrl, max: 2, applicationName: "outbox-test" });
    databases.push(db);
    return db;
  };

  const newRow = async (db: Database): Promise<string> => {
    const item = declareItem(newId("row"), declaration(), [{ kind: "alert.post" }]);
    return taken(await createLedger(db).commit(item)).effects[0]?.id ?? "";
  };

  test("one that was too slow neither gives back nor gives up what the other has claimed since", async () => {
    const [slowDb, quickDb] = [open(), open()];
    const [slow, quick] = [createOutbox(slowDb), createOutbox(quickDb)];
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

  test("nobody claims for longer than a minute, or puts a row off for longer than an hour", async () => {
    const db = open();
    const id = await newRow(db);
    const outbox = createOutbox(db, { leaseMs: 10 * 365 * 86_400_000 });
    await outbox.claim(id);
    const held = await admin`
      SELECT lease_until <= clock_timestamp() + interval '1 minute' AS capped FROM breakglass.outbox WHERE id = ${id}`;
    expect(held[0]).toEqual({ capped: true });
    await outbox.release(id, 365 * 86_400_000, "later");
    const put = await admin`
      SELECT run_at <= clock_timestamp() + interval '1 hour' AS capped FROM breakglass.outbox WHERE id = ${id}`;
    expect(put[0]).toEqual({ capped: true });
  });

  test("what waits for the office to open is counted, and is no sign of trouble, however old it is", async () => {
    const own = await createTestDatabase();
    const alone = createDatabase({ url: own.appUrl, max: 2, applicationName: "outbox-test" });
    const outbox = createOutbox(alone);
    const id = await newRow(alone);
    await moveDatabaseClock(own.adminUrl, 60_000);
    expect(await outbox.backlog()).toEqual({ waiting: 1, oldestSeconds: expect.toSatisfy((age: number) => age >= 59) });
    await outbox.claim(id);
    await outbox.release(id, 3_600_000, OFFICE_CLOSED);
    expect(await outbox.backlog()).toEqual({ waiting: 1, oldestSeconds: 0 });
    await alone.end();
    await own.drop();
  });

  test("a row that is locked by somebody else is passed over, not waited for", async () => {
    const db = open();
    const id = await newRow(db);
    await admin`BEGIN`;
    await admin`SELECT FROM breakglass.outbox WHERE id = ${id} FOR UPDATE`;
    expect(await createOutbox(db).claim(id)).toBeNull();
    await admin`ROLLBACK`;
    expect(await createOutbox(db).claim(id)).not.toBeNull();
  });
});
