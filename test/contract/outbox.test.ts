import { createDatabase } from "../../src/db/client.js";
import { createOutbox } from "../../src/db/outbox.js";
import { createLedger } from "../../src/db/trail/ledger.js";
import { createTestDatabase } from "../support/postgres.js";
import { outboxContract } from "./outbox.js";

outboxContract("PostgreSQL", async () => {
  const ground = await createTestDatabase();
  const db = createDatabase({ url: ground.appUrl, max: 4, applicationName: "outbox-contract" });
  let offset = 0;
  const options = { clockOffsetMs: () => offset, deadlineMs: 10_000 };
  return {
    outbox: createOutbox(db, options),
    ledger: createLedger(db, options),
    moveOn: (ms) => {
      offset += ms;
    },
    stop: async () => {
      await db.end();
      await ground.drop();
    },
  };
});
