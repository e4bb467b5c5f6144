import postgres from "postgres";
import { type PostgresAddress, parsePostgresAddress } from "../../lib/postgres-address/address.js";
import { createSocketOpener, type OpenSocket } from "../../lib/postgres-address/open-socket.js";
import { PostgresSocketError } from "../../lib/postgres-address/socket-error.js";
import { driverOptions } from "./driver-options.js";

/** Which server, and how many connections to it. */
export interface PoolOptions {
  readonly url: string;
  /** Connections at most. A smaller `connection_limit` of the address counts. */
  readonly max: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /**
   * True if a pooler such as PgBouncer is in between: then nothing is kept in the session, neither prepared statements
   * nor settings. An address may say so itself.
   */
  readonly pooled?: boolean;
  /** The major version of the server, if it is known: a newer one has more parameters. */
  readonly major?: number | undefined;
}

/** One connection: a pool of the driver with one member, discarded as soon as that connection closes. */
export interface PooledConnection {
  readonly sql: postgres.Sql;
  closed: boolean;
  /** True if it is not used again, although its statement may still be answered. */
  outdated: boolean;
  /** When it last sent a statement and when it last got an answer, counted in statements of the pool; 0 for never. */
  askedAt: number;
  answeredAt: number;
  /** Destroys the socket. */
  cut(): void;
}

/** A request for a connection. */
export interface Acquisition {
  /** Resolves when a connection is free for this request. */
  readonly connection: Promise<PooledConnection>;
  /** Gives up the request. Returns true if no connection had come free, so nothing was sent. */
  cancel(): boolean;
}

/** At most `max` connections. Each runs one statement at a time, and none is reused after it broke. */
export interface ConnectionPool {
  acquire(): Acquisition;
  release(connection: PooledConnection): void;
  /** Closes the connection without waiting for it, and makes room for another. */
  discard(connection: PooledConnection): void;
  /**
   * Closes what is probably as dead as `silent`: each idle connection that has answered nothing since `silent` was asked.
   * A connection in use is left to its own deadline.
   */
  replaceSilent(silent: PooledConnection): void;
  /** Uses none of the present connections again: the idle ones close now, and each other one with its answer. */
  replaceAll(): void;
  /** Lets running statements finish for at most `timeoutS` seconds, then closes everything. */
  end(timeoutS: number): Promise<void>;
}

/** Shorter than a query's deadline, to tell a server that accepts connections but never answers from a slow one. */
const CONNECT_TIMEOUT_S = 1.5;

interface Opening {
  readonly address: PostgresAddress;
  readonly openSocket: OpenSocket;
  readonly pooled: boolean;
  readonly major: number | undefined;
  readonly applicationName: string;
  readonly signal: AbortSignal;
  readonly onclose: () => void;
}

function openConnection({ onclose, ...rest }: Opening): postgres.Sql {
  const options = {
    ...driverOptions(rest),
    prepare: !rest.pooled,
    connect_timeout: CONNECT_TIMEOUT_S,
    onclose,
  };
  return postgres(options);
}

/**
 * The driver reuses a connection's object after a close, together with its unsent bytes and a dangling timer. That
 * makes statements hang and sends leftovers to the server. This pool discards a closed connection together with its
 * object.
 */
export function createConnectionPool(options: PoolOptions): ConnectionPool {
  const address = parsePostgresAddress(options.url);
  const openSocket = createSocketOpener(address, CONNECT_TIMEOUT_S * 1_000);
  const pooled = options.pooled === true || address.pooled;
  const max = Math.min(options.max, address.connectionLimit ?? options.max);
  const all = new Set<PooledConnection>();
  const idle: PooledConnection[] = [];
  const queue: { take(connection: PooledConnection): void }[] = [];

  const open = (): PooledConnection => {
    const cut = new AbortController();
    const connection: PooledConnection = {
      sql: openConnection({
        address,
        openSocket,
        pooled,
        major: options.major,
        applicationName: options.applicationName,
        signal: cut.signal,
        onclose: () => onClose(connection),
      }),
      closed: false,
      outdated: false,
      askedAt: 0,
      answeredAt: 0,
      cut: () => cut.abort(new PostgresSocketError("CONNECTION_ENDED")),
    };
    all.add(connection);
    return connection;
  };

  /** Counts statements, to tell what came before what without a clock. */
  let asks = 0;
  const asked = (connection: PooledConnection): PooledConnection => {
    asks += 1;
    connection.askedAt = asks;
    return connection;
  };

  const close = ({ sql, cut }: PooledConnection) => {
    void sql
      .end({ timeout: 0 })
      .catch(() => {})
      .finally(cut);
  };

  const onClose = (connection: PooledConnection) => {
    connection.closed = true;
    const at = idle.indexOf(connection);
    if (at < 0) return;
    idle.splice(at, 1);
    all.delete(connection);
  };

  const serveNext = (connection?: PooledConnection) => {
    const next = queue.shift();
    if (next) next.take(asked(connection ?? open()));
    else if (connection) idle.push(connection);
  };

  const discard = (connection: PooledConnection) => {
    if (!all.delete(connection)) return;
    close(connection);
    serveNext();
  };

  const closeIdle = (isOutdated: (connection: PooledConnection) => boolean) => {
    for (const connection of [...idle]) {
      if (!isOutdated(connection)) continue;
      idle.splice(idle.indexOf(connection), 1);
      all.delete(connection);
      close(connection);
    }
  };

  return {
    acquire: () => {
      const ready = idle.pop() ?? (all.size < max ? open() : undefined);
      if (ready) return { connection: Promise.resolve(asked(ready)), cancel: () => false };
      let waiter = { take: (_: PooledConnection) => {} };
      const connection = new Promise<PooledConnection>((resolve) => {
        waiter = { take: resolve };
      });
      queue.push(waiter);
      const cancel = () => {
        const at = queue.indexOf(waiter);
        if (at >= 0) queue.splice(at, 1);
        return at >= 0;
      };
      return { connection, cancel };
    },
    release: (connection) => {
      connection.answeredAt = asks;
      if (connection.closed || connection.outdated) discard(connection);
      else serveNext(connection);
    },
    discard,
    replaceSilent: (silent) => closeIdle(({ answeredAt }) => answeredAt < silent.askedAt),
    replaceAll: () => {
      for (const connection of all) connection.outdated = true;
      closeIdle(() => true);
    },
    end: async (timeoutS) => {
      await Promise.all([...all].map(({ sql }) => sql.end({ timeout: timeoutS }).catch(() => {})));
    },
  };
}
