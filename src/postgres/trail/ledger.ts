import { z } from "zod";
import { bypassName } from "../../domain/events/names.js";
import { readEntry } from "../../domain/events/read-entry.js";
import type { Ledger } from "../../usecases/ports/ports.js";
import type { Database } from "../connection/database.js";
import { createQueryRunner, type QueryRunnerOptions } from "../connection/query-runner.js";
import { createBatcher } from "./batcher.js";
import { commitResult, isStorable, type WireItem, wireItem } from "./wire.js";

/** The more travel together, the rarer the wait for the disk; beyond this, one waits too long for all. */
const MAX_BATCH = 64;

type RedactJob = { readonly item: WireItem; readonly seq: number; readonly field: string };

const REJECTED = {
  ok: false,
  why: "rejected",
  detail: "a string holds a character that PostgreSQL cannot store",
} as const;

const time = z.object({ now: z.date() });
const loaded = time.extend({ body: z.string().nullable() });

/** The trail in PostgreSQL. Every write is one statement; see `drizzle/functions/`. */
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

  const redact = createBatcher({
    max: 1,
    deadlineMs,
    send: async (jobs: readonly RedactJob[]) => {
      const rows = await Promise.all(
        jobs.map(({ item, seq, field }) =>
          once(
            "redact",
            z.object({ result: commitResult }),
            (sql) => sql`
              SELECT breakglass.redact(${sql.json(item)}, ${seq}::bigint, ${field}) AS result`,
          ),
        ),
      );
      return rows.flat().map(({ result }) => result);
    },
  });

  return {
    load: async (n) => {
      const rows = await read(
        "load",
        loaded,
        (sql) => sql`
          SELECT t.body, c.now FROM (SELECT ${clock(sql)} AS now) c
          LEFT JOIN breakglass.trail t ON t.stream = ${bypassName(n)} ORDER BY t.version`,
      );
      return { entries: rows.flatMap(({ body }) => (body === null ? [] : [readEntry(body)])), now: clockOf(rows) };
    },
    now: async () => clockOf(await read("now", time, (sql) => sql`SELECT ${clock(sql)} AS now`)),
    known: async (commandId) => {
      const rows = await read(
        "known",
        z.object({}),
        (sql) => sql`SELECT FROM breakglass.commands WHERE id = ${commandId}`,
      );
      return rows.length > 0;
    },
    commit: async (item) => {
      const wire = wireItem(item);
      if (!isStorable(wire)) return REJECTED;
      const { result, doubt } = await commit(wire);
      // Whoever asked once has an answer for one change, even if we had to send it twice.
      return result.ok && doubt ? { ...result, duplicate: false } : result;
    },
    lookAgain: async (n, version, at) => {
      await write(
        "postpone follow-up",
        z.object({}),
        (sql) => sql`SELECT breakglass.postpone_follow_up(${n}, ${version}, ${at}::timestamptz)`,
      );
    },
    homeOpened: async (account) => {
      await write("home opened", z.object({}), (sql) => sql`SELECT breakglass.home_opened(${account})`);
    },
    keepDraft: async (n, account, form) => {
      if (!isStorable(form)) return;
      const content = {
        ...form,
        actions: form.actions.map((one) => ({ ...one })),
        gatesAtFault: [...form.gatesAtFault],
      };
      await write(
        "keep draft",
        z.object({}),
        (sql) => sql`SELECT breakglass.keep_draft(${n}, ${account}, ${sql.json(content)})`,
      );
    },
    redact: async (item, { seq, field }) => {
      const wire = wireItem(item);
      if (!isStorable(wire)) return REJECTED;
      const { result, doubt } = await redact({ item: wire, seq, field });
      return result.ok && doubt ? { ...result, duplicate: false } : result;
    },
  };
}

function clockOf(rows: readonly { now: Date }[]): Date {
  const now = rows[0]?.now;
  if (now === undefined) throw new Error("PostgreSQL did not tell the time.");
  return now;
}
