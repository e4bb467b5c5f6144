import { DrizzleQueryError, type Placeholder, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { makePgArray } from "drizzle-orm/pg-core";
import { drizzle, type PgRemoteDatabase } from "drizzle-orm/pg-proxy";
import { z } from "zod";
import type { Database, PendingQuery, QueryOptions, Sql, SqlValue } from "./database.js";
import { patiently } from "./with-retry.js";

export interface QueryRunnerOptions {
  /** From the call to the answer or `NotRecorded`, in milliseconds, retries included; 2,000 by default. */
  readonly deadlineMs?: number;
}

/** Writes one raw statement with the tag it is given. */
export type Build = (sql: Sql) => PromiseLike<readonly object[]>;

/** Names a parameter of a prepared read; its value comes with each call. */
export type ParamOf<Params> = (name: keyof Params & string) => Placeholder;

/** Writes a read with Drizzle's query builder. Called once: every value that changes is a parameter. */
export type BuildRead<Params, Row> = (
  db: PgRemoteDatabase,
  param: ParamOf<Params>,
) => { prepare(name: string): { execute(values?: object): Promise<Row[]> } };

/** Runs statements with a deadline for the whole, a shorter one for each try, and retries. */
export interface QueryRunner {
  /** For the whole, in milliseconds. */
  readonly deadlineMs: number;
  /** `databaseNow` as a piece of a raw statement. */
  clock(sql: Sql): SqlValue;
  /** Builds a read once. Each call retries until there is an answer. @throws NotRecorded when the deadline passes */
  prepare<Params extends object, Row>(
    label: string,
    build: BuildRead<Params, Row>,
  ): (params: Params) => Promise<readonly Row[]>;
  /** One try of a raw statement, for callers that retry themselves. */
  once<Row extends z.ZodType>(label: string, row: Row, build: Build): Promise<z.output<Row>[]>;
  /** Retries a raw read until there is an answer. @throws NotRecorded when the deadline passes */
  read<Row extends z.ZodType>(label: string, row: Row, build: Build): Promise<z.output<Row>[]>;
  /** As `read`, for statements that may safely run twice. `NotRecorded` says `unknown` when one may have taken effect. */
  write<Row extends z.ZodType>(label: string, row: Row, build: Build): Promise<z.output<Row>[]>;
}

/** One try takes at most this share of the deadline, so that a hung connection leaves time for another. */
const SHARE_OF_TRY = 0.6;

/**
 * The database's clock. A subquery, so that a statement reads the clock once, after its snapshot, and an
 * index can serve a comparison with it. `QueryRunner.clock` is the same for raw statements; nothing else asks for the time.
 */
export const databaseNow: SQL<Date> = sql<Date>`(SELECT breakglass.now())`;

/** The rows of a subquery with one column as a list; empty when there is none. */
export const listOf = <T>(query: SQLWrapper): SQL<readonly T[]> => sql<readonly T[]>`to_json(ARRAY${query})`;

/** How the ledger, the outbox and the queries talk to PostgreSQL. */
export function createQueryRunner(db: Database, { deadlineMs = 2_000 }: QueryRunnerOptions = {}): QueryRunner {
  const tryMs = Math.ceil(deadlineMs * SHARE_OF_TRY);
  const once: QueryRunner["once"] = async (label, row, build) =>
    z.array(row).parse(await db.query(build, { label, deadlineMs: tryMs }));

  return {
    deadlineMs,
    clock: (tag): PendingQuery<object[]> => tag`(SELECT breakglass.now())`,
    prepare: (label, build) => {
      const ask = prepareRead(db, { label, deadlineMs: tryMs }, build);
      return (params) => patiently(() => ask(params), deadlineMs, "read");
    },
    once,
    read: (label, row, build) => patiently(() => once(label, row, build), deadlineMs, "read"),
    write: (label, row, build) => patiently(() => once(label, row, build), deadlineMs, "write"),
  };
}

/**
 * Builds a read with Drizzle; each call is one try. The statement goes to the driver as a tagged template: Drizzle's own driver
 * calls `unsafe`, which hangs under killed connections. For reads only: a jsonb parameter would arrive as a JSON string.
 */
export function prepareRead<Params extends object, Row>(
  database: Database,
  options: QueryOptions,
  build: BuildRead<Params, Row>,
): (params: Params) => Promise<readonly Row[]> {
  // The driver keeps every template for good, so there is one for all calls.
  let statement: Template | undefined;
  const db = drizzle(async (text, params) => {
    statement ??= templateOf(text);
    const { template, order } = statement;
    const values = order.map((at) => encode(params[at]));
    return { rows: await database.query((tag) => tag(template, ...values).values(), options) };
  });
  const prepared = build(db, sql.placeholder).prepare(options.label);
  return async (params) => {
    try {
      return await prepared.execute({ ...params });
    } catch (fault) {
      // Drizzle's own error quotes the parameters, and hides whether to try again.
      throw fault instanceof DrizzleQueryError && fault.cause !== undefined ? fault.cause : fault;
    }
  };
}

interface Template {
  readonly template: TemplateStringsArray;
  /** Which parameter stands in each gap. */
  readonly order: readonly number[];
}

/** Drizzle's text with `$1`, `$2`… as the tagged template it would have been. */
function templateOf(text: string): Template {
  const parts = text.split(/\$(\d+)/);
  const strings = parts.filter((_, at) => at % 2 === 0);
  const order = parts.filter((_, at) => at % 2 === 1).map((number) => Number(number) - 1);
  return { template: Object.assign(strings, { raw: [...strings] }), order };
}

/** Text lists go in PostgreSQL's array notation: the driver knows no array types without asking the server for them. */
function encode(value: unknown): string | number | boolean | Date | null {
  if (value === null || value instanceof Date) return value;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return makePgArray(value);
  throw new TypeError("A read takes texts, numbers, flags, times, null and lists of them as parameters.");
}
