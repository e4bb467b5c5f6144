import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createDatabase } from "../../src/postgres/connection/database.js";
import { lookAtServer } from "../../src/postgres/connection/look-at-server.js";
import { type Journey, openJourney } from "../support/journey/journey.js";
import { type PoolMode, pgBouncerForTests, type TestPgBouncer } from "../support/pgbouncer.js";
import { createTestDatabase } from "../support/postgres.js";

/** Started here and not in a hook, because whether there is a PgBouncer decides about skipping. */
const poolers = await Promise.all(
  (["transaction", "session", "statement"] as const).map(async (mode) => ({
    mode,
    // In the mode that shares them, fewer than the bot would open.
    pooler: await pgBouncerForTests(mode, mode === "transaction" ? ["default_pool_size = 3"] : []),
  })),
);
afterAll(() => Promise.all(poolers.map(({ pooler }) => pooler?.stop())));

const poolerIn = (mode: PoolMode): TestPgBouncer => {
  const found = poolers.find((one) => one.mode === mode)?.pooler;
  if (found === null || found === undefined) throw new Error("There is no pgbouncer in the PATH.");
  return found;
};

describe.skipIf(poolers.some(({ pooler }) => pooler === null))("Behind PgBouncer", () => {
  it.each(poolers.map(({ mode }) => mode))("in %s mode the pooler is found out by itself", async (mode) => {
    const testDatabase = await createTestDatabase();
    const look = async (url: string) => {
      const database = createDatabase({ url, max: 1, applicationName: "look", pooled: true });
      return lookAtServer(database).finally(() => database.end());
    };
    const direct = await look(testDatabase.appUrl);
    const through = await look(poolerIn(mode).through(testDatabase.appUrl));
    await testDatabase.drop();
    expect(direct).toMatchObject({ pooled: false, role: testDatabase.appRole });
    expect(through).toEqual({ ...direct, pooled: true });
  });

  describe.each(["transaction", "session"] as const)("in %s mode", (mode) => {
    let on: Journey;
    beforeAll(async () => {
      on = await openJourney({ through: poolerIn(mode).through });
    });
    afterEach(() => on.endsWell());
    afterAll(() => on.close());

    it("the bot starts, and says that it has no queue", async () => {
      const { status, body } = await on.get("/readyz");
      expect({ status, ...JSON.parse(body) }).toEqual({
        status: 200,
        down: [],
        degraded: ["queue_needs_direct_connection"],
      });
    });

    it("bypasses are declared, approved and closed, and everything is delivered", async () => {
      await on.closedBypass("BG-1");
      await on.allIsDelivered();
      await on.nobodyCanAnswer("BG-1");
    });
  });
});
