import { rm } from "node:fs/promises";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDatabase } from "../../../src/postgres/connection/database.js";
import { migrate } from "../../../src/postgres/migrations/migrate.js";
import { type Protection, protection } from "../../../src/postgres/migrations/protection.js";
import { FIXTURES, writeMigrations } from "../../support/fixture-migrations.js";
import { createEmptyDatabase, type TestDatabase } from "../../support/postgres.js";

let ground: TestDatabase;
let admin: postgres.Sql;
let app: postgres.Sql;

beforeAll(async () => {
  ground = await createEmptyDatabase();
  admin = postgres(ground.adminUrl, { max: 1, onnotice: () => {} });
  app = postgres(ground.appUrl, { max: 1, onnotice: () => {} });
  const folder = await writeMigrations(FIXTURES);
  await migrate({ ...ground, folder, eventTypes: [], log: () => {} });
  await rm(folder, { recursive: true });
});

afterAll(async () => {
  await Promise.all([admin.end({ timeout: 1 }), app.end({ timeout: 1 })]);
  await ground.drop();
});

async function look(url: string): Promise<Protection> {
  const database = createDatabase({ url, max: 1, applicationName: "roles-test" });
  try {
    return await protection(database);
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
    ["forget a migration", "DELETE FROM breakglass_migrations.__drizzle_migrations"],
    ["pass off a function as installed", "UPDATE breakglass_migrations.functions SET installed = 'x'"],
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
  test("is protected from the run-time role as the migration leaves it", async () => {
    expect(await look(ground.appUrl)).toEqual({ protected: true, reasons: [] });
  });

  test("is not protected from the superuser, and the reasons say so", async () => {
    const { protected: safe, reasons } = await look(ground.adminUrl);
    expect(safe).toBe(false);
    expect(reasons).toContain("is a superuser");
  });

  test("counts as unprotected where it is not there", async () => {
    const empty = await createEmptyDatabase();
    expect((await look(empty.appUrl)).reasons).toEqual(["the schema breakglass is not there or not visible"]);
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
    ["membership of the owner", "GRANT breakglass_owner TO $", "REVOKE breakglass_owner FROM $", /owns the schema/],
    [
      "a table of its own",
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
      "an unmarked function",
      "GRANT EXECUTE ON FUNCTION breakglass.wipe() TO $",
      "REVOKE EXECUTE ON FUNCTION breakglass.wipe() FROM $",
      /may call/,
    ],
    ["all data to write", "GRANT pg_write_all_data TO $", "REVOKE pg_write_all_data FROM $", /writes all data/],
    ["roles to make", "ALTER ROLE $ CREATEROLE", "ALTER ROLE $ NOCREATEROLE", /create roles/],
  ])("is not protected from a role with %s", async (_, give, take, reason) => {
    await admin.unsafe(give.replace("$", ground.appRole));
    const seen = await look(ground.appUrl);
    await admin.unsafe(take.replace("$", ground.appRole));
    expect(seen.protected).toBe(false);
    expect(seen.reasons.join("\n")).toMatch(reason);
    expect(await look(ground.appUrl)).toEqual({ protected: true, reasons: [] });
  });
});
