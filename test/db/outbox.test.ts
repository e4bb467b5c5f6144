import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDatabase, type Database } from "../../src/db/client.js";
import { createOutbox } from "../../src/db/outbox.js";
import { createLedger } from "../../src/db/trail/ledger.js";
import { declaration, declareItem, newId, taken } from "../contract/items.js";
import { createTestDatabase, type TestDatabase } from "../support/postgres.js";

describe("the outbox of two processes", () => {
  let ground: TestDatabase;
  let admin: postgres.Sql;
  const databases: Database[] = [];
  let offset = 0;

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
  const options = { clockOffsetMs: () => offset };

  const newRow = async (db: Database): Promise<string> => {
    const item = declareItem(newId("row"), declaration(), [{ kind: "alert.post" }]);
    return taken(await createLedger(db).commit(item)).effects[0]?.id ?? "";
  };

  test("one that was too slow neither gives back nor gives up what the other has claimed since", async () => {
    const [slowDb, quickDb] = [open(), open()];
    const [slow, quick] = [createOutbox(slowDb, options), createOutbox(quickDb, options)];
    const id = await newRow(slowDb);
    await slow.claim(id);
    offset += 30_001;
    expect(await quick.claim(id)).toMatchObject({ attempt: 2 });
    await slow.release(id, 0, "late");
    expect(await slow.claim(id)).toBeNull();
    expect(await quick.claim(id)).toBeNull();
    expect(await slow.fail(id, "late")).toEqual({ next: [] });
    const rows = await admin`SELECT done_at, failed_code FROM breakglass.outbox WHERE id = ${id}`;
    expect(rows[0]).toEqual({ done_at: null, failed_code: null });
  });

  test("a row that is locked by somebody else is passed over, not waited for", async () => {
    const db = open();
    const id = await newRow(db);
    await admin`BEGIN`;
    await admin`SELECT FROM breakglass.outbox WHERE id = ${id} FOR UPDATE`;
    expect(await createOutbox(db, options).claim(id)).toBeNull();
    await admin`ROLLBACK`;
    expect(await createOutbox(db, options).claim(id)).not.toBeNull();
  });
});
