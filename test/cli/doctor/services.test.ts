import { Redis } from "ioredis";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pgBouncerForTests } from "../../support/pgbouncer.js";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "../../support/postgres.js";
import { redisForTests, type TestRedis } from "../../support/redis.js";
import { type Ground, openGround } from "./ground.js";

let database: TestDatabase;
let ground: Ground;
let redis: TestRedis | null;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), redisForTests()]);
  ground = await openGround({
    DATABASE_URL: database.appUrl,
    DATABASE_ADMIN_URL: database.adminUrl,
    DATABASE_JOBS_URL: database.jobsUrl,
  });
});
afterAll(async () => {
  await ground?.close();
  await redis?.stop();
  await database?.drop();
});

test("breakglass doctor names a role that may only read, with its fix", async () => {
  const admin = postgres(database.adminUrl, { max: 1, onnotice: () => {} });
  const setting = `ALTER ROLE ${database.appRole} IN DATABASE ${database.name}`;
  await admin.unsafe(`${setting} SET default_transaction_read_only = on`);
  const { code, findings } = await ground.doctor();
  await admin.unsafe(`${setting} RESET default_transaction_read_only`);
  await admin.end();
  expect(code).toBe(1);
  expect(findings).toEqual([
    expect.objectContaining({
      check: "database",
      word: "postgres_read_only",
      problem: expect.stringContaining("takes no writes"),
      fix: expect.stringContaining("RESET default_transaction_read_only"),
    }),
  ]);
});

test("doctor names a schema of the jobs that belongs to another role, as after DATABASE_JOBS_URL was added", async () => {
  const admin = postgres(database.adminUrl, { max: 1, onnotice: () => {} });
  const [before] =
    await admin`SELECT pg_get_userbyid(nspowner)::text AS owner FROM pg_namespace WHERE nspname = 'bullmq'`;
  const other = new URL(database.appUrl).username;
  await admin`ALTER SCHEMA bullmq OWNER TO ${admin(other)}`;
  const { findings } = await ground.doctor({ DATABASE_JOBS_URL: database.jobsUrl });
  await admin`ALTER SCHEMA bullmq OWNER TO ${admin(String(before?.owner))}`;
  await admin.end();
  expect(findings).toEqual([
    expect.objectContaining({
      check: "database",
      word: "queue",
      problem: expect.stringContaining(`belongs to the role ${other}`),
      fix: expect.stringContaining("DROP SCHEMA bullmq CASCADE"),
    }),
  ]);
  expect((await ground.doctor({ DATABASE_JOBS_URL: database.jobsUrl })).findings).toEqual([]);
});

test("doctor says before the first start which rights an administrator lacks, and how to give them", async () => {
  const empty = await createEmptyDatabase();
  const role = `${empty.name}_admin`;
  const server = postgres(empty.adminUrl, { max: 1, onnotice: () => {} });
  try {
    await server.unsafe(`CREATE ROLE ${role} LOGIN PASSWORD 'admin'`);
    await server.unsafe(`GRANT CREATE ON DATABASE ${empty.name} TO ${role}`);
    const admin = Object.assign(new URL(empty.adminUrl), { username: role, password: "admin" }).href;
    const urls = { DATABASE_URL: empty.appUrl, DATABASE_ADMIN_URL: admin, DATABASE_JOBS_URL: empty.jobsUrl };
    expect((await ground.doctor(urls)).findings).toEqual([
      expect.objectContaining({
        problem: expect.stringMatching(/DATABASE_ADMIN_URL: its role may not connect.*GRANT CONNECT/),
      }),
    ]);
    await server.unsafe(`GRANT CONNECT ON DATABASE ${empty.name} TO ${role}`);
    expect((await ground.doctor(urls)).findings).toEqual([
      expect.objectContaining({
        word: "queue",
        problem: expect.stringContaining(`DATABASE_ADMIN_URL (${role}) may not make it`),
        fix: expect.stringContaining(`CREATE SCHEMA bullmq AUTHORIZATION "${empty.jobsRole}"`),
      }),
    ]);
    await server.unsafe(`GRANT ${empty.jobsRole} TO ${role}`);
    expect((await ground.doctor(urls)).findings).toEqual([]);
  } finally {
    await server.end();
    await empty.drop();
    const main = postgres(database.adminUrl, { max: 1, onnotice: () => {} });
    await main.unsafe(`DROP ROLE IF EXISTS ${role}`);
    await main.end();
  }
});

describe("breakglass doctor through PgBouncer (skipped where there is none)", () => {
  test("says that the queue needs a direct connection, and is content with one", async (context) => {
    const pooler = await pgBouncerForTests("transaction");
    if (pooler === null) return context.skip();
    try {
      const through = { DATABASE_URL: pooler.through(database.appUrl), DATABASE_JOBS_URL: "" };
      const { findings } = await ground.doctor(through);
      expect(findings).toEqual([
        expect.objectContaining({
          check: "database",
          word: "queue_needs_direct_connection",
          fix: expect.stringContaining("DATABASE_JOBS_URL"),
        }),
      ]);
      const direct = await ground.doctor({ ...through, DATABASE_JOBS_URL: database.jobsUrl });
      expect(direct.findings).toEqual([]);
    } finally {
      await pooler.stop();
    }
  });
});

describe("breakglass doctor on a Redis (skipped where there is no redis-server)", () => {
  /** Runs doctor while Redis has this setting. */
  async function withSetting(name: string, value: string, password?: string) {
    if (redis === null) throw new Error("There is no Redis.");
    const client = new Redis(redis.url);
    const [, before = ""] = (await client.config("GET", name)) as string[];
    await client.config("SET", name, value);
    const report = await ground.doctor({ REDIS_URL: redis.url });
    if (password !== undefined) await client.auth(password);
    await client.config("SET", name, before);
    client.disconnect();
    return report;
  }

  test("finds nothing when it takes what a queue needs, and leaves nothing behind", async (context) => {
    if (redis === null) return context.skip();
    const { code, findings, fine } = await ground.doctor({ REDIS_URL: redis.url });
    expect({ code, findings }).toEqual({ code: 0, findings: [] });
    expect(fine).toContain("redis");
    const client = new Redis(redis.url);
    expect(await client.keys("*")).toEqual([]);
    client.disconnect();
  });

  test.for([
    ["may evict", "maxmemory-policy", "allkeys-lru", "redis_may_evict", "noeviction"],
    ["is full", "maxmemory", "1", "redis_full", "maxmemory"],
    ["wants a password", "requirepass", "secret", "redis_login", "REDIS_URL"],
    ["has lost its replicas", "min-replicas-to-write", "1", "redis_read_only", "primary"],
  ] as const)("names one that %s, with its fix", async ([, name, value, word, fix], context) => {
    if (redis === null) return context.skip();
    const { code, findings } = await withSetting(name, value, name === "requirepass" ? value : undefined);
    expect(code).toBe(1);
    expect(findings).toEqual([expect.objectContaining({ check: "redis", word, fix: expect.stringContaining(fix) })]);
  });
});
