import { DrizzleQueryError } from "drizzle-orm";
import { z } from "zod";
import type { Database, PendingQuery, Sql, SqlValue } from "./client.js";
import { type Reads, readsFor } from "./client-reads.js";
import { patiently } from "./trail/patience.js";

/** What whoever asks PostgreSQL for the use cases needs to know. */
export interface AskerOptions {
  /** From the asking to the answer or `NotRecorded`, in milliseconds; retries included. 2,000 if left out. */
  readonly deadlineMs?: number;
}

/** Writes one statement with the tag it is given. */
export type Build = (sql: Sql) => PromiseLike<readonly object[]>;

/** Asks with a deadline for the whole, a shorter one for each try, and rows that are parsed. */
export interface Asker {
  /** For the whole, in milliseconds. */
  readonly deadlineMs: number;
  /** The database's clock as a piece of a statement, asked once however many rows there are. */
  clock(sql: Sql): SqlValue;
  /** One try, for those who try again themselves. */
  once<Row extends z.ZodType>(label: string, row: Row, build: Build): Promise<z.output<Row>[]>;
  /** Asks until there is an answer. @throws NotRecorded when the deadline passes */
  read<Row extends z.ZodType>(label: string, row: Row, build: Build): Promise<z.output<Row>[]>;
  /** As `read`; for statements that do no harm when they run twice. `unknown` when one may have taken effect. */
  write<Row extends z.ZodType>(label: string, row: Row, build: Build): Promise<z.output<Row>[]>;
  /** As `read`, through Drizzle; `ask` runs once per try. */
  readThroughDrizzle<T>(label: string, ask: (reads: Reads) => PromiseLike<T>): Promise<T>;
}

/** One try takes this share of the deadline at most, so that a hung connection leaves time for another. */
const SHARE_OF_TRY = 0.6;

/** The one way in which ledger, outbox and queries ask. */
export function createAsker(db: Database, { deadlineMs = 2_000 }: AskerOptions = {}): Asker {
  const tryMs = Math.ceil(deadlineMs * SHARE_OF_TRY);
  const once: Asker["once"] = async (label, row, build) =>
    z.array(row).parse(await db.query(build, { label, deadlineMs: tryMs }));

  return {
    deadlineMs,
    clock: (sql): PendingQuery<object[]> => sql`(SELECT breakglass.now())`,
    once,
    read: (label, row, build) => patiently(() => once(label, row, build), deadlineMs, "read"),
    write: (label, row, build) => patiently(() => once(label, row, build), deadlineMs, "write"),
    readThroughDrizzle: (label, ask) => {
      const reads = readsFor(db, { label, deadlineMs: tryMs });
      return patiently(() => unwrapped(ask(reads)), deadlineMs, "read");
    },
  };
}

/** Drizzle's own error hides whether to try again, and quotes the parameters. */
async function unwrapped<T>(asked: PromiseLike<T>): Promise<T> {
  try {
    return await asked;
  } catch (fault) {
    throw fault instanceof DrizzleQueryError && fault.cause !== undefined ? fault.cause : fault;
  }
}
