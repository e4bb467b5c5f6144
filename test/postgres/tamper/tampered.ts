import postgres from "postgres";
import { verifyTrail } from "../../../src/cli/verify/verify-trail.js";
import { chainHash, type Digest, leafHash } from "../../../src/domain/events/hash.js";
import type { Checkpoint } from "../../../src/domain/verify/chain.js";
import type { OriginOptions } from "../../../src/domain/verify/origins/origins.js";
import type { Verification } from "../../../src/domain/verify/verify.js";
import { createDatabase, type Database } from "../../../src/postgres/connection/database.js";
import { createVerifySource } from "../../../src/postgres/queries/verify-source.js";
import { createLedger } from "../../../src/postgres/trail/ledger.js";
import {
  activation,
  approval,
  change,
  declare,
  denial,
  logLine,
  MIA,
  POLICY,
  policyChanged,
  systemItem,
  taken,
  waiver,
} from "../../contract/items.js";
import { createTestDatabase } from "../../support/postgres.js";

class RolledBack extends Error {}

/**
 * Opens a trail of seven bypasses that a superuser tampers with. BG-1, 3 and 5 are active, BG-2, 4 and 6 are denied,
 * BG-7 is requested.
 */
export async function openTampered() {
  const testDatabase = await createTestDatabase();
  const admin = postgres(testDatabase.adminUrl, { max: 1, onnotice: () => {} });
  const db = createDatabase({ url: testDatabase.appUrl, max: 2, applicationName: "tamper-test" });
  const ledger = createLedger(db, { deadlineMs: 10_000 });
  taken(await ledger.commit(policyChanged(POLICY)));
  for (let i = 0; i < 6; i += 1) {
    const n = await declare(ledger);
    if (i % 2 === 0) taken(await change(ledger, n, approval(), approval(MIA, 2), activation()));
    else taken(await change(ledger, n, denial(), waiver()));
    taken(await change(ledger, n, logLine(`did step ${i}`)));
  }
  await declare(ledger);
  const { lastSeq: last } = taken(await ledger.commit(systemItem({ type: "bot.stopped", instance: "one" })));

  const verificationAfter = (tamper: Tampering, checkpoints: readonly Checkpoint[] = []): Promise<Verification> =>
    verifyTampered(admin, db, tamper, checkpoints);
  return {
    /** The seq of the last entry. */
    last,
    verificationAfter,
    /** Verifies the untouched trail. */
    verification: (checkpoints: readonly Checkpoint[]) => verifyTrail({ source: createVerifySource(db), checkpoints }),
    headAt: async (seq: number): Promise<string> => {
      const [row] = await admin`SELECT encode(hash, 'hex') AS hash FROM breakglass.trail WHERE seq = ${seq}`;
      return String(row?.hash);
    },
    close: async (): Promise<void> => {
      await db.end();
      await admin.end();
      await testDatabase.drop();
    },
  };
}

/** A change that a superuser makes. */
export type Tampering = (sql: postgres.TransactionSql) => Promise<unknown>;

/** Verifies the trail after a superuser made this change with the triggers off, and rolls the change back. */
export async function verifyTampered(
  admin: postgres.Sql,
  db: Database,
  tamper: Tampering,
  checkpoints: readonly Checkpoint[] = [],
  origins?: OriginOptions,
): Promise<Verification> {
  let verification: Verification | null = null;
  await admin
    .begin(async (sql) => {
      await sql`SET LOCAL session_replication_role = replica`;
      await sql`ALTER TABLE breakglass.trail DISABLE TRIGGER USER`;
      await sql`ALTER TABLE breakglass.trail_text DISABLE TRIGGER USER`;
      await tamper(sql);
      const inside: Database = { ...db, query: async (build) => [...(await build(sql))] };
      verification = await verifyTrail({
        source: createVerifySource(inside),
        checkpoints,
        ...(origins === undefined ? {} : { origins }),
      });
      throw new RolledBack();
    })
    .catch((fault: unknown) => {
      if (!(fault instanceof RolledBack)) throw fault;
    });
  if (verification === null) throw new Error("nothing was verified");
  return verification;
}

export type Tampered = Awaited<ReturnType<typeof openTampered>>;

export const kinds = (verification: Verification) => new Set(verification.findings.map(({ kind }) => kind));

/** Recomputes the chain from seq `from` on, as a superuser who knows the hash rule could. */
export async function rechain(sql: postgres.TransactionSql, from: number): Promise<void> {
  const rows = await sql<{ seq: string; body: string; hash: Buffer }[]>`
    SELECT seq, body, hash FROM breakglass.trail WHERE seq >= ${from - 1} ORDER BY seq`;
  let prev: Digest = new Uint8Array(32);
  for (const row of rows) {
    const seq = Number(row.seq);
    if (seq < from) {
      prev = row.hash;
      continue;
    }
    const leaf = leafHash(row.body);
    const hash = chainHash(prev, seq, leaf);
    await sql`UPDATE breakglass.trail SET prev = ${Buffer.from(prev)}, leaf = ${Buffer.from(leaf)}, hash = ${Buffer.from(hash)} WHERE seq = ${seq}`;
    prev = hash;
  }
  await sql`UPDATE breakglass.head SET hash = ${Buffer.from(prev)}, seq = (SELECT max(seq) FROM breakglass.trail)`;
}
