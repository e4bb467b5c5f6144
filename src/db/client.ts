import postgres from "postgres";
import { ARRAY_TYPES } from "./client-arrays.js";
import { DatabaseUnavailable, DeadlineExceeded, databaseError, StatementRefused } from "./client-errors.js";
import { createSlots, type Slot } from "./client-slots.js";

export { DatabaseUnavailable, DeadlineExceeded, type Outcome, StatementRefused } from "./client-errors.js";

/** A value that may stand in a statement, or a piece of SQL made with the same tag. */
export type SqlValue = postgres.SerializableParameter | postgres.Fragment | postgres.Fragment[];

/**
 * The only way to write a statement: a tagged template. `begin` and `unsafe` are left out on purpose: under killed
 * connections the driver kept rows of transactions that were rolled back, and `unsafe` hung.
 */
export interface Sql {
  <Row extends object = postgres.Row>(
    template: TemplateStringsArray,
    ...values: readonly SqlValue[]
  ): PendingQuery<Row[]>;
  /** A jsonb parameter. Text from `JSON.stringify` would become a JSON string. */
  json(value: postgres.JSONValue): postgres.Parameter;
}

/** A statement that was written but not sent yet. */
export type PendingQuery<Rows extends object[]> = postgres.PendingQuery<Rows>;

/** How one statement is asked. */
export interface QueryOptions {
  /** What is asked, in the words of the code, for errors and logs; no values. */
  readonly label: string;
  /** In milliseconds, waiting for a free connection included. */
  readonly deadlineMs?: number;
}

/** Single statements with a deadline. A connection that broke, or may be stuck, is replaced and never used again. */
export interface Database {
  /**
   * Sends one statement. `build` is called once.
   * @throws DatabaseUnavailable | DeadlineExceeded | StatementRefused, none of which carries a parameter.
   */
  query<Row extends object>(build: (sql: Sql) => PromiseLike<readonly Row[]>, options: QueryOptions): Promise<Row[]>;
  /** Asks PostgreSQL for nothing; fails like `query` when it does not answer. */
  ping(): Promise<void>;
  /** How often a connection was replaced. */
  readonly generation: number;
  /** Lets running statements finish for at most 5 s, then closes all connections. */
  end(): Promise<void>;
}

/** What a `Database` needs to know. */
export interface DatabaseOptions {
  readonly url: string;
  /** Connections at most. */
  readonly max: number;
  /** For statements that name none of their own; 2,000 ms if left out. */
  readonly deadlineMs?: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /** Calls `fire` after `ms`; the answer takes it back. Tests bring their own. */
  readonly setTimer?: (fire: () => void, ms: number) => () => void;
}

/** Shorter than a deadline, so that a server that takes connections and says nothing is told from a slow one. */
const CONNECT_TIMEOUT_S = 1.5;
const END_TIMEOUT_S = 5;

function openConnection({ url, applicationName }: DatabaseOptions, onclose: () => void): postgres.Sql {
  const options = {
    max: 1,
    max_pipeline: 1,
    // Not asked for: a connection that breaks during the asking ends in a rejection that nobody can catch.
    fetch_types: false,
    types: ARRAY_TYPES,
    connect_timeout: CONNECT_TIMEOUT_S,
    max_lifetime: null,
    onnotice: () => {},
    onclose,
    connection: {
      application_name: applicationName,
      // A statement whose asker has gone is given up by the server, instead of keeping its locks.
      client_connection_check_interval: 1_000,
    },
  };
  return postgres(url, options);
}

const wallTimer = (fire: () => void, ms: number) => {
  const timer = setTimeout(fire, ms);
  return () => clearTimeout(timer);
};

/** Opens a database lazily: the first statement connects. */
export function createDatabase(options: DatabaseOptions): Database {
  const setTimer = options.setTimer ?? wallTimer;
  const slots = createSlots(options.max, (onClose) => openConnection(options, onClose));
  let generation = 0;
  let ended = false;

  const query: Database["query"] = async (build, { label, deadlineMs = options.deadlineMs ?? 2_000 }) => {
    if (ended) throw new DatabaseUnavailable(label, "ENDED", "not_sent");
    const turn = slots.turn();
    let stopTimer = () => {};
    const late = new Promise<never>((_, reject) => {
      stopTimer = setTimer(() => {
        const outcome = turn.leave() ? "not_sent" : "unknown";
        reject(new DeadlineExceeded(label, deadlineMs, outcome));
      }, deadlineMs);
    });
    late.catch(() => {});
    let slot: Slot | undefined;
    try {
      slot = await Promise.race([turn.slot, late]);
      const rows = [...(await Promise.race([build(slot.sql), late]))];
      slots.giveBack(slot);
      return rows;
    } catch (fault) {
      const error = fault instanceof DeadlineExceeded ? fault : databaseError(fault, label);
      if (slot && error instanceof StatementRefused) slots.giveBack(slot);
      else if (slot) {
        generation += 1;
        slots.throwAway(slot);
      }
      throw error;
    } finally {
      stopTimer();
    }
  };

  return {
    query,
    ping: async () => {
      await query((sql) => sql`SELECT 1`, { label: "ping" });
    },
    get generation() {
      return generation;
    },
    end: async () => {
      ended = true;
      await slots.end(END_TIMEOUT_S);
    },
  };
}
