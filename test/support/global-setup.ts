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

/** The PostgreSQL server of a test run. */
export interface TestServer {
  /** URL of the superuser on the server's own database. */
  readonly adminUrl: string;
  /** URLs of the login roles, with no particular database. */
  readonly appUrl: string;
  readonly jobsUrl: string;
  readonly appRole: string;
  readonly jobsRole: string;
  /** Database that is migrated once and cloned by each test file. */
  readonly template: string;
  /** Prefix of the names of all databases of this run. */
  readonly prefix: string;
}

declare module "vitest" {
  interface ProvidedContext {
    postgresServer: TestServer;
  }
}

/** Starts one server with one migrated template for the whole run; both are removed afterwards, even after failures. */
export function setup(project: TestProject): Promise<() => Promise<void>> {
  return serve(project, { fast: true });
}

/** As {@link setup}. Benchmarks pass `fast: false`, so that a commit waits for the disk as in production. */
export async function serve(project: TestProject, how: { fast: boolean }): Promise<() => Promise<void>> {
  // Inherited by the workers, whose folders must be readable by a server that runs as another account.
  process.env.TMPDIR = await reachableTemporaryFolder();
  const prefix = `bgtest_${randomBytes(4).toString("hex")}`;
  const url = process.env.TEST_DATABASE_URL;
  const { roles, stop } = url === undefined ? await startOwnServer(how) : await rolesOnServer(url, prefix);
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

/** Stops the servers and removes the folders of earlier runs that were killed. */
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

/** Creates two login roles for this run on an existing server; they are dropped at its end. */
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
