import { Redis } from "ioredis";
import { PREFIX } from "./redis-queue.js";

/** What is wrong with Redis. `word` is that of `/readyz`. */
export interface RedisTrouble {
  readonly word: "queue" | "redis_may_evict";
  readonly problem: string;
  readonly mend: string;
}

const LOOK_MS = 3_000;

/** Looks at Redis as the queue would use it: reach, password, a write under the prefix of the queue, and its policy. */
export async function checkRedis(url: string): Promise<readonly RedisTrouble[]> {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    connectTimeout: LOOK_MS,
    commandTimeout: LOOK_MS,
  });
  let lost: Error | null = null;
  redis.on("error", (error) => {
    lost = error;
  });
  try {
    await redis.connect();
    await redis.ping();
    const key = `${PREFIX}:doctor`;
    await redis.set(key, "1", "EX", 10);
    await redis.del(key);
    const policy = /^maxmemory_policy:(\S+)/m.exec(await redis.info("memory"))?.[1];
    return policy === undefined || policy === "noeviction" ? [] : [mayEvict(policy)];
  } catch (fault) {
    return [refusal(lost ?? fault)];
  } finally {
    redis.disconnect();
  }
}

const mayEvict = (policy: string): RedisTrouble => ({
  word: "redis_may_evict",
  problem: `Redis may evict jobs when its memory is full (maxmemory-policy ${policy}).`,
  mend: "Set maxmemory-policy noeviction in Redis.",
});

/** Redis puts its code first in an error. */
const REFUSALS: readonly (readonly [RegExp, string, string])[] = [
  [/^OOM\b/, "Redis is full and takes no more keys (OOM).", "Raise its maxmemory, or see what else fills it."],
  [
    /^(READONLY|NOREPLICAS)\b/,
    "REDIS_URL leads to a replica, which takes no writes.",
    "Give the address of the primary.",
  ],
  [/^MISCONF\b/, "Redis cannot save to its disk and refuses writes (MISCONF).", "See its log, and its disk."],
  [/^(NOAUTH|WRONGPASS|NOPERM|ERR AUTH)\b/, "Redis refuses the user or password.", "Correct them in REDIS_URL."],
  [/DB index/, "Redis has no database of that number.", "Choose a smaller number at the end of REDIS_URL."],
];

function refusal(fault: unknown): RedisTrouble {
  const message = fault instanceof Error ? fault.message : String(fault);
  const known = REFUSALS.find(([pattern]) => pattern.test(message));
  if (known !== undefined) return { word: "queue", problem: known[1], mend: known[2] };
  const code = fault instanceof Error && "code" in fault && typeof fault.code === "string" ? fault.code : "no answer";
  return {
    word: "queue",
    problem: `No Redis answers at the address of REDIS_URL (${code}).`,
    mend: "Start it, and correct host and port; rediss:// is for servers with TLS.",
  };
}
