import { expect, test } from "vitest";
import { EVENT_TYPES } from "../../src/domain/events/catalogue/catalogue.js";
import { createDatabase } from "../../src/postgres/connection/database.js";
import { inspectDatabase } from "../../src/postgres/integrity/inspect.js";
import { createTestDatabase } from "../support/postgres.js";

test("x", async () => {
  const t = await createTestDatabase();
  const db = createDatabase({ url: t.appUrl, max: 1, applicationName: "x" });
  expect(await inspectDatabase(db, EVENT_TYPES)).toEqual({ altered: [], movedClockMs: null });
  await db.end();
  await t.drop();
});
