import { Redis } from "ioredis";
import { afterAll, describe, expect, test } from "vitest";
import { redisForTests } from "../support/redis.js";
import { jobsSuite } from "./on-each-backend.js";
import { reachedThroughQueue, started } from "./started.js";
import { nextState } from "./tally.js";

const redis = await redisForTests();
const url = redis?.url ?? "";
const backend = () => ({ kind: "redis" as const, url });

afterAll(() => redis?.stop());

const askRedis = async <T>(question: (client: Redis) => Promise<T>, password?: string): Promise<T> => {
  const client = new Redis(url, { maxRetriesPerRequest: 1, ...(password === undefined ? {} : { password }) });
  try {
    return await question(client);
  } finally {
    client.disconnect();
  }
};

describe.skipIf(redis === null)("with a redis-server in the PATH or TEST_REDIS_URL", () => {
  jobsSuite("Redis", backend);

  describe("The queue on Redis", () => {
    test("keeps its keys under one prefix, and no jobs that have run", async () => {
      await redis?.flush();
      const instance = await started(backend());
      instance.wake.effects(["gone-1", "gone-2"]);
      await instance.performed.until((seen) => seen.length === 2);
      await instance.stop();
      const keys = await askRedis((client) => client.keys("*"));
      expect(keys.filter((key) => !key.startsWith("breakglass:"))).toEqual([]);
      expect(keys.filter((key) => key.includes("effect-"))).toEqual([]);
    });

    test("can be flushed repeatedly with a job in it, and the queue still does later wake-ups", async () => {
      const instance = await started(backend());
      for (let round = 1; round <= 5; round += 1) {
        instance.wake.tick(round, new Date(Date.now() + 3_600_000));
        await redis?.flush();
        instance.wake.effects([`flushed-${round}`]);
        await instance.performed.until((seen) => seen.includes(`effect flushed-${round}`));
      }
      await reachedThroughQueue(instance, backend(), "after-the-flush");
      await instance.stop();
    });

    test("is reported as able to evict jobs when it is not set to noeviction", async () => {
      await askRedis((client) => client.config("SET", "maxmemory-policy", "allkeys-lru"));
      const instance = await started(backend());
      await instance.lines.until((seen) =>
        seen.some(
          ({ level, event, fields }) =>
            level === "warn" && event === "jobs.may_evict" && fields.policy === "allkeys-lru",
        ),
      );
      expect(instance.jobs.state().mayEvict).toBe(true);
      await instance.stop();
      await askRedis((client) => client.config("SET", "maxmemory-policy", "noeviction"));
      const again = await started(backend());
      expect(again.jobs.state().mayEvict).toBe(false);
      await again.stop();
    });
  });

  test("A policy that evicts is noticed within one interval of the pings while connected, and told once, and so is its end", async () => {
    const instance = await started(backend());
    const lines = (event: string) => instance.lines.seen.filter((line) => line.event === event);
    const set = (policy: string) => askRedis((client) => client.config("SET", "maxmemory-policy", policy));
    const from = performance.now();
    await set("volatile-lru");
    await instance.lines.until((seen) => seen.some(({ event }) => event === "jobs.may_evict"));
    expect(performance.now() - from).toBeLessThan(7_000);
    expect(instance.jobs.state()).toMatchObject({ up: true, mayEvict: true });
    expect(lines("jobs.may_evict")).toMatchObject([{ level: "warn", fields: { policy: "volatile-lru" } }]);

    await set("noeviction");
    await instance.lines.until((seen) => seen.some(({ event }) => event === "jobs.evicts_none"));
    expect(performance.now() - from).toBeLessThan(14_000);
    expect(instance.jobs.state()).toMatchObject({ up: true, mayEvict: false });
    expect([lines("jobs.may_evict"), lines("jobs.evicts_none")].map(({ length }) => length)).toEqual([1, 1]);
    await instance.stop();
  }, 30_000);

  describe("A Redis that answers and takes nothing", () => {
    const settings = async (pairs: Readonly<Record<string, string>>): Promise<void> => {
      for (const [name, value] of Object.entries(pairs)) await askRedis((client) => client.config("SET", name, value));
    };
    const FULL = { break: () => settings({ maxmemory: "1" }), fix: () => settings({ maxmemory: "0" }) };
    const REPLICA = {
      break: () => askRedis((client) => client.replicaof("127.0.0.1", "1")).then(() => {}),
      fix: () => askRedis((client) => client.replicaof("NO", "ONE")).then(() => {}),
    };

    test.each([
      ["redis_full", FULL],
      ["redis_read_only", REPLICA],
    ] as const)("is told as %s, works without it, and is used again once it takes writes", async (word, fault) => {
      const instance = await started(backend());
      await fault.break();
      instance.jobs.wake.tick(7, new Date(Date.now() + 3_600_000));
      await instance.states.until((seen) => seen.at(-1)?.refusal === word);
      expect(instance.jobs.state()).toMatchObject({ up: false, refusal: word });
      const warned = instance.lines.seen.filter(
        ({ event, fields }) => event === "jobs.down" && fields.refusal === word,
      );
      expect(warned).toHaveLength(1);
      instance.wake.effects([`during-${word}`]);
      await instance.performed.until((seen) => seen.includes(`effect during-${word}`));
      await fault.fix();
      await instance.states.until((seen) => seen.at(-1)?.up === true);
      expect(instance.jobs.state().refusal).toBeNull();
      await instance.stop();
    });

    const asked = "only-for-this-test";
    /** Asks for a password, and of those who are connected already too. */
    const LOGIN = {
      break: () =>
        askRedis(async (client) => {
          await client.config("SET", "requirepass", asked);
          await client.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        }),
      fix: () => askRedis((client) => client.config("SET", "requirepass", ""), asked).then(() => {}),
    };
    /** Lets a snapshot fail, because the folder for it is gone. */
    const UNSAVED = {
      break: async () => {
        await redis?.loseFolder?.();
        await settings({ save: "3600 1" });
        await askRedis(async (client) => {
          await client.bgsave();
          while (!/^rdb_last_bgsave_status:err/m.test(await client.info("persistence")));
        });
      },
      fix: () => settings({ save: "" }),
    };

    test.each([
      ["redis_login", LOGIN],
      ["redis_cannot_save", UNSAVED],
    ] as const)("is told as %s, and is used again once that is over", async (word, fault) => {
      if (redis?.loseFolder === null) return;
      const instance = await started(backend());
      await fault.break();
      instance.jobs.wake.tick(7, new Date(Date.now() + 3_600_000));
      await instance.lines.until((seen) => seen.some(({ fields }) => fields.refusal === word));
      expect(instance.jobs.state()).toMatchObject({ up: false, refusal: word });
      await fault.fix();
      await instance.states.until((seen) => seen.at(-1)?.up === true);
      expect(instance.jobs.state().refusal).toBeNull();
      await instance.stop();
    });

    test("is told at the start as well", async () => {
      await FULL.break();
      const instance = await started(backend(), { up: false });
      await instance.states.until((seen) => seen.at(-1)?.refusal === "redis_full");
      await FULL.fix();
      await instance.states.until((seen) => seen.at(-1)?.up === true);
      await reachedThroughQueue(instance, backend(), "after-it-was-full");
      await instance.stop();
    });

    test("is not used on another database when it has none of that number", async () => {
      await redis?.flush();
      const beyond = { kind: "redis" as const, url: url.replace(/\/0$/, "/9999") };
      const instance = await started(beyond, { up: false });
      await instance.lines.until((seen) => seen.some(({ fields }) => fields.refusal === "redis_database"));
      expect(instance.jobs.state()).toMatchObject({ up: false, refusal: "redis_database" });
      instance.wake.tick(3, new Date(Date.now() + 3_600_000));
      expect(await askRedis((client) => client.keys("*"))).toEqual([]);
      await instance.stop();
    });
  });

  describe("A Redis that cannot be reached", () => {
    const nowhere = { kind: "redis" as const, url: "redis://127.0.0.1:1/0" };

    test("delays neither start, work nor stop", async () => {
      const instance = await started(nowhere, { up: false });
      instance.wake.effects(["anyhow"]);
      instance.wake.tick(2, new Date(0));
      await instance.performed.until((seen) => seen.includes("effect anyhow") && seen.includes("tick 2"));
      await instance.all.until((seen) => seen.includes("sweep"));
      expect(instance.jobs.state()).toMatchObject({ up: false, detail: "connecting" });
      const from = performance.now();
      await instance.jobs.stop(10_000);
      expect(performance.now() - from).toBeLessThan(4_000);
    });

    test("does not reveal the password of its address", async () => {
      const instance = await started({ kind: "redis", url: "redis://:verysecret@127.0.0.1:1/0" }, { up: false });
      await instance.lines.until((seen) => seen.some(({ event }) => event === "jobs.down"));
      await instance.stop();
      expect(JSON.stringify(instance.lines.seen.map(({ fields }) => String(fields.error)))).not.toContain("verysecret");
    });
  });
});

describe.skipIf(redis === null || redis.kill === null)("with a redis-server of our own to kill", () => {
  test("killed repeatedly, it has wake-ups done in the process meanwhile, and by the queue again afterwards", async () => {
    const instance = await started(backend());
    for (let round = 1; round <= 5; round += 1) {
      const down = nextState(instance.states, "down");
      await redis?.kill?.();
      instance.wake.effects([`at-the-kill-${round}`]);
      await instance.performed.until((seen) => seen.includes(`effect at-the-kill-${round}`));
      await down;
      instance.wake.effects([`down-${round}`]);
      await instance.performed.until((seen) => seen.includes(`effect down-${round}`));
      const up = nextState(instance.states, "up");
      await redis?.restart?.();
      await up;
      await reachedThroughQueue(instance, backend(), `up-${round}`);
    }
    await instance.stop();
  }, 120_000);

  test("killed with work in flight, it delays neither the work nor a stop", async () => {
    let open: () => void = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const instance = await started(backend(), { meanwhile: async (what) => (what === "sweep" ? undefined : opened) });
    instance.wake.effects(["in-flight"]);
    await instance.performed.until((seen) => seen.includes("effect in-flight"));
    await redis?.kill?.();
    const stopping = instance.jobs.stop(20_000);
    const from = performance.now();
    open();
    await stopping;
    expect(performance.now() - from).toBeLessThan(5_000);
    await redis?.restart?.();
  });
});
