import postgres from "postgres";

/** Which server, and how many connections to it. */
export interface PoolOptions {
  readonly url: string;
  /** Connections at most. */
  readonly max: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
}

/** One connection: a pool of the driver with one member, discarded as soon as that connection closes. */
export interface PooledConnection {
  readonly sql: postgres.Sql;
  closed: boolean;
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
  /** Lets running statements finish for at most `timeoutS` seconds, then closes everything. */
  end(timeoutS: number): Promise<void>;
}

/** Shorter than a query's deadline, to tell a server that accepts connections but never answers from a slow one. */
const CONNECT_TIMEOUT_S = 1.5;

function openConnection({ url, applicationName }: PoolOptions, onclose: () => void): postgres.Sql {
  const options = {
    max: 1,
    max_pipeline: 1,
    // A connection that breaks while the driver fetches types causes a rejection that cannot be caught.
    fetch_types: false,
    connect_timeout: CONNECT_TIMEOUT_S,
    max_lifetime: null,
    onnotice: () => {},
    onclose,
    connection: {
      application_name: applicationName,
      // In milliseconds. The server cancels a statement whose client has gone, instead of keeping its locks.
      client_connection_check_interval: 1_000,
    },
  };
  return postgres(url, options);
}

/**
 * The driver reuses a connection's object after a close, together with its unsent bytes and a dangling timer. That
 * makes statements hang and sends leftovers to the server. This pool discards a closed connection together with its
 * object.
 */
export function createConnectionPool(options: PoolOptions): ConnectionPool {
  const all = new Set<PooledConnection>();
  const idle: PooledConnection[] = [];
  const queue: { take(connection: PooledConnection): void }[] = [];

  const open = (): PooledConnection => {
    const connection: PooledConnection = { closed: false, sql: openConnection(options, () => onClose(connection)) };
    all.add(connection);
    return connection;
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
    if (next) next.take(connection ?? open());
    else if (connection) idle.push(connection);
  };

  const discard = (connection: PooledConnection) => {
    if (!all.delete(connection)) return;
    void connection.sql.end({ timeout: 0 }).catch(() => {});
    serveNext();
  };

  return {
    acquire: () => {
      const ready = idle.pop() ?? (all.size < options.max ? open() : undefined);
      if (ready) return { connection: Promise.resolve(ready), cancel: () => false };
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
      if (connection.closed) discard(connection);
      else serveNext(connection);
    },
    discard,
    end: async (timeoutS) => {
      await Promise.all([...all].map(({ sql }) => sql.end({ timeout: timeoutS }).catch(() => {})));
    },
  };
}
