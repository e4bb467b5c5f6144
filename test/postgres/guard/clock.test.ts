import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase } from "../../../src/postgres/open.js";
import { AT, declareItem, later, newId, taken } from "../../contract/items.js";
import { type Forge, openForge } from "./forge.js";

let forge: Forge;
beforeAll(async () => {
  forge = await openForge();
});
afterAll(() => forge.close());

const HOUR_MS = 3_600_000;

describe("The clock of the database", () => {
  test("applies to all commits, and its owner can move it", async () => {
    await forge.moveClock(HOUR_MS);
    expect(await forge.ledger.commit(declareItem())).toEqual({ ok: false, why: "conflict" });
    const { now } = await forge.ledger.load(1);
    expect(now.getTime()).toBeGreaterThanOrEqual(Date.parse(later(3_600)));
    await forge.moveClock(0);
    taken(await forge.ledger.commit(declareItem()));
  });

  test.each([
    [
      "by replacing it",
      "CREATE OR REPLACE FUNCTION breakglass.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
    ],
    ["by dropping it", "DROP FUNCTION breakglass.now()"],
    ["by altering it", "ALTER FUNCTION breakglass.now() RENAME TO later"],
    ["by moving it to another schema", "ALTER FUNCTION breakglass.now() SET SCHEMA public"],
  ])("cannot be moved by the run-time role %s", async (_, statement) => {
    await expect(forge.app.unsafe(statement)).rejects.toMatchObject({ code: "42501" });
  });

  test("is not shadowed by a function of the same name in a temporary schema", async () => {
    const admin = postgres(forge.adminUrl, { max: 1, onnotice: () => {} });
    const app = postgres(forge.appUrl, { max: 1, onnotice: () => {} });
    try {
      await admin.unsafe(`
        DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO PUBLIC', current_database()); END $$`);
      await app.unsafe(
        "CREATE FUNCTION pg_temp.now() RETURNS timestamptz LANGUAGE sql AS $$ SELECT '2099-01-01Z'::timestamptz $$",
      );
      await app.unsafe("SET search_path = pg_temp, breakglass");
      const item = declareItem(newId("temp"));
      const wire = [{ ...item, entries: item.entries.map((entry) => ({ ...entry })), effects: [] }];
      const [row] = await app`SELECT breakglass.commit(${app.json(JSON.parse(JSON.stringify(wire)))}) AS results`;
      expect(row?.results).toMatchObject([{ ok: true }]);
    } finally {
      await app.end();
      await admin.end();
    }
  });

  test("is restored by a start after it was moved, unless the start keeps a moved clock", async () => {
    const isAhead = async (): Promise<boolean> => (await forge.ledger.now()).getTime() > Date.parse(AT) + 12 * HOUR_MS;
    const start = async (keepClock: boolean): Promise<void> => {
      const opened = await openDatabase({
        place: { kind: "server", url: forge.appUrl, adminUrl: forge.adminUrl, jobsUrl: null },
        jobsHere: false,
        newSecret: () => "unused",
        say: () => {},
        keepClock,
      });
      await opened.close();
    };
    await forge.moveClock(24 * HOUR_MS);
    await start(true);
    expect(await isAhead()).toBe(true);
    await start(false);
    expect(await isAhead()).toBe(false);
  });
});
