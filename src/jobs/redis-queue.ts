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
  const { onTrouble, onEviction, concurrency } = options;
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

  const queue = new Queue(QUEUE, { connection: queueConnection, prefix: PREFIX, streams: { events: { maxLen: 100 } } });
  const worker = new Worker(QUEUE, processor(options), {
    ...WORKER_OPTIONS,
    connection: workerConnection,
    prefix: PREFIX,
    concurrency,
  });

  return {
    ...queueConnectionOf(queue, worker, trouble),
    // A full Redis and a replica still answer reads, so only a write tells whether jobs are taken. The policy is read
    // each time as well, because CONFIG SET changes it under an open connection.
    ping: async () => {
      const write = queueConnection.set(`${PREFIX}:probe`, "1", "PX", PROBE_KEPT_MS);
      await Promise.all([write, reportEviction(queueConnection, onEviction)]);
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
const requireDatabase = (address: RedisAddressOptions): Promise<void> => withRedis(address, async () => {});

/**
 * Uses a connection that does not reconnect, on the database of the address or not at all.
 * @throws the server's refusal, or why it cannot be reached
 */
export async function withRedis<T>({ db, ...address }: RedisAddressOptions, use: (redis: Redis) => Promise<T>) {
  const redis = new Redis({
    ...address,
    lazyConnect: true,
    retryStrategy: null,
    connectTimeout: 5_000,
    commandTimeout: 2_000,
  });
  let refusal: unknown;
  redis.on("error", (error) => {
    refusal ??= error;
  });
  try {
    await redis.connect();
    await redis.select(db);
    return await use(redis);
  } catch (fault) {
    // The error of the connection says why; that of the call only that there is none.
    throw refusal ?? fault;
  } finally {
    redis.disconnect();
  }
}

/** The `maxmemory-policy` of a Redis that evicts keys when it is full, or `null`: a queue needs one that refuses writes. */
export async function evictionOf(connection: Redis): Promise<string | null> {
  const policy = /^maxmemory_policy:(\S+)/m.exec(await connection.info("memory"))?.[1];
  return policy === undefined || policy === "noeviction" ? null : policy;
}

/** Reports nothing when Redis does not say: its user may lack the right to ask. */
async function reportEviction(connection: Redis, onEviction: (policy: string | null) => void): Promise<void> {
  const policy = await evictionOf(connection).catch(() => undefined);
  if (policy !== undefined) onEviction(policy);
}
