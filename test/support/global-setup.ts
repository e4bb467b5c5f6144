import { randomBytes } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import type { TestProject } from "vitest/node";
import { EVENT_TYPES } from "../../src/domain/events/catalogue/catalogue.js";
import { systemCode } from "../../src/postgres/embedded/errors.js";
import { makeTemporaryFolder, reachableTemporaryFolder } from "../../src/postgres/embedded/folders.js";
import { stopPostmaster } from "../../src/postgres/embedded/postmaster.js";
import { startEmbeddedPostgres } from "../../src/postgres/embedded/start.js";
import { migrate } from "../../src/postgres/migrations/migrate.js";
import { REAL_MIGRATIONS, withDatabase } from "./urls.js";

/** The server of a test run, as the tests get it. */
export interface TestServer {
  /** The superuser, on the server's own database. */
  readonly adminUrl: string;
  /** The login roles, on no database in particular. */
  readonly appUrl: string;
  readonly jobsUrl: string;
  readonly appRole: string;
  readonly jobsRole: string;
  /** Migrated once; each test file clones it. */
  readonly template: string;
  /** What the names of all databases of this run begin with. */
  readonly prefix: string;
}

declare module "vitest" {
  interface ProvidedContext {
    postgresServer: TestServer;
  }
}

/** One server and one migrated template for the whole run; both are gone afterwards, also when tests failed. */
export function setup(project: TestProject): Promise<() => Promise<void>> {
  return serve(project, { fast: true });
}

/** The same, for whoever measures: there a commit must wait for the disk, as it does for a bot. */
export async function serve(project: TestProject, how: { fast: boolean }): Promise<() => Promise<void>> {
  // The workers and their folders follow: servers of another account must reach those too.
  process.env.TMPDIR = await reachableTemporaryFolder();
  const prefix = `bgtest_${randomBytes(4).toString("hex")}`;
  const given = process.env.TEST_DATABASE_URL;
  const { roles, stop } = given === undefined ? await startOwnServer(how) : await rolesOnServer(given, prefix);
  const template = `${prefix}_template`;
  const server: TestServer = { ...roles, template, prefix };
  try {
    await makeTemplate(server);
  } catch (fault) {
    await stop();
    throw fault;
  }
  project.provide("postgresServer", server);
  return async () => {
    await dropAll(server);
    await stop();
  };
}

type Roles = Omit<TestServer, "template" | "prefix">;

const FOLDER = /^breakglass-test-(\d+)-/;

/** A run that was killed could not clean up after itself: its server is stopped here, and its folder removed. */
async function sweepKilledRuns(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(FOLDER.exec(name)?.[1] ?? process.pid);
    if (pid === process.pid || isAlive(pid)) continue;
    const folder = join(tmpdir(), name);
    await stopPostmaster(join(folder, "postgres", "data")).catch(() => {});
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    return systemCode(fault) === "EPERM";
  }
}

async function startOwnServer({ fast }: { fast: boolean }): Promise<{ roles: Roles; stop: () => Promise<void> }> {
  await sweepKilledRuns();
  const dataDir = await makeTemporaryFolder(`breakglass-test-${process.pid}-`);
  const lines: string[] = [];
  const server = await startEmbeddedPostgres({
    dataDir,
    newSecret: () => randomBytes(18).toString("hex"),
    log: (line) => lines.push(line),
    fallbacks: [join(dataDir, "elsewhere")],
    fast,
  }).catch(async (fault: unknown) => {
    await rm(dataDir, { recursive: true, force: true });
    throw fault;
  });
  const { appUrl, jobsUrl, adminUrl } = server;
  return {
    roles: {
      adminUrl: withDatabase(adminUrl, "postgres"),
      appUrl,
      jobsUrl,
      appRole: new URL(appUrl).username,
      jobsRole: new URL(jobsUrl).username,
    },
    stop: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** On a server that is not ours: two login roles with names of this run, dropped at its end. */
async function rolesOnServer(url: string, prefix: string): Promise<{ roles: Roles; stop: () => Promise<void> }> {
  const password = randomBytes(18).toString("hex");
  const names = { app: `${prefix}_app`, jobs: `${prefix}_jobs` };
  const login = (role: string) => Object.assign(new URL(url), { username: role, password }).href;
  await onServer(
    url,
    [names.app, names.jobs].map((role) => `CREATE ROLE ${role} LOGIN PASSWORD '${password}'`),
  );
  return {
    roles: {
      adminUrl: url,
      appUrl: login(names.app),
      jobsUrl: login(names.jobs),
      appRole: names.app,
      jobsRole: names.jobs,
    },
    stop: () =>
      onServer(
        url,
        [names.app, names.jobs].map((role) => `DROP ROLE IF EXISTS ${role}`),
      ),
  };
}

async function makeTemplate(server: TestServer): Promise<void> {
  const { adminUrl, appRole, jobsRole, template } = server;
  await onServer(adminUrl, [
    `CREATE DATABASE ${template}`,
    `REVOKE ALL ON DATABASE ${template} FROM PUBLIC`,
    `GRANT CONNECT ON DATABASE ${template} TO ${appRole}, ${jobsRole}`,
  ]);
  const options = { appRole, jobsRole, folder: REAL_MIGRATIONS, eventTypes: EVENT_TYPES, log: () => {} };
  await migrate({ ...options, adminUrl: withDatabase(adminUrl, template) });
  await onServer(adminUrl, [`ALTER DATABASE ${template} ALLOW_CONNECTIONS false`]);
}

async function dropAll({ adminUrl, prefix }: TestServer): Promise<void> {
  const sql = postgres(adminUrl, { max: 1, fetch_types: false, onnotice: () => {} });
  try {
    const rows = await sql<{ name: string }[]>`
      SELECT datname AS name FROM pg_database WHERE starts_with(datname, ${prefix})`;
    for (const { name } of rows) await sql.unsafe(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function onServer(url: string, statements: readonly string[]): Promise<void> {
  const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => {} });
  try {
    for (const statement of statements) await sql.unsafe(statement);
  } finally {
    await sql.end({ timeout: 1 });
  }
}
