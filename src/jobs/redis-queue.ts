import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import {
  closeQueueConnection,
  processor,
  QUEUE,
  type QueueConnection,
  type QueueConnectionOptions,
  queueConnectionOf,
  WORKER_OPTIONS,
} from "./queue-connection.js";
import { type RedisAddressOptions, redisOptionsOf } from "./redis-address.js";

/** The prefix of every key. */
export const PREFIX = "breakglass";

/** The key that shows whether Redis takes writes disappears by itself after this time. */
const PROBE_KEPT_MS = 60_000;

const reconnecting = {
  retryStrategy: (times: number) => Math.min(100 * times, 1_000),
  connectTimeout: 5_000,
};

/**
 * Commands fail at once while the connection is down, so that the wake-up can be done in the process. They also time
 * out, because a suspended server leaves the socket open and never answers.
 */
const forQueue = {
  ...reconnecting,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 1,
  commandTimeout: 2_000,
};

/** BullMQ's workers require that commands wait for the connection. */
const forWorker = { ...reconnecting, maxRetriesPerRequest: null };

/**
 * Opens BullMQ on Redis, once the server has the database. From then on the connections reconnect by themselves.
 * @throws when the server cannot be reached, or has no such database
 */
export async function openRedisQueue(url: string, options: QueueConnectionOptions): Promise<QueueConnection> {
  const { onTrouble, onMayEvict, concurrency } = options;
  const address = redisOptionsOf(url);
  await requireDatabase(address);
  const queueConnection = new Redis({ ...address, ...forQueue });
  const workerConnection = new Redis({ ...address, ...forWorker });
  let destroyed = false;
  const trouble = (error: unknown): void => {
    if (!destroyed) onTrouble(error);
  };
  queueConnection.on("error", trouble);
  workerConnection.on("error", trouble);
  queueConnection.on("close", () => trouble(new Error("The connection to Redis was closed.")));
  queueConnection.on("ready", () => void reportEviction(queueConnection, onMayEvict));

  const queue = new Queue(QUEUE, { connection: queueConnection, prefix: PREFIX, streams: { events: { maxLen: 100 } } });
  const worker = new Worker(QUEUE, processor(options), {
    ...WORKER_OPTIONS,
    connection: workerConnection,
    prefix: PREFIX,
    concurrency,
  });

  return {
    ...queueConnectionOf(queue, worker, trouble),
    // A full Redis and a replica still answer reads, so only a write tells whether jobs are taken.
    ping: async () => {
      await queueConnection.set(`${PREFIX}:probe`, "1", "PX", PROBE_KEPT_MS);
    },
    destroy: async () => {
      destroyed = true;
      await closeQueueConnection(queue, worker);
      queueConnection.disconnect();
      workerConnection.disconnect();
    },
  };
}

/** The driver ignores a refused SELECT and works on database 0, so the number is tried first. */
async function requireDatabase({ db, ...address }: RedisAddressOptions): Promise<void> {
  const probe = new Redis({
    ...address,
    lazyConnect: true,
    retryStrategy: null,
    connectTimeout: 5_000,
    commandTimeout: 2_000,
  });
  probe.on("error", () => {});
  try {
    await probe.connect();
    await probe.select(db);
  } finally {
    probe.disconnect();
  }
}

/** Reports a Redis that evicts keys when it is full: a queue needs one that refuses writes instead. */
async function reportEviction(connection: Redis, onMayEvict: (policy: string) => void): Promise<void> {
  const memory = await connection.info("memory").catch(() => "");
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1];
  if (policy !== undefined && policy !== "noeviction") onMayEvict(policy);
}
