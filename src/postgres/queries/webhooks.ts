import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { shortHead } from "../../domain/events/hash.js";
import { bypassName } from "../../domain/events/names.js";
import type { SentEntry } from "../../domain/webhooks/cloud-event.js";
import type { EntryAddress } from "../../domain/webhooks/effects.js";
import type { ParamOf, QueryRunner } from "../connection/query-runner.js";
import { commands, trail } from "../schema.js";

const columns = { seq: trail.seq, hash: trail.hash, body: trail.body };

const waiting = z.object({ webhook: z.string(), waiting: z.int(), oldestSeconds: z.int() });

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
  return {
    webhookBacklog: backlog,
    entryToSend: async (n: number, address: EntryAddress): Promise<SentEntry | null> => {
      const [entry] = await read(n, address);
      return entry === undefined ? null : { seq: entry.seq, head: shortHead(entry.hash), body: entry.body };
    },
  };
}
