import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CAST, INCIDENTS } from "../../demo/cast.js";
import type { Message } from "../../demo/slack/index.js";
import { migrateServer } from "../../src/postgres/migrate-server.js";
import type { TestDatabase } from "../support/postgres.js";
import { type PackagedServer, packagedPrograms, startPackagedServer } from "../support/restored/debian-server.js";
import { openRestorableWorkspace, type RestorableWorkspace } from "../support/restored/workspace.js";

/** The steps of "Restoring a backup" in docs/operating/backup.md, on a server and with the programs that the machine has. */
const programs = await packagedPrograms();

const ROLES = `CREATE ROLE breakglass_owner NOLOGIN;
  CREATE ROLE breakglass_app LOGIN PASSWORD 'trusted';
  CREATE ROLE breakglass_admin LOGIN CREATEROLE PASSWORD 'trusted';
  GRANT breakglass_owner TO breakglass_admin;`;

const databaseOn = (server: PackagedServer, name: string): TestDatabase => ({
  name,
  adminUrl: server.url("breakglass_admin", name),
  appUrl: server.url("breakglass_app", name),
  jobsUrl: server.url("breakglass_app", name),
  appRole: "breakglass_app",
  jobsRole: "breakglass_app",
  drop: async () => {},
});

describe.skipIf(programs === null)("The drill of docs/operating/backup.md with pg_dump and pg_restore", () => {
  let on: RestorableWorkspace;
  let first: PackagedServer;
  let second: PackagedServer;
  let dump: string;
  let lost: Message;

  /** BG-1 is in the dump, which is taken while the bot runs; BG-2 comes after it. */
  beforeAll(async () => {
    [on, first, second] = await Promise.all([
      openRestorableWorkspace(),
      startPackagedServer(programs ?? ""),
      startPackagedServer(programs ?? ""),
    ]);
    await first.program("psql", "-d", "postgres", "-c", "CREATE ROLE breakglass_app LOGIN PASSWORD 'trusted'");
    await first.program(
      "psql",
      "-d",
      "postgres",
      "-c",
      "CREATE ROLE breakglass_admin LOGIN CREATEROLE PASSWORD 'trusted'",
    );
    await first.program("createdb", "--owner=breakglass_admin", "breakglass");
    const bot = await on.start(databaseOn(first, "breakglass"));
    await on.person(CAST.priya).declares();
    await on.alert("BG-1");
    await bot.delivered();
    dump = first.path("breakglass.dump");
    await first.program("pg_dump", "--format=custom", `--file=${dump}`, "--exclude-schema=bullmq", "breakglass");
    await on.person(CAST.priya).declares({ Target: "service:lost" });
    lost = await on.alert("BG-2");
    await bot.delivered();
    await bot.stop();
  });
  afterAll(async () => {
    await on.close();
    await Promise.all([first.stop(), second.stop()]);
  });

  /** What must hold after the restore, whichever way it was done. */
  async function worksOn(database: TestDatabase): Promise<void> {
    const { appUrl: url, adminUrl } = database;
    await migrateServer({ url, adminUrl, jobsUrl: null }, { jobsHere: true, say: () => {} });
    const bot = await on.start(database);
    const { down, degraded } = await bot.readyz();
    expect(down).toEqual([]);
    expect(degraded).toContain("trail_behind");
    expect(degraded).not.toContain("trail_unprotected");
    await bot.delivered();
    expect((await bot.trail.entries()).filter(({ type }) => type === "trail.gap")).toHaveLength(1);

    const before = on.slack.messages(INCIDENTS).length;
    await on.person(CAST.omar).declares({ Target: "service:new" });
    await on.slack.until(
      () =>
        on.slack
          .messages(INCIDENTS)
          .slice(before)
          .some(({ text }) => text.startsWith("BG-2 requested")),
      "the new BG-2",
    );
    const noor = on.person(CAST.noor);
    await noor.presses("Approve", "BG-2", lost);
    await noor.isTold("Not approved", "A backup was restored");
    await noor.approves("BG-2", "alert");
    await on.slack.until(
      () =>
        on.slack
          .messages(INCIDENTS)
          .slice(before)
          .some(({ text }) => text.startsWith("BG-2 active")),
      "BG-2 to be active",
    );
    await bot.delivered();
    expect((await bot.trail.verify()).findings).toEqual([]);
    await bot.stop();
  }

  it("restores with the roles, on a server that has them", async () => {
    await first.program("createdb", "--owner=breakglass_admin", "restored");
    await first.program("pg_restore", "--dbname=restored", "--exit-on-error", dump);
    await worksOn(databaseOn(first, "restored"));
  });

  it("restores without the roles of the dump, on a server that had none", async () => {
    await second.program("psql", "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-c", ROLES);
    await second.program("createdb", "--owner=breakglass_admin", "breakglass");
    await second.program("psql", "-d", "postgres", "-c", "GRANT CREATE ON DATABASE breakglass TO breakglass_owner");
    await second.program(
      "pg_restore",
      "--dbname=breakglass",
      "--exit-on-error",
      "--no-owner",
      "--no-acl",
      "--role=breakglass_owner",
      dump,
    );
    await worksOn(databaseOn(second, "breakglass"));
  });
});
