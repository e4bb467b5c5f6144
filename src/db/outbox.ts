import { z } from "zod";
import type { Effect } from "../domain/bypass/effects.js";
import type { Outbox } from "../usecases/ports.js";
import type { Database } from "./client.js";
import { patiently } from "./trail/patience.js";

export interface OutboxOptions {
  /** Added to the database's clock, in milliseconds; only demo and tests move time. */
  readonly clockOffsetMs?: () => number;
  /** From the asking to the answer or `NotRecorded`, in milliseconds; retries included. */
  readonly deadlineMs?: number;
  /** After this long a claimed row may be claimed by somebody else. */
  readonly leaseMs?: number;
}

const KINDS = ["alert.post", "thread.post", "dm.post", "message.update", "redraw", "page"] satisfies Effect["kind"][];

/** Written by the commit from an `Effect` and never changed; only its kind is checked again. */
const isEffect = (value: unknown): value is Effect => z.looseObject({ kind: z.enum(KINDS) }).safeParse(value).success;

const claimed = z.object({
  id: z.string(),
  n: z.int(),
  effect: z.custom<Effect>(isEffect),
  attempt: z.int(),
  createdAt: z.date(),
});

const isId = (id: string) => z.uuid().safeParse(id).success;

/** The outbox in PostgreSQL; every function is one statement. */
export function createOutbox(
  db: Database,
  { clockOffsetMs = () => 0, deadlineMs = 2_000, leaseMs = 30_000 }: OutboxOptions = {},
): Outbox {
  const tryMs = Math.ceil(deadlineMs * 0.6);
  const offset = () => Math.round(clockOffsetMs());
  const asked = (label: string) => ({ label, deadlineMs: tryMs });
  const read = <T>(ask: () => Promise<T>) => patiently(ask, deadlineMs, "read");
  const write = <T>(ask: () => Promise<T>) => patiently(ask, deadlineMs, "write");
  // Which try this process holds: only its holder gives a row up or back, and not when it was claimed again since.
  const held = new Map<string, number>();

  const attemptOf = (id: string) => {
    const attempt = held.get(id) ?? null;
    held.delete(id);
    return attempt;
  };

  return {
    claim: (id) =>
      write(async () => {
        if (!isId(id)) return null;
        const [row] = await db.query(
          (sql) => sql`
            SELECT id, n, effect, attempt, created_at AS "createdAt"
            FROM breakglass.outbox_claim(${id}::uuid, ${leaseMs}::bigint, ${offset()}::bigint)`,
          asked("outbox claim"),
        );
        if (row === undefined) return null;
        const effect = claimed.parse(row);
        held.set(id, effect.attempt);
        return effect;
      }),
    claimable: (limit) =>
      read(async () => {
        const rows = await db.query<{ id: string }>(
          (sql) => sql`
            SELECT o.id FROM breakglass.outbox o, (SELECT clock_timestamp() + ${offset()} * interval '1 millisecond' AS now) c
            WHERE o.done_at IS NULL AND o.run_at <= c.now AND (o.lease_until IS NULL OR o.lease_until <= c.now)
              AND NOT EXISTS (
                SELECT FROM breakglass.outbox e
                WHERE e.n = o.n AND e.lane = o.lane AND e.done_at IS NULL AND e.position < o.position
              )
            ORDER BY o.position LIMIT ${limit}`,
          asked("outbox claimable"),
        );
        return rows.map(({ id }) => id);
      }),
    finish: async (id, { posted, renderedVersion }) => {
      held.delete(id);
      return write(async () => {
        const rows = await db.query<{ id: string }>(
          (sql) => sql`
            SELECT next AS id FROM breakglass.outbox_finish(${id}::uuid, ${posted?.channel ?? null}, ${posted?.ts ?? null},
              ${renderedVersion ?? null}::integer, ${offset()}::bigint) AS next`,
          asked("outbox finish"),
        );
        return { next: rows.map((row) => row.id) };
      });
    },
    fail: async (id, code) => {
      const attempt = attemptOf(id);
      return write(async () => {
        const rows = await db.query<{ id: string }>(
          (sql) => sql`
            SELECT next AS id
            FROM breakglass.outbox_fail(${id}::uuid, ${attempt}::integer, ${code}, ${offset()}::bigint) AS next`,
          asked("outbox fail"),
        );
        return { next: rows.map((row) => row.id) };
      });
    },
    release: async (id, delayMs, code) => {
      const attempt = attemptOf(id);
      await write(() =>
        db.query(
          (sql) => sql`
            SELECT breakglass.outbox_release(${id}::uuid, ${attempt}::integer, ${Math.ceil(delayMs)}::bigint, ${code},
              ${offset()}::bigint)`,
          asked("outbox release"),
        ),
      );
    },
    posted: (n, key) =>
      read(async () => {
        const [row] = await db.query<{ channel: string; ts: string; renderedVersion: number }>(
          (sql) => sql`
            SELECT p.posted_channel AS channel, p.posted_ts AS ts, coalesce(
              (SELECT max(o.rendered_version) FROM breakglass.outbox o WHERE o.n = p.n AND o.message_key = p.message_key),
              0) AS "renderedVersion"
            FROM breakglass.outbox p WHERE p.n = ${n} AND p.message_key = ${key} AND p.posted_ts IS NOT NULL
            ORDER BY p.position LIMIT 1`,
          asked("outbox posted"),
        );
        return row === undefined ? null : { ...row };
      }),
    allPosted: (n) =>
      read(async () => {
        const rows = await db.query<{ key: string; channel: string; ts: string }>(
          (sql) => sql`
            SELECT message_key AS key, posted_channel AS channel, posted_ts AS ts FROM breakglass.outbox
            WHERE n = ${n} AND message_key IS NOT NULL AND posted_ts IS NOT NULL ORDER BY position`,
          asked("outbox all posted"),
        );
        return rows.map(({ key, channel, ts }) => ({ key, at: { channel, ts } }));
      }),
    backlog: () =>
      read(async () => {
        const [row] = await db.query<{ waiting: number; oldestSeconds: number }>(
          (sql) => sql`
            SELECT count(*)::integer AS waiting, coalesce(greatest(0, floor(extract(epoch FROM
              clock_timestamp() + ${offset()} * interval '1 millisecond' - min(created_at)))), 0)::integer AS "oldestSeconds"
            FROM breakglass.outbox WHERE done_at IS NULL`,
          asked("outbox backlog"),
        );
        return { waiting: row?.waiting ?? 0, oldestSeconds: row?.oldestSeconds ?? 0 };
      }),
  };
}
