import { desc, gt, sql } from "drizzle-orm";
import type { QueryRunner } from "../connection/query-runner.js";
import { homeViewers } from "../schema.js";

/** Reads who opened the App Home lately, by account. */
export function createHomeViewersQuery({ prepare }: QueryRunner) {
  const viewers = prepare("viewers of the home", (db) =>
    db
      .select({ account: homeViewers.account })
      .from(homeViewers)
      // On the server's real clock, because `home_opened` writes that.
      .where(gt(homeViewers.openedAt, sql`clock_timestamp() - interval '14 days'`))
      .orderBy(desc(homeViewers.openedAt))
      .limit(300),
  );

  return async (): Promise<readonly string[]> => (await viewers({})).map(({ account }) => account);
}
