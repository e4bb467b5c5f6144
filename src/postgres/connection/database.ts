import type postgres from "postgres";
import { DatabaseUnavailable, DeadlineExceeded, databaseError, StatementRefused } from "./errors.js";
import { createConnectionPool, type PooledConnection, type PoolOptions } from "./pool.js";

export { DatabaseUnavailable, DeadlineExceeded, type StatementOutcome, StatementRefused } from "./errors.js";

/** A parameter of a statement, or a piece of SQL made with the same tag. */
export type SqlValue = postgres.SerializableParameter | postgres.Fragment | postgres.Fragment[];

/**
 * The only way to write a raw statement: a tagged template. `begin` and `unsafe` are left out on purpose: when
 * connections are killed, the driver has kept rows of rolled-back transactions, and `unsafe` has hung. The driver knows
 * no array types, so lists are passed as JSON.
 */
export interface Sql {
  <Row extends object = postgres.Row>(
    template: TemplateStringsArray,
    ...values: readonly SqlValue[]
  ): PendingQuery<Row[]>;
  /** A jsonb parameter. Text from `JSON.stringify` would become a JSON string. */
  json(value: postgres.JSONValue): postgres.Parameter;
}

/** A statement that has not been sent yet. */
export type PendingQuery<Rows extends object[]> = postgres.PendingQuery<Rows>;

/** How one statement runs. */
export interface QueryOptions {
  /** What the statement is for, for errors and logs. Holds no values. */
  readonly label: string;
  /** In milliseconds, including the wait for a free connection. */
  readonly deadlineMs?: number;
}

/**
 * Runs single statements with a deadline. A connection that broke or may be stuck is replaced and never reused. One that
 * stays silent past a deadline has the idle ones replaced with it, and one whose session is outdated all of them.
 */
export interface Database {
  /**
   * Sends one statement. `build` is called once.
   * @throws DatabaseUnavailable | DeadlineExceeded | StatementRefused, none of which carries a parameter.
   */
  query<Row extends object>(build: (sql: Sql) => PromiseLike<readonly Row[]>, options: QueryOptions): Promise<Row[]>;
  /** Runs a trivial statement. Throws like `query`. */
  ping(): Promise<void>;
  /** Lets running statements finish for at most 5 s, then closes all connections. */
  end(): Promise<void>;
}

export interface DatabaseOptions extends PoolOptions {
  /** For statements without their own deadline, in milliseconds; 2,000 by default. */
  readonly deadlineMs?: number;
  /** Calls `fire` after `ms` milliseconds; the returned function cancels it. Tests pass their own. */
  readonly setTimer?: (fire: () => void, ms: number) => () => void;
  /** Called each time a connection is replaced. */
  readonly onReplaced?: () => void;
}

const END_TIMEOUT_S = 5;

/**
 * SQLSTATEs that an old connection may go on answering with while a new one would not: it leads to what has become a
 * standby (25006), keeps a setting of the session that was lifted since (a timeout, an isolation level), or was given
 * another session by a pooler, without its prepared statements. `BG010` is what our own probe says of a setting.
 */
const OF_THE_SESSION = /^(25006|25001|57014|25P04|26000|42P05|BG010)$/;

/** True if every connection may be outdated, so that all are to be replaced. */
export function isOfTheSession(error: unknown): boolean {
  return error instanceof StatementRefused && OF_THE_SESSION.test(error.code);
}

const wallTimer = (fire: () => void, ms: number) => {
  const timer = setTimeout(fire, ms);
  return () => clearTimeout(timer);
};

/** Creates a database that connects at its first statement. */
export function createDatabase(options: DatabaseOptions): Database {
  const setTimer = options.setTimer ?? wallTimer;
  const pool = createConnectionPool(options);
  let ended = false;

  const query: Database["query"] = async (build, { label, deadlineMs = options.deadlineMs ?? 2_000 }) => {
    if (ended) throw new DatabaseUnavailable(label, "ENDED", "not_sent");
    const acquisition = pool.acquire();
    let stopTimer = () => {};
    const late = new Promise<never>((_, reject) => {
      stopTimer = setTimer(() => {
        const outcome = acquisition.cancel() ? "not_sent" : "unknown";
        reject(new DeadlineExceeded(label, deadlineMs, outcome));
      }, deadlineMs);
    });
    late.catch(() => {});
    let connection: PooledConnection | undefined;
    try {
      connection = await Promise.race([acquisition.connection, late]);
      const rows = [...(await Promise.race([build(connection.sql), late]))];
      pool.release(connection);
      return rows;
    } catch (fault) {
      const error = fault instanceof DeadlineExceeded ? fault : databaseError(fault, label);
      if (connection) {
        if (isOfTheSession(error)) pool.replaceAll();
        else if (error instanceof DeadlineExceeded) pool.replaceSilent(connection);
        if (error instanceof StatementRefused && !isOfTheSession(error)) pool.release(connection);
        else {
          pool.discard(connection);
          options.onReplaced?.();
        }
      }
      throw error;
    } finally {
      stopTimer();
    }
  };

  return {
    query,
    ping: async () => {
      // Raw: Drizzle's builder selects only from a table.
      await query((sql) => sql`SELECT 1`, { label: "ping" });
    },
    end: async () => {
      ended = true;
      await pool.end(END_TIMEOUT_S);
    },
  };
}
