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

/** The prefix of every key. */
export const PREFIX = "breakglass";

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

/** Opens BullMQ on Redis. Does not wait for the server; the connections reconnect by themselves. */
export function openRedisQueue(url: string, options: QueueConnectionOptions): QueueConnection {
  const { onTrouble, onMayEvict, concurrency } = options;
  const queueConnection = new Redis(url, forQueue);
  const workerConnection = new Redis(url, forWorker);
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
    destroy: async () => {
      destroyed = true;
      await closeQueueConnection(queue, worker);
      queueConnection.disconnect();
      workerConnection.disconnect();
    },
  };
}

/** Reports a Redis that evicts keys when it is full: a queue needs one that refuses writes instead. */
async function reportEviction(connection: Redis, onMayEvict: (policy: string) => void): Promise<void> {
  const memory = await connection.info("memory").catch(() => "");
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1];
  if (policy !== undefined && policy !== "noeviction") onMayEvict(policy);
}
