import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPostgresQueue } from "../../../src/jobs/postgres-queue.js";
import { silentLog } from "../../../src/lib/logger.js";
import { createDatabase, type Database } from "../../../src/postgres/connection/database.js";
import { waitForDatabase } from "../../../src/postgres/connection/wait-for-database.js";
import { createTestDatabase, type TestDatabase } from "../../support/postgres.js";
import { CA_FILE, type DoorOptions, openDoor, type PostgresDoor } from "../../support/postgres-door.js";

let testDatabase: TestDatabase;
const doors: PostgresDoor[] = [];

beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(async () => {
  await Promise.all(doors.map((door) => door.close()));
  await testDatabase.drop();
});

async function doorOf(options: DoorOptions): Promise<PostgresDoor> {
  const door = await openDoor(options);
  doors.push(door);
  return door;
}

/** Asks through the driver of the trail. */
async function askTrail(url: string): Promise<void> {
  const database: Database = createDatabase({ url, max: 1, applicationName: "address-test" });
  await database.ping().finally(() => database.end());
}

/** Asks through the driver of the job queue. */
async function askQueue(url: string): Promise<void> {
  const options = {
    perform: async () => {},
    concurrency: 1,
    onTrouble: () => {},
    onEviction: () => {},
    log: silentLog,
  };
  const queue = await openPostgresQueue(url, options);
  await queue.ping().finally(() => queue.destroy());
}

const codeOf = (asked: Promise<void>): Promise<string | null> =>
  asked.then(
    () => null,
    (fault: unknown) => (fault instanceof Error && "code" in fault ? String(fault.code) : String(fault)),
  );

const ROOT = `sslrootcert=${encodeURIComponent(CA_FILE)}`;

describe.each([
  ["the trail", askTrail, "appUrl"],
  ["the job queue", askQueue, "jobsUrl"],
] as const)("the connection of %s", (_, ask, url) => {
  test.each([
    ["", "offered", true],
    ["", "refused", false],
    ["sslmode=disable", "offered", false],
    ["sslmode=allow", "refused", false],
    ["sslmode=prefer", "demanded", true],
    ["sslmode=require", "offered", true],
    [`sslmode=require&${ROOT}`, "offered", true],
    [`sslmode=verify-ca&${ROOT}`, "offered", true],
    [`sslmode=verify-full&${ROOT}`, "demanded", true],
  ] as const)("with %s where TLS is %s works, encrypted: %s", async (words, tls, encrypted) => {
    const door = await doorOf({ tls });
    await ask(`${door.through(testDatabase[url])}?${words}`);
    expect(door.seen.length).toBeGreaterThan(0);
    expect(new Set(door.seen.map((one) => one.encrypted))).toEqual(new Set([encrypted]));
  });

  test.each([
    ["sslmode=require", "refused", "TLS_NOT_OFFERED"],
    ["sslmode=verify-full", "offered", "TLS_UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
    ["sslmode=verify-ca&sslrootcert=/no/such/file", "offered", "TLS_FILE sslrootcert ENOENT"],
  ] as const)("with %s where TLS is %s fails with %s", async (words, tls, code) => {
    const door = await doorOf({ tls });
    expect(await codeOf(ask(`${door.through(testDatabase[url])}?${words}`))).toBe(code);
  });

  test("is not taken for safe when the certificate is of another name", async () => {
    const door = await doorOf({ tls: "offered" });
    const byNumber = new URL(door.through(testDatabase[url]));
    byNumber.hostname = "127.0.0.1";
    expect(await codeOf(ask(`${byNumber.href}?sslmode=verify-full&${ROOT}`))).toBe("TLS_ERR_TLS_CERT_ALTNAME_INVALID");
    await ask(`${byNumber.href}?sslmode=verify-ca&${ROOT}`);
  });
});

describe("an address of several hosts", () => {
  test("passes over a host that is away, and over a standby when it has to write", async () => {
    const [standby, primary] = [await doorOf({ tls: "refused", standby: true }), await doorOf({ tls: "refused" })];
    const { username, password, pathname } = new URL(testDatabase.appUrl);
    const hosts = `localhost:1,localhost:${standby.port},localhost:${primary.port}`;
    const address = `postgres://${username}:${password}@${hosts}${pathname}?target_session_attrs=read-write`;
    const database = createDatabase({ url: address, max: 1, applicationName: "hosts-test" });
    // The first try meets the standby, which only shows while it signs in.
    expect(await codeOf(database.ping())).toBe("READ_ONLY_SERVER");
    await database.ping();
    await database.end();
    expect([standby.seen.length, primary.seen.length]).toEqual([1, 1]);
  });
});

describe("a start", () => {
  const faultsOf = async (url: string): Promise<string> => {
    const waiting = waitForDatabase([{ variable: "DATABASE_URL", url }], { waitMs: 0, say: () => {} });
    return waiting.then(
      () => "none",
      (fault: unknown) => String(fault),
    );
  };

  test("at a server that demands TLS says so, and not to look into pg_hba.conf", async () => {
    const door = await doorOf({ tls: "demanded" });
    const faults = await faultsOf(`${door.through(testDatabase.appUrl)}?sslmode=disable`);
    expect(faults).toMatch(/DATABASE_URL: localhost:\d+ demands an encrypted connection.*sslmode=require/);
    expect(faults).not.toContain("pg_hba");
  });

  test("at a server without TLS, which the address demands, says so", async () => {
    const door = await doorOf({ tls: "refused" });
    expect(await faultsOf(`${door.through(testDatabase.appUrl)}?sslmode=require`)).toMatch(/offers no TLS/);
  });

  test("with a certificate that is not trusted, or a file that is missing, names the word", async () => {
    const door = await doorOf({ tls: "offered" });
    const url = door.through(testDatabase.appUrl);
    expect(await faultsOf(`${url}?sslmode=verify-full`)).toMatch(/not trusted.*sslrootcert/);
    expect(await faultsOf(`${url}?sslmode=verify-ca&sslrootcert=/no/file`)).toMatch(/the file of sslrootcert .*ENOENT/);
  });

  test("at a port of another program says so, and not that TLS is wrong", async () => {
    const other = createServer((socket) => socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")));
    await new Promise<void>((listening) => other.listen(0, "127.0.0.1", listening));
    const address = other.address();
    if (address === null || typeof address === "string") throw new Error("It does not listen.");
    const faults = await faultsOf(`postgres://bot@127.0.0.1:${address.port}/breakglass`);
    other.close();
    expect(faults).toMatch(/127\.0\.0\.1:\d+ answers, but not as PostgreSQL does; correct the host and port/);
    expect(faults).not.toContain("sslmode");
  });

  test("at a standby waits, and then says what to name", async () => {
    const door = await doorOf({ tls: "refused", standby: true });
    const faults = await faultsOf(`${door.through(testDatabase.appUrl)}?target_session_attrs=primary`);
    expect(faults).toMatch(/takes no writes: it is a standby/);
  });
});
