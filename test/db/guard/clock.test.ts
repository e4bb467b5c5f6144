import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { declareItem, taken } from "../../contract/items.js";
import { createTestDatabase, type TestDatabase } from "../../support/postgres.js";
import { type Forge, openForge } from "./forge.js";

let forge: Forge;
let ground: TestDatabase;
beforeAll(async () => {
  forge = await openForge();
  ground = await createTestDatabase();
});
afterAll(async () => {
  await forge.close();
  await ground.drop();
});

test("commits go by another time only where the owner of the schema lets them", async () => {
  await forge.moveClock(1_000);
  taken(await forge.ledger.commit(declareItem()));
});

test("the run-time role can neither move time nor allow it to be moved", async () => {
  const admin = postgres(ground.adminUrl, { max: 1, onnotice: () => {} });
  const app = postgres(ground.appUrl, { max: 1, onnotice: () => {} });
  try {
    await admin`UPDATE breakglass.clock SET may_be_moved = false`;
    const nothing = app.json([]);
    const refused = /time may not be moved in this database/;
    await expect(app`SELECT breakglass.commit(${nothing}, 60000)`).rejects.toThrow(refused);
    await expect(app`SELECT breakglass.redact(${app.json({})}, 1, 'reason', -60000)`).rejects.toThrow(refused);
    await app`SELECT breakglass.commit(${nothing}, 0)`;
    await expect(app`UPDATE breakglass.clock SET may_be_moved = true`).rejects.toThrow(/permission denied/);
    await expect(app`SELECT breakglass.moved_by(1)`).rejects.toThrow(/permission denied/);
  } finally {
    await app.end();
    await admin.end();
  }
});
