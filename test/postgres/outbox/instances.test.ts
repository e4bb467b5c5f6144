import postgres from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDatabase, type Database } from "../../../src/postgres/connection/database.js";
import { type Claims, createClaims } from "../../../src/postgres/outbox/claims.js";
import { createInstances } from "../../../src/postgres/outbox/instances.js";
import { createOutbox } from "../../../src/postgres/outbox/outbox.js";
import { createLedger } from "../../../src/postgres/trail/ledger.js";
import type { Instances, Outbox } from "../../../src/usecases/ports/ports.js";
import { declaration, declareItem, newId, taken } from "../../contract/items.js";
import { createTestDatabase, type TestDatabase } from "../../support/postgres.js";

const TTL_MS = 2_000;
/** Longer than two seconds and the lease of a claim that the heartbeat has nothing to do with. */
const LEASE_MS = 30_000;

interface Process {
  readonly claims: Claims;
  readonly outbox: Outbox;
  readonly instances: Instances;
  /** Beats and returns the effects that it is told to perform. */
  beat(): Promise<readonly string[]>;
}

let testDatabase: TestDatabase;
let admin: postgres.Sql;
let db: Database;
let count = 0;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  admin = postgres(testDatabase.adminUrl, { max: 1, onnotice: () => {} });
  db = createDatabase({ url: testDatabase.appUrl, max: 4, applicationName: "instances-test" });
});
afterAll(async () => {
  await admin.end();
  await db.end();
  await testDatabase.drop();
});
beforeEach(async () => {
  await admin`DELETE FROM breakglass.instances`;
});
afterEach(async () => {
  await admin`UPDATE breakglass.outbox SET done_at = now() WHERE done_at IS NULL`;
});

function start(alone = false): Process {
  count += 1;
  const claims = createClaims(`instance${count}`);
  const instances = createInstances(db, claims, { deadlineMs: 20_000 });
  const beat = () => instances.beat(TTL_MS, alone);
  return { claims, outbox: createOutbox(db, claims, { leaseMs: LEASE_MS, deadlineMs: 20_000 }), instances, beat };
}

const newRow = async (): Promise<string> => {
  const item = declareItem(newId("row"), declaration(), [{ kind: "alert.post" }]);
  return taken(await createLedger(db, { deadlineMs: 20_000 }).commit(item)).effects[0]?.id ?? "";
};

/** Lets time pass for the register: everything in it happened `ms` milliseconds earlier. */
const pass = async (ms: number): Promise<void> => {
  await admin`
    UPDATE breakglass.instances
    SET alive_until = alive_until - ${ms} * interval '1 millisecond', judges_from = judges_from - ${ms} * interval '1 millisecond'`;
};

/** Beats while time passes, so that this process has lived without a break for longer than the others need to beat. */
const liveOn = async (one: Process): Promise<void> => {
  for (let passed = 0; passed <= TTL_MS; passed += 1_500) {
    await one.beat();
    await pass(1_500);
  }
  await one.beat();
};

const attemptsOf = async (id: string): Promise<unknown> =>
  (await admin`SELECT attempts FROM breakglass.outbox WHERE id = ${id}`)[0]?.attempts;

describe("What a dead process has claimed", () => {
  test("is named to another one, which can claim it as the next attempt", async () => {
    const [dead, other] = [start(), start()];
    const id = await newRow();
    await dead.beat();
    await dead.outbox.claim(id);
    await liveOn(other);
    expect(await other.beat()).toEqual([id]);
    expect(await other.outbox.claim(id)).toMatchObject({ attempt: 2 });
    expect(await other.beat()).toEqual([]);
  });

  test("stays its own while it beats", async () => {
    const [one, other] = [start(), start()];
    const id = await newRow();
    await one.outbox.claim(id);
    await liveOn(other);
    await one.beat();
    expect(await other.beat()).toEqual([]);
    expect(await other.outbox.claim(id)).toBeNull();
  });

  test("is not taken by a process that has not lived for long enough to judge, as after an outage of the database", async () => {
    const [one, other] = [start(), start()];
    const id = await newRow();
    await one.beat();
    await other.beat();
    await one.outbox.claim(id);
    await pass(60_000);
    expect(await other.beat()).toEqual([]);
    expect(await other.outbox.claim(id)).toBeNull();
    // The one that came back later is in time.
    await one.beat();
    await liveOn(other);
    await one.beat();
    expect(await other.outbox.claim(id)).toBeNull();
  });

  test("is taken at once by a process that is known to be alone", async () => {
    const dead = start();
    const id = await newRow();
    await dead.beat();
    await dead.outbox.claim(id);
    const restarted = start(true);
    expect(await restarted.beat()).toEqual([id]);
    expect(await restarted.outbox.claim(id)).toMatchObject({ attempt: 2 });
  });

  test("waits for its time if it was still held when the process ended, and for nothing otherwise", async () => {
    const [ended, other] = [start(), start()];
    const held = await newRow();
    await liveOn(other);
    await ended.beat();
    await ended.outbox.claim(held);
    await ended.instances.retire();
    expect(await other.outbox.claim(held)).toBeNull();
    await ended.outbox.finish(held, {});
    await ended.instances.retire();
    expect(await admin`SELECT FROM breakglass.instances WHERE id = ${ended.claims.instance}`).toHaveLength(0);
  });

  test("can neither be released nor given up by it after another process has claimed it", async () => {
    const [slow, other] = [start(), start()];
    const id = await newRow();
    await slow.beat();
    await slow.outbox.claim(id);
    await liveOn(other);
    expect(await other.outbox.claim(id)).not.toBeNull();
    await slow.outbox.release(id, 0, "late");
    expect(await slow.outbox.fail(id, "late")).toEqual({ next: [] });
    expect(await attemptsOf(id)).toBe(2);
    expect(await start().outbox.claim(id)).toBeNull();
  });

  test("is not believed to be held after the clock of the server was set back by an hour", async () => {
    const [dead, other] = [start(), start()];
    const id = await newRow();
    await dead.beat();
    await dead.outbox.claim(id);
    await pass(-3_600_000);
    await admin`UPDATE breakglass.outbox SET lease_until = lease_until + interval '1 hour' WHERE id = ${id}`;
    await other.beat();
    await liveOn(other);
    expect(await other.outbox.claim(id)).not.toBeNull();
  });
});

describe("A claim", () => {
  const claimAs = async ({ claims }: Process, id: string, claim: number) =>
    db.query(
      (sql) => sql`SELECT attempt FROM breakglass.outbox_claim(${id}::uuid, ${claims.instance}, ${claim}, 30000)`,
      {
        label: "claim",
        deadlineMs: 20_000,
      },
    );

  test("that is repeated gets its own row again, as the same attempt; another one of the same process does not", async () => {
    const one = start();
    const id = await newRow();
    expect(await claimAs(one, id, 7)).toEqual([{ attempt: 1 }]);
    expect(await claimAs(one, id, 7)).toEqual([{ attempt: 1 }]);
    expect(await claimAs(one, id, 8)).toEqual([]);
    expect(await claimAs(start(), id, 7)).toEqual([]);
  });

  test("that took effect although its process knows nothing of it is given back with the next beat", async () => {
    const one = start();
    const id = await newRow();
    await claimAs(one, id, 999);
    expect(await one.beat()).toEqual([id]);
    expect(await one.outbox.claim(id)).toMatchObject({ attempt: 2 });
    expect(await one.beat()).toEqual([]);
  });
});

describe("An effect that nobody has claimed", () => {
  test("is named a second after it became due, first of its lane only", async () => {
    const one = start();
    const item = declareItem(newId("row"), declaration(), [
      { kind: "alert.post" },
      { kind: "thread.post", about: "reminder", version: 3, broadcast: false },
    ]);
    const { effects } = taken(await createLedger(db, { deadlineMs: 20_000 }).commit(item));
    await admin`UPDATE breakglass.outbox SET run_at = breakglass.now() + interval '1 hour' WHERE done_at IS NULL`;
    expect(await one.beat()).toEqual([]);
    await admin`UPDATE breakglass.outbox SET run_at = breakglass.now() - interval '1001 ms' WHERE done_at IS NULL`;
    expect(await one.beat()).toEqual([effects[0]?.id]);
  });
});

test("the register forgets who has been dead for an hour", async () => {
  const [dead, one] = [start(), start()];
  await dead.beat();
  await pass(3_600_000 + TTL_MS);
  await one.beat();
  expect((await admin`SELECT id FROM breakglass.instances`).map(({ id }) => id)).toEqual([one.claims.instance]);
});
