import { codesOf } from "../lib/causes.js";
import type { Trouble } from "../usecases/ports/ports.js";
import { redisOptionsOf } from "./redis-address.js";
import { evictionOf, PREFIX, withRedis } from "./redis-queue.js";
import { refusalOf } from "./redis-refusals.js";

/** Looks at Redis as the queue would use it: reach, login, database, a write under the queue's prefix, and its policy. */
export async function checkRedis(url: string): Promise<readonly Trouble[]> {
  try {
    const policy = await withRedis(redisOptionsOf(url), async (redis) => {
      const key = `${PREFIX}:doctor`;
      await redis.set(key, "1", "EX", 10);
      await redis.del(key);
      return evictionOf(redis);
    });
    const problem = `Redis may evict jobs when its memory is full (maxmemory-policy ${policy}).`;
    return policy === null ? [] : [{ word: "redis_may_evict", problem }];
  } catch (fault) {
    const refusal = refusalOf(fault);
    if (refusal !== null) return [{ word: refusal }];
    const code = codesOf(fault)[0] ?? "no answer";
    return [{ word: "queue", problem: `No Redis answers at the address of REDIS_URL (${code}).` }];
  }
}
