import postgres from "postgres";

/** An arbitrary key of the advisory lock; everyone who replaces the function must use the same. */
const LOCK = 7_346_112;

/**
 * Moves the clock of a database: replaces `breakglass.now()` with a function that is `aheadMs` ahead of the server's clock.
 * For the demo and the tests; only the owner of the schema can do this. A bot without `clockOffsetMs` restores the real clock
 * when it starts. Does nothing in a database without that function.
 */
export async function moveDatabaseClock(adminUrl: string, aheadMs: number): Promise<void> {
  const admin = postgres(adminUrl, { max: 1, fetch_types: false, onnotice: () => {} });
  try {
    const [clock] = await admin<{ there: boolean }[]>`SELECT to_regproc('breakglass.now') IS NOT NULL AS there`;
    if (clock?.there !== true) return;
    // PostgreSQL refuses two concurrent replacements, so a lock serialises them.
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
