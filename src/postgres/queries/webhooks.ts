import { and, asc, eq, gte, sql } from "drizzle-orm";
import { z } from "zod";
import { shortHead } from "../../domain/events/hash.js";
import { bypassName, parseBypassName } from "../../domain/events/names.js";
import type { SentEntry } from "../../domain/webhooks/cloud-event.js";
import type { EntryAddress } from "../../domain/webhooks/effects.js";
import type { WebhookQueries, WebhookStanding } from "../../usecases/ports/ports.js";
import type { ParamOf, QueryRunner } from "../connection/query-runner.js";
import { commands, trail } from "../schema.js";

const columns = { seq: trail.seq, stream: trail.stream, version: trail.version, hash: trail.hash, body: trail.body };

const waiting = z.object({ webhook: z.string(), waiting: z.int(), oldestSeconds: z.int() });

const standing = waiting.extend({
  deliveredAt: z.date().nullable(),
  waitingCode: z.string().nullable(),
  givenUp: z.int(),
  givenUpAt: z.date().nullable(),
});

interface Replay {
  readonly since: number;
  readonly stream: string | null;
  readonly types: readonly string[];
  readonly limit: number;
}

/** Creates the reads of entries that are sent to webhooks. */
export function createWebhookQueries(runner: QueryRunner) {
  const { prepare } = runner;
  const ofBypass = prepare("entry for a webhook", (db, param: ParamOf<{ stream: string; version: number }>) =>
    db
      .select(columns)
      .from(trail)
      .where(and(eq(trail.stream, param("stream")), eq(trail.version, param("version")))),
  );
  const ofCommand = prepare("entry of a command for a webhook", (db, param: ParamOf<{ command: string }>) =>
    db
      .select(columns)
      .from(commands)
      .innerJoin(trail, eq(trail.seq, sql`(${commands.result} ->> 'firstSeq')::bigint`))
      .where(and(eq(commands.id, param("command")), eq(trail.stream, "system").inlineParams())),
  );
  const atSeq = prepare("entry at a position for a webhook", (db, param: ParamOf<{ seq: number }>) =>
    db
      .select(columns)
      .from(trail)
      .where(eq(trail.seq, param("seq"))),
  );
  const read = (n: number, address: EntryAddress) => {
    if ("seq" in address) return atSeq({ seq: address.seq });
    if ("command" in address) return ofCommand({ command: address.command });
    return ofBypass({ stream: bypassName(n), version: address.version });
  };
  // Raw: it reads the clock of the database, which the builder has no word for.
  const backlog = () =>
    runner.read(
      "webhook backlog",
      waiting,
      (sql) => sql`
        SELECT effect ->> 'webhook' AS webhook, count(*)::integer AS waiting,
          greatest(0, floor(extract(epoch FROM ${runner.clock(sql)} - min(created_at))))::integer AS "oldestSeconds"
        FROM breakglass.outbox WHERE done_at IS NULL AND effect ->> 'kind' = 'webhook.send' GROUP BY 1 ORDER BY 1 LIMIT 100`,
    );
  // Raw: filtered aggregates, which the builder has no words for.
  const standings = () =>
    runner.read(
      "webhook standings",
      standing,
      (sql) => sql`
        SELECT effect ->> 'webhook' AS webhook, count(*) FILTER (WHERE done_at IS NULL)::integer AS waiting,
          coalesce(greatest(0, floor(extract(epoch FROM ${runner.clock(sql)} - min(created_at) FILTER (WHERE done_at IS NULL)))),
            0)::integer AS "oldestSeconds",
          max(done_at) FILTER (WHERE posted_ts IS NOT NULL) AS "deliveredAt",
          (array_agg(failed_code ORDER BY position DESC) FILTER (WHERE done_at IS NULL AND failed_code IS NOT NULL))[1]
            AS "waitingCode",
          count(*) FILTER (WHERE done_at IS NOT NULL AND failed_code IS NOT NULL)::integer AS "givenUp",
          max(done_at) FILTER (WHERE failed_code IS NOT NULL) AS "givenUpAt"
        FROM breakglass.outbox WHERE effect ->> 'kind' = 'webhook.send' GROUP BY 1 ORDER BY 1 LIMIT 100`,
    );
  const toReplay = prepare("entries to replay", (db, param: ParamOf<Replay>) =>
    db
      .select({ seq: trail.seq })
      .from(trail)
      .where(
        and(
          gte(trail.seq, param("since")),
          sql`(${param("stream")}::text IS NULL OR ${trail.stream} = ${param("stream")})`,
          sql`${trail.body}::jsonb ->> 'type' = ANY (${param("types")}::text[])`,
          sql`(${trail.stream} <> 'system' OR ${trail.body}::jsonb ->> 'type' LIKE 'gate.%')`,
        ),
      )
      .orderBy(asc(trail.seq))
      .limit(param("limit")),
  );
  return {
    webhookBacklog: backlog,
    webhookStandings: async (): Promise<readonly WebhookStanding[]> =>
      (await standings()).map(({ deliveredAt, givenUpAt, ...counts }) => ({
        ...counts,
        deliveredAt: deliveredAt?.toISOString() ?? null,
        givenUpAt: givenUpAt?.toISOString() ?? null,
      })),
    entriesToReplay: async ({ since, n, types, limit }: Parameters<WebhookQueries["entriesToReplay"]>[0]) =>
      (await toReplay({ since, stream: n === null ? null : bypassName(n), types, limit })).map(({ seq }) => seq),
    entryToSend: async (n: number, address: EntryAddress): Promise<SentEntry | null> => {
      const [entry] = await read(n, address);
      if (entry === undefined) return null;
      const { seq, stream, version, hash, body } = entry;
      return { seq, n: parseBypassName(stream), version, head: shortHead(hash), body };
    },
  };
}
