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
import { within } from "../lib/within.js";
import {
  closeQueueConnection,
  processor,
  QUEUE,
  type QueueConnection,
  type QueueConnectionOptions,
  queueConnectionOf,
  WORKER_OPTIONS,
} from "./queue-connection.js";

const { Queue, Worker } = withBackend(createPostgresBackend);

/** One connection listens all the time; the others carry short statements. */
const CONNECTIONS = 5;

/** BullMQ on PostgreSQL, as the role of `url`, which owns the schema `bullmq` and nothing else. */
export async function openPostgresQueue(url: string, options: QueueConnectionOptions): Promise<QueueConnection> {
  const { onTrouble, concurrency } = options;
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS,
    application_name: "breakglass-jobs",
    // BullMQ's statements name no schema. None of them waits for the disk: a wake-up that a crash takes along is one that
    // the sweep makes up for, and the waiting would be most of the time that a wake-up takes.
    options: `-c search_path=${DEFAULT_SCHEMA} -c synchronous_commit=off`,
    keepAlive: true,
    connectionTimeoutMillis: 3_000,
    query_timeout: 5_000,
  });
  let destroyed = false;
  const trouble = (error: unknown): void => {
    if (!destroyed) onTrouble(error);
  };
  pool.on("error", trouble);
  // The pool listens only while a connection is idle; one that is lost while it is lent out would end the process.
  pool.on("connect", (client) => client.on("error", trouble));
  const endPool = () => within(1_000, "Closing the connections to PostgreSQL", pool.end()).catch(() => {});

  try {
    await bringSchemaUpToDate(pool);
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

/** BullMQ describes pools in a type of its own, and tells by looking whether it was given one. */
function asBullPool(pool: unknown): PgPool {
  if (!isPgPool(pool)) throw new TypeError("This release of pg makes pools that BullMQ does not know.");
  return pool;
}

/**
 * BullMQ begins with `CREATE SCHEMA IF NOT EXISTS`, which PostgreSQL refuses a role that may not create schemas even
 * when the schema is there. Ours may not, so that statement is left out.
 */
async function bringSchemaUpToDate(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    const found = await client.query("SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1", [DEFAULT_SCHEMA]);
    const there = found.rowCount === 1;
    const all: PgQueryable = client;
    const session: PgQueryable = {
      query: async (text, params) =>
        there && text.startsWith("CREATE SCHEMA IF NOT EXISTS") ? { rows: [] } : all.query(text, params),
    };
    await runMigrations(session, DEFAULT_SCHEMA);
  } finally {
    client.release();
  }
}
