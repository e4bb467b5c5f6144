import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "../support/postgres.js";
import { jobsSuite } from "./on-each-backend.js";
import { reachedThroughQueue, started } from "./started.js";
import { nextState } from "./tally.js";

let database: TestDatabase;
let admin: postgres.Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  admin = postgres(database.adminUrl, { max: 1, onnotice: () => {} });
  await admin`CREATE SCHEMA IF NOT EXISTS bullmq AUTHORIZATION ${admin(database.jobsRole)}`;
});

afterAll(async () => {
  await admin?.end({ timeout: 1 });
  await database?.drop();
});

const backend = () => ({ kind: "postgres" as const, url: database.jobsUrl });

jobsSuite("PostgreSQL", backend);

describe("The queue on PostgreSQL", () => {
  test("belongs to a role that owns the schema bullmq and cannot create another", async () => {
    const instance = await started(backend());
    await instance.stop();
    const schemas = await admin<{ name: string }[]>`
      SELECT nspname AS name FROM pg_namespace WHERE pg_get_userbyid(nspowner) = ${database.jobsRole}`;
    expect(schemas.map(({ name }) => name)).toEqual(["bullmq"]);
    const asJobs = postgres(database.jobsUrl, { max: 1, onnotice: () => {} });
    await expect(asJobs`CREATE SCHEMA other`).rejects.toMatchObject({ code: "42501" });
    await asJobs.end({ timeout: 1 });
  });

  test("keeps no jobs that have run", async () => {
    const instance = await started(backend());
    instance.wake.effects(["gone-1", "gone-2"]);
    await instance.performed.until((seen) => seen.length === 2);
    await instance.stop();
    const left = await admin<{ id: string }[]>`SELECT id FROM bullmq.job WHERE id LIKE 'effect-gone-%'`;
    expect(left).toHaveLength(0);
  });

  test("reconnects when all its connections are killed, and no work is lost meanwhile", async () => {
    const instance = await started(backend());
    for (let round = 1; round <= 5; round += 1) {
      await admin`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = ${database.jobsRole} AND datname = ${database.name}`;
      instance.wake.effects([`killed-${round}`]);
      await instance.performed.until((seen) => seen.includes(`effect killed-${round}`));
    }
    await reachedThroughQueue(instance, backend(), "after-the-kills");
    await instance.stop();
  });

  test("may have no schema at the start: work is done in the process, and by the queue once the schema exists", async () => {
    const empty = await createEmptyDatabase();
    const instance = await started({ kind: "postgres", url: empty.jobsUrl }, { up: false });
    await instance.lines.until((seen) => seen.some(({ event }) => event === "jobs.down"));
    instance.wake.effects(["without"]);
    await instance.performed.until((seen) => seen.includes("effect without"));
    expect(instance.jobs.state().up).toBe(false);
    const owner = postgres(empty.adminUrl, { max: 1, onnotice: () => {} });
    await owner`CREATE SCHEMA bullmq AUTHORIZATION ${owner(empty.jobsRole)}`;
    await owner.end({ timeout: 1 });
    await instance.isUp;
    instance.wake.effects(["with"]);
    await instance.performed.until((seen) => seen.includes("effect with"));
    await instance.stop();
    await empty.drop();
  });

  test("delays neither start, work nor stop when it cannot be reached", async () => {
    const instance = await started({ kind: "postgres", url: "postgres://nobody:x@127.0.0.1:1/none" }, { up: false });
    instance.wake.effects(["anyhow"]);
    await instance.performed.until((seen) => seen.includes("effect anyhow"));
    await instance.all.until((seen) => seen.includes("sweep"));
    const stopped = nextState(instance.states, "stopped");
    await instance.stop();
    await stopped;
  });
});
