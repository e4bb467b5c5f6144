import { test } from "vitest";
import { createDatabase } from "../../src/db/client.js";
import { createLedger } from "../../src/db/trail/ledger.js";
import { createVerifySource } from "../../src/db/verify-source.js";
import { verifyTrail } from "../../src/cli/verify/verify-trail.js";
import { systemItem, declareItem, declaration, taken } from "../contract/items.js";
import { createTestDatabase } from "../support/postgres.js";
test("bench", async () => {
  const ground = await createTestDatabase();
  const db = createDatabase({ url: ground.appUrl, max: 4, applicationName: "bench" });
  const ledger = createLedger(db, { deadlineMs: 20_000 });
  await ledger.commit(systemItem({ type: "bot.stopped", instance: "one" }));
  const time = async (label: string, n: number, run: () => Promise<void>) => { const t = performance.now(); await run(); console.log(label, Math.round(n / ((performance.now() - t) / 1000)), "/s"); };
  for (let round = 0; round < 2; round++) {
  await time("single, one at a time (1 entry)", 500, async () => { for (let i = 0; i < 500; i++) taken(await ledger.commit(systemItem({ type: "bot.stopped", instance: "one" }))); });
  await time("40 writers (1 entry)", 8000, async () => { await Promise.all(Array.from({ length: 40 }, async () => { for (let i = 0; i < 200; i++) taken(await ledger.commit(systemItem({ type: "bot.stopped", instance: "one" }))); })); });
  await time("40 writers declare (2 entries, row, effect)", 4000, async () => { await Promise.all(Array.from({ length: 40 }, async () => { for (let i = 0; i < 100; i++) taken(await ledger.commit(declareItem(undefined, declaration(), [{ kind: "alert.post" }]))); })); });
  }
  const [r] = await db.query<{ n: number }>((sql) => sql`select count(*)::int as n from breakglass.trail`, { label: "x" });
  await time("verify entries", r?.n ?? 0, async () => { const v = await verifyTrail({ source: createVerifySource(db) }); if (v.findings.length) throw new Error(JSON.stringify(v.findings[0])); });
  await db.end(); await ground.drop();
}, 120_000);
