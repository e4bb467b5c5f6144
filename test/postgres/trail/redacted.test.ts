import postgres from "postgres";
import { expect, test } from "vitest";
import { verifyTrail } from "../../../src/cli/verify/verify-trail.js";
import { createDatabase } from "../../../src/postgres/connection/database.js";
import { createVerifySource } from "../../../src/postgres/queries/verify-source.js";
import { createLedger } from "../../../src/postgres/trail/ledger.js";
import {
  change,
  declaration,
  declareItem,
  denial,
  fresh,
  itemOf,
  stateOf,
  taken,
  waiver,
} from "../../contract/items.js";
import { createTestDatabase } from "../../support/postgres.js";

test("a trail with every text redacted still verifies, and its projections stay the same", async () => {
  const own = await createTestDatabase();
  const ownDb = createDatabase({ url: own.appUrl, max: 2, applicationName: "redact-test" });
  const trail = createLedger(ownDb, { deadlineMs: 10_000 });
  const secret = "xoxb-the-pasted-token";
  const texts = { reason: secret, target_typed: "the shop", target_key: "text:the shop" };
  const target = { kind: "text" } as const;
  const declared = taken(await trail.commit(declareItem("only", declaration({ target }, texts))));
  const n = declared.n ?? 0;
  const denied = taken(await change(trail, n, denial(secret), waiver()));
  for (const [seq, fields] of [
    [declared.firstSeq, ["reason", "target_typed", "target_key"]],
    [denied.firstSeq, ["reason"]],
  ] as const) {
    for (const field of fields) {
      const entry = fresh({ type: "text.redacted", provenOrigins: [], seq, field });
      taken(await trail.redact(itemOf({ n, state: await stateOf(trail, n), entries: [entry] }), { seq, field }, []));
    }
  }
  const verification = await verifyTrail({ source: createVerifySource(ownDb) });
  expect(verification.findings).toEqual([]);
  const left = await ownDb.query(
    (sql) => sql`SELECT FROM breakglass.trail_text WHERE text IS NOT NULL OR nonce IS NOT NULL`,
    {
      label: "left",
    },
  );
  expect(left).toEqual([]);
  const owner = postgres(own.adminUrl, { max: 1, onnotice: () => {} });
  const tables = await owner<{ name: string }[]>`
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'breakglass'`;
  for (const { name } of tables) {
    const hits = await owner.unsafe(`SELECT FROM ${name} AS t WHERE strpos(t::text, '${secret}') > 0`);
    expect(hits, name).toHaveLength(0);
  }
  await owner.end();
  await ownDb.end();
  await own.drop();
});
