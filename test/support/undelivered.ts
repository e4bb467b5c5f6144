import type { Sql } from "postgres";
import { OFFICE_CLOSED } from "../../src/domain/notices/effects.js";

/**
 * SQL condition for an outbox row `o` that can be delivered now. Leaves out rows that wait for the office to open, and
 * the rows behind them in their lane, so that tests give the same result at every hour.
 * @param at the clock of the test (ISO), when the office may have opened since a row found it closed; default: it is still closed
 */
export const undelivered = (sql: Sql, at?: string) => sql`
  o.done_at IS NULL AND NOT EXISTS (
    SELECT FROM breakglass.outbox h WHERE h.n = o.n AND h.lane = o.lane AND h.done_at IS NULL
      AND h.failed_code = ${OFFICE_CLOSED} AND ${at === undefined ? sql`true` : sql`h.run_at > ${at}::timestamptz`})`;
