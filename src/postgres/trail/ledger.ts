import { makePgArray } from "drizzle-orm/pg-core";
import { z } from "zod";
import { bypassName } from "../../domain/events/names.js";
import { readEntry } from "../../domain/events/read-entry.js";
import type { CommitItem, CommitResult, Ledger, TextAddress } from "../../usecases/ports/ports.js";
import type { Database } from "../connection/database.js";
import { createQueryRunner, type QueryRunnerOptions } from "../connection/query-runner.js";
import { type Answered, createBatcher } from "./batcher.js";
import { commitResult, isStorable, type WireItem, wireItem } from "./wire.js";

/** Larger batches wait for the disk less often, but beyond this size each item waits too long for the others. */
const MAX_BATCH = 64;

type RedactJob = { readonly item: WireItem; readonly text: TextAddress; readonly origins: readonly number[] };

const NOT_STORABLE = {
  ok: false,
  why: "rejected",
  detail: "a string holds a character that PostgreSQL cannot store",
} as const;

const clockRow = z.object({ now: z.date() });
const loaded = clockRow.extend({ body: z.string().nullable() });

/** The trail in PostgreSQL. Every write is one statement that calls a function of `drizzle/functions/`. */
export function createLedger(db: Database, options: QueryRunnerOptions = {}): Ledger {
  const { once, read, write, clock, deadlineMs } = createQueryRunner(db, options);

  const commit = createBatcher({
    max: MAX_BATCH,
    deadlineMs,
    send: async (items: readonly WireItem[]) => {
      const [row] = await once(
        "commit",
        z.object({ results: z.array(commitResult) }),
        (sql) => sql`SELECT breakglass.commit(${sql.json([...items])}) AS results`,
      );
      return row?.results ?? [];
    },
  });

  // A batch of one, for the batcher's deadline and for what it knows of earlier tries.
  const redact = createBatcher({
    max: 1,
    deadlineMs,
    send: async ([job]: readonly RedactJob[]) => {
      if (job === undefined) return [];
      const rows = await once(
        "redact",
        z.object({ result: commitResult }),
        (sql) =>
          sql`SELECT breakglass.redact(${sql.json(job.item)}, ${job.text.seq}::bigint, ${job.text.field}, ${makePgArray([...job.origins])}::bigint[]) AS result`,
      );
      return rows.map(({ result }) => result);
    },
  });

  return {
    load: async (n) => {
      // Raw, like the two reads below: one statement with the clock, on the path of every click.
      const rows = await read(
        "load",
        loaded,
        (sql) => sql`
          SELECT t.body, c.now FROM (SELECT ${clock(sql)} AS now) c
          LEFT JOIN breakglass.trail t ON t.stream = ${bypassName(n)} ORDER BY t.version`,
      );
      return { entries: rows.flatMap(({ body }) => (body === null ? [] : [readEntry(body)])), now: nowOf(rows) };
    },
    now: async () => nowOf(await read("now", clockRow, (sql) => sql`SELECT ${clock(sql)} AS now`)),
    known: async (commandId, first) => {
      const rows = await read(
        "known",
        z.object({}),
        (sql) => sql`
          SELECT FROM breakglass.commands
          WHERE id = ${commandId} AND (${first ?? null}::text IS NULL OR split_part(events, ' ', 1) = ${first ?? null})`,
      );
      return rows.length > 0;
    },
    commit: (item) => submit(item, commit),
    scheduleFollowUp: async (n, version, at) => {
      await write(
        "schedule follow-up",
        z.object({}),
        (sql) => sql`SELECT breakglass.schedule_follow_up(${n}, ${version}, ${at}::timestamptz)`,
      );
    },
    homeOpened: async (account) => {
      await write("home opened", z.object({}), (sql) => sql`SELECT breakglass.home_opened(${account})`);
    },
    saveDraft: async (n, account, form) => {
      if (!isStorable(form)) return;
      const content = {
        ...form,
        actions: form.actions.map((action) => ({ ...action })),
        gatesAtFault: [...form.gatesAtFault],
      };
      await write(
        "save draft",
        z.object({}),
        (sql) => sql`SELECT breakglass.save_draft(${n}, ${account}, ${sql.json(content)})`,
      );
    },
    redact: (item, text, origins) => submit(item, (wire) => redact({ item: wire, text, origins })),
  };
}

async function submit(
  item: CommitItem,
  send: (wire: WireItem) => Promise<Answered<CommitResult>>,
): Promise<CommitResult> {
  const wire = wireItem(item);
  if (!isStorable(wire)) return NOT_STORABLE;
  const { result, mayHaveCommitted } = await send(wire);
  // The caller made one call: if a retry of ours caused the duplicate, it was not the caller's.
  return result.ok && mayHaveCommitted ? { ...result, duplicate: false } : result;
}

function nowOf(rows: readonly { now: Date }[]): Date {
  const now = rows[0]?.now;
  if (now === undefined) throw new Error("PostgreSQL did not tell the time.");
  return now;
}
