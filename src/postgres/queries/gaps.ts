import { and, asc, desc, eq, isNotNull, sql } from "drizzle-orm";
import { openBody } from "../../domain/events/body.js";
import { shortHead } from "../../domain/events/hash.js";
import type { Queries, RecordedGap } from "../../usecases/ports/ports.js";
import type { ParamOf, QueryRunner } from "../connection/query-runner.js";
import { bypasses, trail } from "../schema.js";

/** How many of the newest alerts are asked for their channels. */
const NEWEST_ALERTS = 100;

/** `null` for an entry that cannot be read: whoever has the run-time password could keep every start from it. */
function gapOf(body: string): RecordedGap | "none" | null {
  try {
    const { event, at } = openBody(body);
    return event.type === "trail.gap" ? { event, at } : "none";
  } catch {
    return null;
  }
}

/** Reads what a start compares with the messages in Slack. */
export function createGapQueries({ prepare }: QueryRunner): Pick<Queries, "headsAt" | "alertChannels" | "gaps"> {
  const headsAt = prepare("heads", (db, param: ParamOf<{ positions: readonly number[] }>) =>
    db
      .select({ seq: trail.seq, hash: trail.hash })
      .from(trail)
      .where(sql`${trail.seq} = ANY (${param("positions")}::bigint[])`),
  );
  const alerts = prepare("alert channels", (db, param: ParamOf<{ limit: number }>) =>
    db
      .select({ channel: bypasses.channel })
      .from(bypasses)
      .where(isNotNull(bypasses.alertTs))
      .orderBy(desc(bypasses.n))
      .limit(param("limit")),
  );
  // The condition of the partial index, inline so that the planner sees its literals.
  const isGap = and(eq(trail.stream, "system").inlineParams(), sql.raw(`body LIKE '%"type":"trail.gap"%'`));
  const gaps = prepare("gaps", (db) =>
    db.select({ seq: trail.seq, body: trail.body }).from(trail).where(isGap).orderBy(asc(trail.seq)),
  );

  return {
    headsAt: async (positions) =>
      new Map((await headsAt({ positions })).map(({ seq, hash }) => [seq, shortHead(hash)])),
    alertChannels: async () => [...new Set((await alerts({ limit: NEWEST_ALERTS })).map(({ channel }) => channel))],
    gaps: async () => {
      const read = (await gaps({})).map(({ seq, body }) => ({ seq, gap: gapOf(body) }));
      return {
        gaps: read.flatMap(({ gap }) => (gap === null || gap === "none" ? [] : [gap])),
        unreadable: read.flatMap(({ seq, gap }) => (gap === null ? [seq] : [])),
      };
    },
  };
}
