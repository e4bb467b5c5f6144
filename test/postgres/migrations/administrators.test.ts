import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EVENT_TYPES } from "../../../src/domain/events/catalogue/catalogue.js";
import { createDatabase } from "../../../src/postgres/connection/database.js";
import { makeTemporaryFolder } from "../../../src/postgres/embedded/folders.js";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../../src/postgres/embedded/start.js";
import { type Migrated, migrate } from "../../../src/postgres/migrations/migrate.js";
import { checkProtection } from "../../../src/postgres/migrations/protection.js";
import { createLedger } from "../../../src/postgres/trail/ledger.js";
import { createWriteProbe } from "../../../src/postgres/trail/write-probe.js";
import { REAL_MIGRATIONS } from "../../support/urls.js";

/** An installation with roles of its own, as an administrator of the server would prepare it. */
interface Installation {
  readonly database: string;
  readonly adminUrl: string;
  readonly appUrl: string;
  readonly names: { readonly admin: string; readonly app: string; readonly jobs: string };
}

/** A server of its own: whether `breakglass_owner` exists, and whose it is, concerns a whole server. */
let folder: string;
let server: EmbeddedPostgres;
let root: postgres.Sql;

beforeAll(async () => {
  folder = await makeTemporaryFolder("breakglass-administrators-");
  const newSecret = () => randomBytes(18).toString("hex");
  const fallbacks = [join(folder, "elsewhere")];
  server = await startEmbeddedPostgres({ dataDir: folder, newSecret, log: () => {}, fallbacks, fast: true });
  root = postgres(server.adminUrl, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  await root.end({ timeout: 1 });
  await server.stop();
  await rm(folder, { recursive: true });
});

const at = (database: string, username: string, password: string): string =>
  Object.assign(new URL(server.adminUrl), { pathname: `/${database}`, username, password }).href;

/** Prepares roles with these attributes and rights of the admin; `:db` and `:admin` stand for the names. */
async function prepare(attributes: string, rights: readonly string[]): Promise<Installation> {
  const password = randomBytes(12).toString("hex");
  const mark = randomBytes(4).toString("hex");
  const database = `installation_${mark}`;
  const names = { admin: `admin_${mark}`, app: `app_${mark}`, jobs: `jobs_${mark}` };
  await root.unsafe(`CREATE DATABASE ${database}`);
  await root.unsafe(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
  await root.unsafe(`CREATE ROLE ${names.admin} LOGIN ${attributes} PASSWORD '${password}'`);
  for (const right of [...rights, "GRANT CONNECT ON DATABASE :db TO :admin"]) {
    await root.unsafe(right.replaceAll(":db", database).replaceAll(":admin", names.admin));
  }
  const adminUrl = at(database, names.admin, password);
  // Who may create roles makes those of the bot as well.
  const maker =
    attributes.includes("CREATEROLE") && !attributes.includes("NOCREATEROLE")
      ? postgres(adminUrl, { max: 1, onnotice: () => {} })
      : root;
  for (const role of [names.app, names.jobs]) await maker.unsafe(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'`);
  if (maker !== root) await maker.end({ timeout: 1 });
  await root.unsafe(`GRANT CONNECT ON DATABASE ${database} TO ${names.app}, ${names.jobs}`);
  return { database, adminUrl, appUrl: at(database, names.app, password), names };
}

const install = ({ adminUrl, names }: Installation, jobs = true): Promise<Migrated> =>
  migrate({
    adminUrl,
    appRole: names.app,
    jobsRole: jobs ? names.jobs : undefined,
    folder: REAL_MIGRATIONS,
    eventTypes: EVENT_TYPES,
    log: () => {},
  });

/** The run-time role can record, and cannot alter the trail. */
async function works({ appUrl }: Installation): Promise<void> {
  const database = createDatabase({ url: appUrl, max: 1, applicationName: "installation" });
  try {
    expect(await checkProtection(database)).toEqual({ protected: true, reasons: [] });
    expect(await createWriteProbe(database)()).toHaveProperty("now");
    await createLedger(database).homeOpened("U0PRIYA");
  } finally {
    await database.end();
  }
}

const CREATE_ON = "GRANT CREATE ON DATABASE :db TO :admin";

describe("an administrator", () => {
  test("who may create roles and schemas, but does not own the database, can install, and again", async () => {
    const installation = await prepare("CREATEROLE", [CREATE_ON]);
    await expect(install(installation)).resolves.toMatchObject({ ownerRole: "breakglass_owner" });
    await works(installation);
    await expect(install(installation)).resolves.toMatchObject({ applied: [] });
  });

  test("who may only create schemas owns the schema himself", async () => {
    const installation = await prepare("NOCREATEROLE", [CREATE_ON]);
    await expect(install(installation, false)).resolves.toMatchObject({ ownerRole: installation.names.admin });
    await works(installation);
  });

  test("who may not create schemas is told the statement that the database's owner has to run", async () => {
    const installation = await prepare("CREATEROLE", []);
    const { database, names } = installation;
    await expect(install(installation)).rejects.toMatchObject({
      code: "rights",
      message: expect.stringContaining(`GRANT CREATE ON DATABASE "${database}" TO "${names.admin}"`),
    });
    await root.unsafe(`GRANT CREATE ON DATABASE ${database} TO ${names.admin}`);
    await install(installation);
    await works(installation);
  });
});

test("two installations on one server work, and neither administrator can reach the other's trail", async () => {
  const [one, other] = [await prepare("CREATEROLE", [CREATE_ON]), await prepare("CREATEROLE", [CREATE_ON])];
  const [mine, yours] = [await install(one), await install(other)];
  await works(one);
  await works(other);
  await works(one);
  const members = await root<{ member: boolean }[]>`
    SELECT pg_has_role(${other.names.admin}, ${mine.ownerRole}, 'MEMBER')
      OR pg_has_role(${one.names.admin}, ${yours.ownerRole}, 'MEMBER') AS member`;
  expect(members).toEqual([{ member: false }]);
});
