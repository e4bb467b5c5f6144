import { connect, createServer, type Server } from "node:net";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FaultyConfiguration } from "../../src/lib/errors.js";
import { type OpenOptions, openDatabase } from "../../src/postgres/open.js";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "../support/postgres.js";

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

type Urls = { readonly url?: string; readonly adminUrl?: string | null; readonly jobsUrl?: string | null };

const open = (urls: Urls, over: Partial<OpenOptions> = {}) =>
  openDatabase({
    place: {
      kind: "server",
      url: testDatabase.appUrl,
      adminUrl: testDatabase.adminUrl,
      jobsUrl: testDatabase.jobsUrl,
      ...urls,
    },
    jobsHere: true,
    newSecret: () => "unused",
    say: () => {},
    waitMs: 0,
    ...over,
  });

async function faultOf(opening: ReturnType<typeof open>): Promise<FaultyConfiguration> {
  const opened = await opening.catch((fault: unknown) => fault);
  if (opened instanceof FaultyConfiguration) return opened;
  throw new Error("It opened, or failed without an explanation.", { cause: opened });
}

/** Returns the same address with another role, database or port. */
function changed(url: string, part: "username" | "pathname" | "port", value: string): string {
  const address = new URL(url);
  address[part] = value;
  return address.href;
}

const connections = async () => {
  const [row] = await admin<{ count: number }[]>`
    SELECT count(*)::int AS count FROM pg_stat_activity
    WHERE datname = ${testDatabase.name} AND application_name LIKE 'breakglass%'`;
  return row?.count;
};

function listen(): Promise<{ server: Server; port: number }> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve({ server, port: typeof address === "object" && address ? address.port : 0 });
    });
  });
}

async function freePort(): Promise<number> {
  const { server, port } = await listen();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("opening the operator's server", () => {
  test("checks the rights of the run-time role, and leaves no connection when closed", async () => {
    const opened = await open({});
    expect(opened.protection).toEqual({ protected: true, reasons: [] });
    await opened.database.ping();
    await opened.close();
    expect(await connections()).toBe(0);
  });

  test.each([
    ["url", "DATABASE_URL"],
    ["adminUrl", "DATABASE_ADMIN_URL"],
    ["jobsUrl", "DATABASE_JOBS_URL"],
  ] as const)("with a wrong role in %s names %s and no other, and leaves no connection", async (key, variable) => {
    const good =
      key === "url" ? testDatabase.appUrl : key === "adminUrl" ? testDatabase.adminUrl : testDatabase.jobsUrl;
    const { faults, message } = await faultOf(open({ [key]: changed(good, "username", "nobody_of_that_name") }));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(new RegExp(`^${variable}: .*\\((28P01|28000)\\)\\.$`));
    expect(message).not.toContain(new URL(good).password || "no password");
    expect(await connections()).toBe(0);
  });

  test("with a wrong database names the fault", async () => {
    const { faults } = await faultOf(open({ url: changed(testDatabase.appUrl, "pathname", "/no_such_database") }));
    expect(faults).toEqual([expect.stringMatching(/^DATABASE_URL: .*no such database.*\(3D000\)\.$/)]);
  });

  test("with two wrong addresses names both at once", async () => {
    const { faults } = await faultOf(
      open({
        url: changed(testDatabase.appUrl, "pathname", "/no_such_database"),
        adminUrl: changed(testDatabase.adminUrl, "username", "nobody_of_that_name"),
      }),
    );
    expect(faults.map((fault) => fault.split(":")[0])).toEqual(["DATABASE_URL", "DATABASE_ADMIN_URL"]);
  });

  test("with one address for everything names only that variable", async () => {
    const { faults } = await faultOf(
      open({ url: changed(testDatabase.appUrl, "username", "nobody_of_that_name"), adminUrl: null, jobsUrl: null }),
    );
    expect(faults).toEqual([expect.stringMatching(/^DATABASE_URL: /)]);
  });

  test("without a role in an address names the variable", async () => {
    const { faults } = await faultOf(open({ jobsUrl: "postgres://127.0.0.1/breakglass" }));
    expect(faults).toEqual([expect.stringMatching(/^DATABASE_JOBS_URL must name the role/)]);
  });

  test("when it cannot be reached names the variable, host and port, but not the password", async () => {
    const port = await freePort();
    const gone = `postgres://bot:hunter2hunter2@127.0.0.1:${port}/x`;
    const { faults, message } = await faultOf(open({ url: gone, adminUrl: null, jobsUrl: null }));
    expect(faults).toEqual([
      expect.stringMatching(new RegExp(`^DATABASE_URL: .*127\\.0\\.0\\.1:${port}.*ECONNREFUSED`)),
    ]);
    expect(message).not.toContain("hunter2");
  });

  test("waits for a server that starts later, and tells the operator meanwhile", async () => {
    const port = await freePort();
    const real = new URL(testDatabase.adminUrl);
    const lines: string[] = [];
    const server = createServer((socket) => {
      const onward = connect(Number(real.port || 5432), real.hostname);
      for (const end of [socket, onward]) end.on("error", () => end.destroy());
      socket.pipe(onward).pipe(socket);
    });
    const late = (url: string) => changed(url, "port", String(port));
    const levels: (string | undefined)[] = [];
    const say = (line: string, level?: "info" | "warn") => {
      lines.push(line);
      levels.push(level);
      if (lines.length === 1) server.listen(port, "127.0.0.1");
    };
    const opened = await open(
      { url: late(testDatabase.appUrl), adminUrl: late(testDatabase.adminUrl), jobsUrl: late(testDatabase.jobsUrl) },
      { say, waitMs: 20_000 },
    );
    await opened.database.ping();
    await opened.close();
    server.close();
    expect(lines[0]).toMatch(/^Waiting for PostgreSQL\. DATABASE_URL: /);
    expect(lines[0]).toContain(String(port));
    expect(levels[0]).toBe("warn");
  });

  test("with a run-time role that cannot read its own rights fails with its name, and leaves no connection", async () => {
    await admin`REVOKE SELECT ON pg_catalog.pg_roles FROM PUBLIC`;
    try {
      const { faults } = await faultOf(open({}));
      expect(faults).toEqual([expect.stringMatching(/^DATABASE_URL: .*\(42501\)/)]);
      expect(await connections()).toBe(0);
    } finally {
      await admin`GRANT SELECT ON pg_catalog.pg_roles TO PUBLIC`;
    }
  });

  test("succeeds even if the database is not as the release made it, and names what differs", async () => {
    await admin`ALTER TABLE breakglass.trail DISABLE TRIGGER trail_is_never_changed`;
    const opened = await open({});
    await opened.close();
    await admin`ALTER TABLE breakglass.trail ENABLE ALWAYS TRIGGER trail_is_never_changed`;
    expect(opened.altered).toEqual([expect.stringContaining("trail_is_never_changed is not that of this release")]);
  });

  test("succeeds even if the run-time role could alter the trail, and reports it", async () => {
    const opened = await open({ url: testDatabase.adminUrl });
    expect(opened.protection.protected).toBe(false);
    await opened.close();
  });
});

test("addresses of two databases are refused before either is changed", async () => {
  const other = await createEmptyDatabase();
  try {
    const fault = await faultOf(open({ adminUrl: other.adminUrl }));
    expect(fault.message).toContain("DATABASE_ADMIN_URL and DATABASE_URL must name the same database");
    const sql = postgres(other.adminUrl, { max: 1, fetch_types: false, onnotice: () => {} });
    expect(await sql`SELECT FROM pg_namespace WHERE nspname = 'breakglass'`).toHaveLength(0);
    await sql.end({ timeout: 1 });
  } finally {
    await other.drop();
  }
});
