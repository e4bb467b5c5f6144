import { execFile } from "node:child_process";
import { chown, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDatabase } from "../../../src/postgres/connection/database.js";
import { createWriteProbe } from "../../../src/postgres/trail/write-probe.js";
import { createTestDatabase, type TestDatabase } from "../../support/postgres.js";

const run = promisify(execFile);

let testDatabase: TestDatabase;
let admin: postgres.Sql;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  admin = postgres(testDatabase.adminUrl, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  await admin.end({ timeout: 1 });
  await testDatabase.drop();
});

/** Probes on connections of its own, and collects what is told to the log. Only behind a pooler do settings of the role count. */
async function probing<T>(
  step: (probe: ReturnType<typeof createWriteProbe>, told: (string | null)[]) => Promise<T>,
): Promise<T> {
  const database = createDatabase({ url: testDatabase.appUrl, max: 2, applicationName: "probe-test", pooled: true });
  const told: (string | null)[] = [];
  try {
    return await step(
      createWriteProbe(database, (trouble) => told.push(trouble)),
      told,
    );
  } finally {
    await database.end();
  }
}

const set = (setting: string) => admin.unsafe(`ALTER DATABASE ${testDatabase.name} SET ${setting}`);
const reset = (name: string) => admin.unsafe(`ALTER DATABASE ${testDatabase.name} RESET ${name}`);

describe("the proof that the trail can be written", () => {
  test("is the database's time", async () => {
    const before = Date.now() - 5_000;
    const proof = await probing((probe) => probe());
    expect("now" in proof && proof.now.getTime()).toBeGreaterThan(before);
  });

  test.each([
    ["default_transaction_read_only", "on", "postgres_read_only"],
    ["statement_timeout", "'1ms'", "postgres_statement_timeout"],
    ["lock_timeout", "'5ms'", "postgres_lock_timeout"],
    ["default_transaction_isolation", "'serializable'", "postgres_isolation"],
  ])("fails under %s = %s with the word %s, and is given again by the same pool", async (name, value, word) => {
    await set(`${name} = ${value}`);
    await probing(async (probe, told) => {
      expect(await probe()).toEqual({ trouble: word });
      expect(await probe()).toEqual({ trouble: word });
      await reset(name);
      expect(await probe()).toHaveProperty("now");
      expect(told).toEqual([word, null]);
    });
  });

  test("fails without the right to call it", async () => {
    await admin.unsafe(`REVOKE EXECUTE ON FUNCTION breakglass.can_write() FROM ${testDatabase.appRole}`);
    expect(await probing((probe) => probe())).toEqual({ trouble: "postgres_rights" });
    await admin.unsafe(`GRANT EXECUTE ON FUNCTION breakglass.can_write() TO ${testDatabase.appRole}`);
  });

  test("does not wait for a backup that reads the tables", async () => {
    await admin.begin(async (tx) => {
      await tx`LOCK TABLE breakglass.write_probe, breakglass.head IN ACCESS SHARE MODE`;
      expect(await probing((probe) => probe())).toHaveProperty("now");
    });
  });

  test.each([
    ["the head of the trail, by a commit", "SELECT breakglass.commit('[]')"],
    ["the row of the proof, by a proof", "SELECT breakglass.can_write()"],
  ])("fails while the run-time role holds %s that it does not end, and is given again", async (_, statement) => {
    const thief = postgres(testDatabase.appUrl, { max: 1, onnotice: () => {} });
    try {
      await thief`BEGIN`;
      await thief.unsafe(statement);
      await probing(async (probe, told) => {
        expect(await probe()).toEqual({ trouble: "postgres_held" });
        await thief`ROLLBACK`;
        expect(await probe()).toHaveProperty("now");
        expect(told).toEqual(["postgres_held", null]);
      });
    } finally {
      await thief.end({ timeout: 1 });
    }
  });

  test("leaves no table that grows, and several instances may ask at once", async () => {
    await probing(async (probe) => {
      for (let round = 0; round < 50; round += 1) {
        const proofs = await Promise.all([probe(), probe()]);
        expect(proofs.every((proof) => "now" in proof)).toBe(true);
      }
    });
    const [size] = await admin<{ bytes: number; rows: number }[]>`
      SELECT pg_table_size('breakglass.write_probe')::int AS bytes, count(*)::int AS rows FROM breakglass.write_probe`;
    expect(size?.rows).toBe(1);
    expect(size?.bytes).toBeLessThanOrEqual(64 * 1_024);
  });
});

/** A disk of its own needs root, and a PostgreSQL that runs on this machine. */
const mayMount = process.getuid?.() === 0 && process.env.TEST_DATABASE_URL === undefined;

test.skipIf(!mayMount)(
  "on a full disk it fails with postgres_disk_full, although an old page would take the row",
  async (context) => {
    const disk = await mkdtemp(join(tmpdir(), "breakglass-disk-"));
    try {
      await run("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", disk]);
    } catch {
      await rm(disk, { recursive: true });
      return context.skip("This machine lets nobody mount a small disk.");
    }
    try {
      const [place] = await admin<{ folder: string }[]>`SELECT current_setting('data_directory') AS folder`;
      const { uid, gid } = await stat(place?.folder ?? "");
      await chown(disk, uid, gid);
      await admin.unsafe(`CREATE TABLESPACE small LOCATION '${disk}'`);
      await admin`ALTER TABLE breakglass.write_probe SET TABLESPACE small`;
      await probing(async (probe) => {
        expect(await probe()).toHaveProperty("now");
        await writeFile(join(disk, "filler"), Buffer.alloc(1024 * 1024)).catch(() => {});
        await admin`UPDATE breakglass.write_probe SET stretched_at = at - interval '1 minute'`;
        expect(await probe()).toEqual({ trouble: "postgres_disk_full" });
        await rm(join(disk, "filler"));
        expect(await probe()).toHaveProperty("now");
      });
    } finally {
      await admin`ALTER TABLE breakglass.write_probe SET TABLESPACE pg_default`;
      await admin.unsafe("DROP TABLESPACE IF EXISTS small");
      await run("umount", [disk]);
      await rm(disk, { recursive: true });
    }
  },
);
