import postgres from "postgres";

/** Any number, as long as everyone who replaces the function uses the same. */
const LOCK = 7_346_112;

/**
 * Moves the clock of a database: `breakglass.now()` is replaced by one that is `aheadMs` ahead of the server's. Only the owner
 * of the schema can do that, for the demo and the tests; a bot without `clockOffsetMs` puts the real clock back when it starts.
 * Does nothing in a database that has no such function yet.
 */
export async function moveDatabaseClock(adminUrl: string, aheadMs: number): Promise<void> {
  const admin = postgres(adminUrl, { max: 1, fetch_types: false, onnotice: () => {} });
  try {
    const [clock] = await admin<{ there: boolean }[]>`SELECT to_regproc('breakglass.now') IS NOT NULL AS there`;
    if (clock?.there !== true) return;
    // Two at once would be refused by PostgreSQL; so they take turns.
    await admin.unsafe(`
      SELECT pg_advisory_xact_lock(${LOCK});
      CREATE OR REPLACE FUNCTION breakglass.now() RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
      BEGIN
        RETURN pg_catalog.clock_timestamp() + interval '${Math.round(aheadMs)} milliseconds';
      END $$`);
  } finally {
    await admin.end({ timeout: 1 });
  }
}
