import postgres from "postgres";
import { moveDatabaseClock } from "../../demo/moved-clock.js";
import { createDatabase } from "../../src/postgres/connection/database.js";
import { createOutbox } from "../../src/postgres/outbox/outbox.js";
import { createLedger } from "../../src/postgres/trail/ledger.js";
import { newClaims } from "../support/alive.js";
import { createTestDatabase } from "../support/postgres.js";
import { outboxContract } from "./outbox.js";

outboxContract("PostgreSQL", async () => {
  const testDatabase = await createTestDatabase();
  const admin = postgres(testDatabase.adminUrl, { max: 1, onnotice: () => {} });
  const db = createDatabase({ url: testDatabase.appUrl, max: 4, applicationName: "outbox-contract" });
  let offset = 0;
  const options = { deadlineMs: 10_000 };
  return {
    outbox: createOutbox(db, newClaims(), options),
    ledger: createLedger(db, options),
    advance: async (ms) => {
      offset += ms;
      await moveDatabaseClock(testDatabase.adminUrl, offset);
    },
    ageLeases: async (ms) => {
      await admin`UPDATE breakglass.outbox SET lease_until = lease_until - ${ms} * interval '1 millisecond'`;
    },
    stop: async () => {
      await admin.end();
      await db.end();
      await testDatabase.drop();
    },
  };
});
