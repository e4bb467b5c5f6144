import postgres from "postgres";
import { verifyTrail } from "../../../src/cli/verify/verify-trail.js";
import type { Verification } from "../../../src/domain/verify/verify.js";
import type { Database } from "../../../src/postgres/connection/database.js";
import { createVerifySource } from "../../../src/postgres/queries/verify-source.js";
import type { StoredTrail } from "./stored-trail.js";

class RolledBack extends Error {}

/** Verifies the database after a superuser has replaced its entries and head with these, then rolls everything back. */
export async function verifiedAfter(adminUrl: string, db: Database, trail: StoredTrail): Promise<Verification> {
  const admin = postgres(adminUrl, { max: 1, onnotice: () => {} });
  let verification: Verification | null = null;
  try {
    await admin.begin(async (sql) => {
      await sql`SET LOCAL session_replication_role = replica`;
      await sql`ALTER TABLE breakglass.trail DISABLE TRIGGER USER`;
      await sql`ALTER TABLE breakglass.trail_text DISABLE TRIGGER USER`;
      // A superuser can also drop the constraint that keeps versions of a bypass unique.
      await sql`ALTER TABLE breakglass.trail DROP CONSTRAINT IF EXISTS trail_stream_version`;
      await sql`DROP INDEX IF EXISTS breakglass.trail_stream_version`;
      await sql`DELETE FROM breakglass.trail_text`;
      await sql`DELETE FROM breakglass.trail`;
      for (const { seq, stream, version, body, prev, leaf, hash, texts } of trail.entries) {
        await sql`
          INSERT INTO breakglass.trail (seq, stream, version, body, prev, leaf, hash)
          VALUES (${seq}, ${stream}, ${version}, ${body}, ${Buffer.from(prev)}, ${Buffer.from(leaf)}, ${Buffer.from(hash)})`;
        for (const { field, nonce, text } of texts) {
          const bytes = nonce === null ? null : Buffer.from(nonce, "hex");
          await sql`INSERT INTO breakglass.trail_text (seq, field, nonce, text) VALUES (${seq}, ${field}, ${bytes}, ${text})`;
        }
      }
      await sql`UPDATE breakglass.head SET seq = ${trail.head.seq}, hash = ${Buffer.from(trail.head.hash)}`;
      const inside: Database = { ...db, query: async (build) => [...(await build(sql))] };
      verification = await verifyTrail({ source: createVerifySource(inside) });
      throw new RolledBack();
    });
  } catch (fault) {
    if (!(fault instanceof RolledBack)) throw fault;
  } finally {
    await admin.end();
  }
  if (verification === null) throw new Error("Nothing was verified.");
  return verification;
}
