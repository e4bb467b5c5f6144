import { rm } from "node:fs/promises";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDatabase } from "../../../src/postgres/connection/database.js";
import { migrate } from "../../../src/postgres/migrations/migrate.js";
import { checkProtection, type Protection } from "../../../src/postgres/migrations/protection.js";
import { FIXTURES, writeMigrations } from "../../support/fixture-migrations.js";
import { createEmptyDatabase, type TestDatabase } from "../../support/postgres.js";

let testDatabase: TestDatabase;
let admin: postgres.Sql;
let app: postgres.Sql;

beforeAll(async () => {
  testDatabase = await createEmptyDatabase();
  admin = postgres(testDatabase.adminUrl, { max: 1, onnotice: () => {} });
  app = postgres(testDatabase.appUrl, { max: 1, onnotice: () => {} });
  const folder = await writeMigrations(FIXTURES);
  await migrate({ ...testDatabase, folder, eventTypes: [], log: () => {} });
  await rm(folder, { recursive: true });
});

afterAll(async () => {
  await Promise.all([admin.end({ timeout: 1 }), app.end({ timeout: 1 })]);
  await testDatabase.drop();
});

async function protectionOf(url: string): Promise<Protection> {
  const database = createDatabase({ url, max: 1, applicationName: "roles-test" });
  try {
    return await checkProtection(database);
  } finally {
    await database.end();
  }
}

describe("the run-time role", () => {
  test.each([
    ["insert", "INSERT INTO breakglass.trail VALUES (9, '{}')"],
    ["update", "UPDATE breakglass.trail SET body = ''"],
    ["delete", "DELETE FROM breakglass.trail"],
    ["truncate", "TRUNCATE breakglass.trail"],
    ["call an unmarked function", "SELECT breakglass.wipe()"],
    ["disable triggers", "ALTER TABLE breakglass.trail DISABLE TRIGGER ALL"],
    ["drop the table", "DROP TABLE breakglass.trail"],
    ["become the owner", "SET ROLE breakglass_owner"],
    ["create a table beside it", "CREATE TABLE breakglass.mine (id int)"],
    ["delete the record of a migration", "DELETE FROM breakglass_migrations.__drizzle_migrations"],
    ["change the record of an installed function", "UPDATE breakglass_migrations.functions SET installed = 'x'"],
    [
      "move the clock",
      "CREATE OR REPLACE FUNCTION breakglass.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
    ],
    ["use a sequence", "SELECT nextval('breakglass.more_id_seq')"],
  ])("may not %s", async (_, statement) => {
    await expect(app.unsafe(statement)).rejects.toMatchObject({ code: "42501" });
  });
});

describe("the trail", () => {
  test("is protected from the run-time role after a migration", async () => {
    expect(await protectionOf(testDatabase.appUrl)).toEqual({ protected: true, reasons: [] });
  });

  test("is not protected from a superuser, and the reasons say so", async () => {
    const { protected: safe, reasons } = await protectionOf(testDatabase.adminUrl);
    expect(safe).toBe(false);
    expect(reasons).toContain("is a superuser");
  });

  test("counts as unprotected if it does not exist", async () => {
    const empty = await createEmptyDatabase();
    expect((await protectionOf(empty.appUrl)).reasons).toEqual(["the schema breakglass is not there or not visible"]);
    await empty.drop();
  });

  test.each([
    [
      "UPDATE on one column",
      "GRANT UPDATE (body) ON breakglass.trail TO $",
      "REVOKE UPDATE (body) ON breakglass.trail FROM $",
      /may insert/,
    ],
    ["TRUNCATE", "GRANT TRUNCATE ON breakglass.trail TO $", "REVOKE TRUNCATE ON breakglass.trail FROM $", /may insert/],
    ["a trigger", "GRANT TRIGGER ON breakglass.trail TO $", "REVOKE TRIGGER ON breakglass.trail FROM $", /may insert/],
    ["membership in the owner", "GRANT breakglass_owner TO $", "REVOKE breakglass_owner FROM $", /owns the schema/],
    [
      "ownership of a table",
      "ALTER TABLE breakglass.more OWNER TO $",
      "ALTER TABLE breakglass.more OWNER TO breakglass_owner",
      /owns tables/,
    ],
    [
      "CREATE in the schema",
      "GRANT CREATE ON SCHEMA breakglass TO $",
      "REVOKE CREATE ON SCHEMA breakglass FROM $",
      /may create objects/,
    ],
    [
      "EXECUTE on an unmarked function",
      "GRANT EXECUTE ON FUNCTION breakglass.wipe() TO $",
      "REVOKE EXECUTE ON FUNCTION breakglass.wipe() FROM $",
      /may call/,
    ],
    ["pg_write_all_data", "GRANT pg_write_all_data TO $", "REVOKE pg_write_all_data FROM $", /writes all data/],
    ["REPLICATION", "ALTER ROLE $ REPLICATION", "ALTER ROLE $ NOREPLICATION", /as a replica/],
    [
      "a setting of the server",
      "GRANT ALTER SYSTEM ON PARAMETER archive_command TO $",
      "REVOKE ALTER SYSTEM ON PARAMETER archive_command FROM $",
      /ALTER SYSTEM/,
    ],
    [
      "a function elsewhere that runs as the owner",
      `CREATE SCHEMA helper;
       CREATE FUNCTION helper.run(what text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN EXECUTE what; END';
       ALTER FUNCTION helper.run(text) OWNER TO breakglass_owner;
       GRANT USAGE ON SCHEMA helper TO $`,
      "DROP SCHEMA helper CASCADE",
      /functions of another schema that run with the rights/,
    ],
    ["CREATEROLE", "ALTER ROLE $ CREATEROLE", "ALTER ROLE $ NOCREATEROLE", /create roles/],
  ])("is not protected from a role with %s", async (_, give, take, reason) => {
    await admin.unsafe(give.replace("$", testDatabase.appRole));
    const seen = await protectionOf(testDatabase.appUrl);
    await admin.unsafe(take.replace("$", testDatabase.appRole));
    expect(seen.protected).toBe(false);
    expect(seen.reasons.join("\n")).toMatch(reason);
    expect(await protectionOf(testDatabase.appUrl)).toEqual({ protected: true, reasons: [] });
  });
});
