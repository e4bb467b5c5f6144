import {
  createPostgresBackend,
  DEFAULT_SCHEMA,
  isPgPool,
  type PgPool,
  type PgQueryable,
  runMigrations,
  withBackend,
} from "bullmq";
import { Pool } from "pg";
import { within } from "../lib/deadline.js";
import { parsePostgresAddress } from "../lib/postgres-address/address.js";
import { createSocketOpener } from "../lib/postgres-address/open-socket.js";
import {
  closeQueueConnection,
  processor,
  QUEUE,
  type QueueConnection,
  type QueueConnectionOptions,
  queueConnectionOf,
  WORKER_OPTIONS,
} from "./queue-connection.js";
import { SocketStream } from "./socket-stream.js";

const { Queue, Worker } = withBackend(createPostgresBackend);

/** One connection listens all the time; the others run short statements. */
const CONNECTIONS = 5;
/** With fewer, the connection that listens would leave none for the statements. */
const LEAST_CONNECTIONS = 2;
const CONNECT_TIMEOUT_MS = 3_000;

/** Opens BullMQ on PostgreSQL as the role of `url`, which owns the schema `bullmq` and nothing else. */
export async function openPostgresQueue(url: string, options: QueueConnectionOptions): Promise<QueueConnection> {
  const { onTrouble, concurrency } = options;
  const pool = createPool(url);
  let destroyed = false;
  const trouble = (error: unknown): void => {
    if (!destroyed) onTrouble(error);
  };
  pool.on("error", trouble);
  // The pool handles errors of idle connections only. An unhandled error of a connection in use would end the process.
  pool.on("connect", (client) => client.on("error", trouble));
  const endPool = () => within(1_000, "Closing the connections to PostgreSQL", pool.end()).catch(() => {});

  try {
    await migrateSchema(pool);
  } catch (error) {
    await endPool();
    throw error;
  }
  const connection = asBullPool(pool);
  const queue = new Queue(QUEUE, { connection, streams: { events: { maxLen: 100 } } });
  const worker = new Worker(QUEUE, processor(options), { ...WORKER_OPTIONS, connection, concurrency });

  return {
    ...queueConnectionOf(queue, worker, trouble),
    destroy: async () => {
      destroyed = true;
      await closeQueueConnection(queue, worker);
      await endPool();
    },
  };
}

/** Everything that the address says is given, so that `pg` reads no address and no variable of the environment itself. */
function createPool(url: string): Pool {
  const address = parsePostgresAddress(url);
  const openSocket = createSocketOpener(address, CONNECT_TIMEOUT_MS);
  const own = `-c search_path=${DEFAULT_SCHEMA} -c synchronous_commit=off`;
  return new Pool({
    stream: () => new SocketStream(openSocket),
    host: "localhost",
    port: 5432,
    user: address.user,
    // A function, or an empty password would be looked for in a file.
    password: () => address.password.reveal(),
    database: address.database,
    // Encryption is done by then.
    ssl: false,
    max: Math.max(LEAST_CONNECTIONS, Math.min(CONNECTIONS, address.connectionLimit ?? CONNECTIONS)),
    application_name: address.applicationName ?? "breakglass-jobs",
    // BullMQ's statements name no schema. They need not wait for the disk: the sweep makes up for a wake-up that a
    // crash loses, and the wait would be most of the time that a wake-up takes.
    options: address.sessionOptions === null ? own : `${address.sessionOptions} ${own}`,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: 5_000,
    // After a failover, connections to what has become a standby go on refusing writes.
    maxLifetimeSeconds: 60,
  });
}

/** Narrows a pool of `pg` to BullMQ's own type, with the check that BullMQ itself uses. */
function asBullPool(pool: unknown): PgPool {
  if (!isPgPool(pool)) throw new TypeError("This release of pg makes pools that BullMQ does not know.");
  return pool;
}

/**
 * Runs BullMQ's migrations. They begin with `CREATE SCHEMA IF NOT EXISTS`, which PostgreSQL refuses to a role that may
 * not create schemas, even when the schema exists. The role here may not, so that statement is skipped.
 */
async function migrateSchema(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    const found = await client.query("SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1", [DEFAULT_SCHEMA]);
    const exists = found.rowCount === 1;
    const direct: PgQueryable = client;
    const session: PgQueryable = {
      query: async (text, params) =>
        exists && text.startsWith("CREATE SCHEMA IF NOT EXISTS") ? { rows: [] } : direct.query(text, params),
    };
    await runMigrations(session, DEFAULT_SCHEMA);
  } finally {
    client.release();
  }
}
