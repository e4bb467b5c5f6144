import { createDatabase } from "../../src/postgres/connection/database.js";
import { createLedger } from "../../src/postgres/trail/ledger.js";
import { createTestDatabase } from "../support/postgres.js";
import { ledgerContract } from "./ledger.js";

ledgerContract("PostgreSQL", async () => {
  const testDatabase = await createTestDatabase();
  const db = createDatabase({ url: testDatabase.appUrl, max: 4, applicationName: "ledger-contract" });
  return {
    ledger: createLedger(db, { deadlineMs: 10_000 }),
    stop: async () => {
      await db.end();
      await testDatabase.drop();
    },
  };
});
