import { execFile } from "node:child_process";
import { promisify } from "node:util";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEmptyDatabase, type TestDatabase } from "../support/postgres.js";
import { type BotProcess, installProgram, type Program } from "../support/reliability/program.js";

let program: Program;
let database: TestDatabase;
let admin: postgres.Sql;

beforeAll(async () => {
  [program, database] = await Promise.all([installProgram(), createEmptyDatabase()]);
  admin = postgres(database.adminUrl, { max: 1, onnotice: () => {} });
});

afterAll(async () => {
  await program?.dispose();
  await admin?.end({ timeout: 1 });
  await database?.drop();
});

/** The bot as docker-compose.yml and the manifests run it: with the run-time role alone. */
const withoutAdmin = (): BotProcess =>
  program.start({
    DATABASE_URL: database.appUrl,
    DATABASE_JOBS_URL: database.jobsUrl,
    SLACK_BOT_TOKEN: ["xo", "xb-1-a"].join(""),
    SLACK_SIGNING_SECRET: "x",
    SLACK_API_URL: "http://127.0.0.1:9/",
  });

/** Runs `breakglass migrate` with nothing else in its environment, above all no secret of Slack. */
async function migrate(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const argv = ["dist/src/cli/main.js", "migrate", ...args];
  return promisify(execFile)(process.execPath, argv, { cwd: program.folder, env: { ...env } }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (fault: { code: number; stdout: string; stderr: string }) => fault,
  );
}

const addresses = () => ({
  DATABASE_URL: database.appUrl,
  DATABASE_ADMIN_URL: database.adminUrl,
  DATABASE_JOBS_URL: database.jobsUrl,
});

async function refusedStart(): Promise<string> {
  const bot = withoutAdmin();
  expect(await bot.ended).toMatchObject({ code: 78 });
  return bot.output();
}

describe("the bot without DATABASE_ADMIN_URL", () => {
  test("ends with 78 on a database that was never migrated, and names the step that does it", async () => {
    const says = await refusedStart();
    expect(says).toContain("Run breakglass migrate with DATABASE_ADMIN_URL");
    expect(says).not.toContain("    at ");
  });

  test("runs once breakglass migrate has, ready and unable to alter its trail", async () => {
    const migrated = await migrate(addresses());
    expect(migrated).toMatchObject({ code: 0, stderr: expect.stringContaining("0000_tables") });
    expect(migrated.stdout).toContain(`Run-time role: ${database.appRole}.`);

    const bot = withoutAdmin();
    const answer = await fetch(`http://127.0.0.1:${await bot.started}/readyz`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).not.toMatch(/trail_unprotected|database_altered/);
    bot.signal("SIGTERM");
    expect(await bot.ended).toMatchObject({ code: 0 });
  }, 60_000);

  test("ends with 78 when its release needs more than the database has, and runs after another breakglass migrate", async () => {
    await admin`DELETE FROM breakglass.event_types WHERE type = 'review.waived'`;
    expect(await refusedStart()).toContain("Run breakglass migrate with DATABASE_ADMIN_URL");
    expect((await migrate(addresses())).code).toBe(0);
    const bot = withoutAdmin();
    await bot.started;
    bot.signal("SIGTERM");
    expect(await bot.ended).toMatchObject({ code: 0 });
  }, 60_000);
});

describe("breakglass migrate", () => {
  test("changes nothing the second time, and says that the database is up to date", async () => {
    const again = await migrate(addresses());
    expect(again).toMatchObject({ code: 0, stderr: "" });
    expect(again.stdout).toContain("The database is up to date.");
  });

  test("needs a server, and says what the embedded database does instead", async () => {
    const { code, stderr } = await migrate({});
    expect(code).toBe(78);
    expect(stderr).toMatch(/DATABASE_URL is not set.*at each start/);
  });

  test("names an address that is wrong, without its password", async () => {
    const wrong = Object.assign(new URL(database.adminUrl), {
      username: "nobody_of_that_name",
      password: "hunter2hunter2",
    });
    const { code, stderr } = await migrate({ ...addresses(), DATABASE_ADMIN_URL: wrong.href });
    expect(code).toBe(78);
    expect(stderr).toMatch(/nothing was migrated\.\n {2}- DATABASE_ADMIN_URL: /);
    expect(stderr).not.toContain("hunter2");
  });

  test("warns when the run-time role could alter the trail", async () => {
    const { code, stderr } = await migrate({ DATABASE_URL: database.adminUrl });
    expect(code).toBe(0);
    expect(stderr).toMatch(/not protected from .*plain role/s);
  });

  test("takes no arguments", async () => {
    expect((await migrate(addresses(), "--force")).code).toBe(64);
  });
});
