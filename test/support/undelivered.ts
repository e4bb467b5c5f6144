import type { Sql } from "postgres";
import { OFFICE_CLOSED } from "../../src/domain/notices/effects.js";

/**
 * The conditions under which a row `o` of the outbox is not as delivered as it can be: what waits for the office to open, and
 * what waits behind it in its lane, is left out, so that tests end alike at every hour.
 * @param at the clock of the test (ISO), where the office may have opened since it was found closed; left out, it has not
 */
export const undelivered = (sql: Sql, at?: string) => sql`
  o.done_at IS NULL AND NOT EXISTS (
    SELECT FROM breakglass.outbox h WHERE h.n = o.n AND h.lane = o.lane AND h.done_at IS NULL
      AND h.failed_code = ${OFFICE_CLOSED} AND ${at === undefined ? sql`true` : sql`h.run_at > ${at}::timestamptz`})`;
