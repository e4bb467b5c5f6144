import { DrizzleQueryError, type Placeholder, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { makePgArray } from "drizzle-orm/pg-core";
import { drizzle, type PgRemoteDatabase } from "drizzle-orm/pg-proxy";
import { z } from "zod";
import type { Database, PendingQuery, QueryOptions, Sql, SqlValue } from "./database.js";
import { withRetry } from "./with-retry.js";

export interface QueryRunnerOptions {
  /** From the call to the answer or `NotRecorded`, in milliseconds, including retries; 2,000 by default. */
  readonly deadlineMs?: number;
}

/** Writes one raw statement with the given tag. */
export type Build = (sql: Sql) => PromiseLike<readonly object[]>;

/** Names a parameter of a prepared read. Each call passes its value. */
export type ParamOf<Params> = (name: keyof Params & string) => Placeholder;

/** Writes a read with Drizzle's query builder. Called once, so every value that changes must be a parameter. */
export type BuildRead<Params, Row> = (
  db: PgRemoteDatabase,
  param: ParamOf<Params>,
) => { prepare(name: string): { execute(values?: object): Promise<Row[]> } };

/** Runs statements with retries, a deadline for all tries, and a shorter one for each. */
export interface QueryRunner {
  /** For all tries together, in milliseconds. */
  readonly deadlineMs: number;
  /** {@link databaseNow} for raw statements. */
  clock(sql: Sql): SqlValue;
  /** Builds a read once. Each call retries until it gets an answer. @throws NotRecorded when the deadline passes */
  prepare<Params extends object, Row>(
    label: string,
    build: BuildRead<Params, Row>,
  ): (params: Params) => Promise<readonly Row[]>;
  /** Runs a raw statement once, for callers that retry themselves. */
  once<Row extends z.ZodType>(label: string, row: Row, build: Build): Promise<z.output<Row>[]>;
  /** Retries a raw read until it gets an answer. @throws NotRecorded when the deadline passes */
  read<Row extends z.ZodType>(label: string, row: Row, build: Build): Promise<z.output<Row>[]>;
  /**
   * Like `read`, for writes that may safely run twice.
   * @throws NotRecorded `unknown` when a try may have taken effect
   */
  write<Row extends z.ZodType>(label: string, row: Row, build: Build): Promise<z.output<Row>[]>;
}

/** The share of the deadline that one try may take, so that a hung connection leaves time for another try. */
const SHARE_OF_TRY = 0.6;

/**
 * The database's clock. As a subquery it is read once per statement, after the snapshot, and a comparison with it can
 * use an index. `QueryRunner.clock` is the same for raw statements. All reads of the time go through these two.
 */
export const databaseNow: SQL<Date> = sql<Date>`(SELECT breakglass.now())`;

/** Returns the rows of a one-column subquery as a list, empty if there are none. */
export const listOf = <T>(query: SQLWrapper): SQL<readonly T[]> => sql<readonly T[]>`to_json(ARRAY${query})`;

/** Creates the runner through which the ledger, the outbox and the queries talk to PostgreSQL. */
export function createQueryRunner(db: Database, { deadlineMs = 2_000 }: QueryRunnerOptions = {}): QueryRunner {
  const tryMs = Math.ceil(deadlineMs * SHARE_OF_TRY);
  const once: QueryRunner["once"] = async (label, row, build) =>
    z.array(row).parse(await db.query(build, { label, deadlineMs: tryMs }));

  return {
    deadlineMs,
    clock: (tag): PendingQuery<object[]> => tag`(SELECT breakglass.now())`,
    prepare: (label, build) => {
      const readOnce = prepareRead(db, { label, deadlineMs: tryMs }, build);
      return (params) => withRetry(() => readOnce(params), deadlineMs, "read");
    },
    once,
    read: (label, row, build) => withRetry(() => once(label, row, build), deadlineMs, "read"),
    write: (label, row, build) => withRetry(() => once(label, row, build), deadlineMs, "write"),
  };
}

/**
 * Builds a read with Drizzle. Each call is one try. The statement goes to the driver as a tagged template, because
 * Drizzle's own driver calls `unsafe`, which hangs when connections are killed. For reads only: a jsonb parameter would
 * arrive as a JSON string.
 */
export function prepareRead<Params extends object, Row>(
  database: Database,
  options: QueryOptions,
  build: BuildRead<Params, Row>,
): (params: Params) => Promise<readonly Row[]> {
  // The driver caches every template forever, so all calls share one.
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
      // Drizzle's own error quotes the parameters and hides whether a retry makes sense.
      throw fault instanceof DrizzleQueryError && fault.cause !== undefined ? fault.cause : fault;
    }
  };
}

interface Template {
  readonly template: TemplateStringsArray;
  /** The index of the parameter in each gap. */
  readonly order: readonly number[];
}

/** Turns Drizzle's text with `$1`, `$2`… into a tagged template. */
function templateOf(text: string): Template {
  const parts = text.split(/\$(\d+)/);
  const strings = parts.filter((_, at) => at % 2 === 0);
  const order = parts.filter((_, at) => at % 2 === 1).map((number) => Number(number) - 1);
  return { template: Object.assign(strings, { raw: [...strings] }), order };
}

/** Encodes lists in PostgreSQL's array notation: without fetching types from the server, the driver knows no arrays. */
function encode(value: unknown): string | number | boolean | Date | null {
  if (value === null || value instanceof Date) return value;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return makePgArray(value);
  throw new TypeError("A read takes texts, numbers, flags, times, null and lists of them as parameters.");
}
