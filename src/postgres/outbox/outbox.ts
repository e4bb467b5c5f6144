import { z } from "zod";
import { OFFICE_CLOSED } from "../../domain/notices/effects.js";
import type { WebhookEffect } from "../../domain/webhooks/effects.js";
import type { Outbox } from "../../usecases/ports/ports.js";
import type { Database } from "../connection/database.js";
import { createQueryRunner, type QueryRunnerOptions } from "../connection/query-runner.js";
import type { Claims } from "./claims.js";
import { messageKeyShape, storedEffect } from "./effect-shape.js";

export interface OutboxOptions extends QueryRunnerOptions {
  /**
   * How long a claim lasts at most, in milliseconds; a minute at most. Then another process can claim the row even if
   * this one lives. Measured on the server's real clock, even if the database's clock was moved.
   */
  readonly leaseMs?: number;
}

const named = z.object({ id: z.string() });
const claimed = named.extend({ n: z.int(), effect: storedEffect, attempt: z.int(), createdAt: z.date() });
const posted = z.object({ channel: z.string(), ts: z.string() });
const postedMessage = posted.extend({ outboxId: z.string() });
const finished = z.object({ next: z.array(z.string()), posted: posted.nullable() });
const waiting = z.object({ waiting: z.int(), oldestSeconds: z.int() });

/** Whatever a webhook still waits for, Slack has its messages. */
const WEBHOOK: WebhookEffect["kind"] = "webhook.send";

const isId = (id: string) => z.uuid().safeParse(id).success;
const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

/** The outbox in PostgreSQL. Every method is one statement. `claims` lists what this process holds. */
export function createOutbox(
  db: Database,
  claims: Claims,
  { leaseMs = 30_000, ...options }: OutboxOptions = {},
): Outbox {
  const { read, write, clock } = createQueryRunner(db, options);
  const { instance } = claims;

  return {
    claim: async (id) => {
      if (!isId(id)) return null;
      const claim = claims.open();
      try {
        const [effect] = await write(
          "outbox claim",
          claimed,
          (sql) => sql`
            SELECT id, n, effect, attempt, created_at AS "createdAt"
            FROM breakglass.outbox_claim(${id}::uuid, ${instance}, ${claim}::integer, ${leaseMs}::bigint)`,
        );
        if (effect !== undefined) {
          claims.grant(claim, id);
          return effect;
        }
      } catch (fault) {
        // If it takes effect after all, the next heartbeat finds a claim that nobody works on.
        claims.end(claim);
        throw fault;
      }
      claims.end(claim);
      return null;
    },
    claimable: async (limit) =>
      // Raw: it compares rows of one table with each other and with two clocks, in the words of `outbox_claim`.
      idsOf(
        await read(
          "outbox claimable",
          named,
          (sql) => sql`
            SELECT o.id FROM breakglass.outbox o, (SELECT ${clock(sql)} AS now) c
            WHERE o.done_at IS NULL AND o.run_at <= c.now AND (o.lease_until IS NULL OR o.lease_until <= clock_timestamp())
              AND NOT EXISTS (
                SELECT FROM breakglass.outbox e
                WHERE e.n = o.n AND e.lane = o.lane AND e.done_at IS NULL AND e.position < o.position
              )
            ORDER BY o.position LIMIT ${limit}`,
        ),
      ),
    finish: async (id, { posted: at, renderedVersion }) => {
      const [row] = await write(
        "outbox finish",
        z.object({ result: finished }),
        (sql) => sql`
          SELECT breakglass.outbox_finish(${id}::uuid, ${at?.channel ?? null}, ${at?.ts ?? null},
            ${renderedVersion ?? null}::integer) AS result`,
      );
      claims.letGo(id);
      return row?.result ?? { next: [], posted: null };
    },
    fail: async (id, code) => {
      const next = await write(
        "outbox fail",
        named,
        (sql) => sql`
          SELECT next AS id
          FROM breakglass.outbox_fail(${id}::uuid, ${instance}, ${claims.holding(id)}::integer, ${code}) AS next`,
      );
      claims.letGo(id);
      return { next: idsOf(next) };
    },
    release: async (id, delayMs, code) => {
      const claim = claims.holding(id);
      claims.letGo(id);
      await write(
        "outbox release",
        z.object({}),
        (sql) => sql`
          SELECT breakglass.outbox_release(${id}::uuid, ${instance}, ${claim}::integer, ${Math.ceil(delayMs)}::bigint,
            ${code})`,
      );
    },
    putOff: async (id, delayMs, code) => {
      const claim = claims.holding(id);
      claims.letGo(id);
      await write(
        "outbox put off",
        z.object({}),
        (sql) => sql`
          SELECT breakglass.outbox_put_off(${id}::uuid, ${instance}, ${claim}::integer, ${Math.ceil(delayMs)}::bigint,
            ${code})`,
      );
    },
    posted: async (n, key) => {
      // Raw: a subquery on the same table, by the columns of the outer row.
      const [row] = await read(
        "outbox posted",
        postedMessage.extend({ renderedVersion: z.int() }),
        (sql) => sql`
          SELECT p.posted_channel AS channel, p.posted_ts AS ts, p.id AS "outboxId", coalesce(
            (SELECT max(o.rendered_version) FROM breakglass.outbox o WHERE o.n = p.n AND o.message_key = p.message_key),
            0) AS "renderedVersion"
          FROM breakglass.outbox p WHERE p.n = ${n} AND p.message_key = ${key} AND p.posted_ts IS NOT NULL
          ORDER BY p.position DESC LIMIT 1`,
      );
      return row ?? null;
    },
    allPosted: async (n) => {
      // Raw, like `posted`, so that both read the same rows in the same words.
      const rows = await read(
        "outbox all posted",
        postedMessage.extend({ key: z.string() }),
        (sql) => sql`
          SELECT message_key AS key, posted_channel AS channel, posted_ts AS ts, id AS "outboxId" FROM breakglass.outbox
          WHERE n = ${n} AND message_key IS NOT NULL AND posted_ts IS NOT NULL ORDER BY position`,
      );
      // A key that names no message is skipped: it must not keep the messages after it from being rendered.
      return rows.flatMap(({ key: stored, ...at }) => {
        const key = messageKeyShape.safeParse(stored);
        return key.success ? [{ key: key.data, at }] : [];
      });
    },
    neverTried: async (ids) =>
      idsOf(
        await read(
          "outbox never tried",
          named,
          (sql) => sql`
            SELECT o.id FROM breakglass.outbox o
            WHERE o.id::text IN (SELECT jsonb_array_elements_text(${sql.json([...ids])})) AND o.done_at IS NULL
              AND o.attempts = 0`,
        ),
      ),
    underWayBefore: async (id) => {
      // Raw: it compares rows of one table with each other and with the server's own clock.
      const [row] = await read(
        "outbox under way",
        z.object({ is: z.boolean() }),
        (sql) => sql`
          SELECT EXISTS (SELECT FROM breakglass.outbox e WHERE e.n = o.n AND e.position < o.position AND e.done_at IS NULL
            AND e.lease_until > clock_timestamp() AND e.effect ->> 'kind' <> ${WEBHOOK}) AS is
          FROM breakglass.outbox o WHERE o.id = ${id}::uuid`,
      );
      return row?.is ?? false;
    },
    backlog: async () => {
      // Raw: an aggregate with a filter and arithmetic on the clock, which the builder has no words for.
      const [row] = await read(
        "outbox backlog",
        waiting,
        (sql) => sql`
          SELECT count(*)::integer AS waiting, coalesce(greatest(0, floor(extract(epoch FROM ${clock(sql)}
            - min(created_at) FILTER (WHERE failed_code IS DISTINCT FROM ${OFFICE_CLOSED})))), 0)::integer AS "oldestSeconds"
          FROM breakglass.outbox WHERE done_at IS NULL AND effect ->> 'kind' <> ${WEBHOOK}`,
      );
      return row ?? { waiting: 0, oldestSeconds: 0 };
    },
  };
}
