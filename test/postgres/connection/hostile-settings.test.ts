import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDatabase } from "../../../src/postgres/connection/database.js";
import { createQueries } from "../../../src/postgres/queries/queries.js";
import { createLedger } from "../../../src/postgres/trail/ledger.js";
import { createWriteProbe } from "../../../src/postgres/trail/write-probe.js";
import { approval, change, DANA, declaration, declareItem, MIA, newId, taken } from "../../contract/items.js";
import { createTestDatabase, type TestDatabase } from "../../support/postgres.js";

let testDatabase: TestDatabase;
let admin: postgres.Sql;
let major: number;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  admin = postgres(testDatabase.adminUrl, { max: 1, onnotice: () => {} });
  const [server] = await admin<{ major: number }[]>`SELECT current_setting('server_version_num')::int / 10000 AS major`;
  major = server?.major ?? 0;
  // What a role with a schema of its own can put before the functions and operators of PostgreSQL.
  await admin.unsafe(`
    CREATE SCHEMA evil;
    GRANT USAGE ON SCHEMA evil TO PUBLIC;
    CREATE FUNCTION evil.never(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT false';
    CREATE OPERATOR evil.= (FUNCTION = evil.never, LEFTARG = text, RIGHTARG = text);`);
});
afterAll(async () => {
  await admin.end({ timeout: 1 });
  await testDatabase.drop();
});

interface Setting {
  readonly name: string;
  readonly vartype: string;
  readonly setting: string;
  readonly enumvals: readonly string[] | null;
  readonly min: string | null;
  readonly max: string | null;
}

/** Values of texts that mean something; any other text gets one that means nothing, which the server mostly refuses. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  search_path: ["evil, pg_catalog", "nowhere"],
  DateStyle: ["German, DMY", "SQL, DMY", "Postgres, MDY"],
  TimeZone: ["<odd>+00:00:01", "Asia/Kathmandu"],
  timezone_abbreviations: ["Australia", "India"],
  client_encoding: ["LATIN1", "SQL_ASCII"],
  local_preload_libraries: ["nowhere"],
  "plpgsql.extra_errors": ["all"],
  "plpgsql.extra_warnings": ["all"],
  lc_monetary: ["C"],
  lc_numeric: ["C"],
  lc_time: ["C"],
  restrict_nonsystem_relation_kind: ["view, foreign-table"],
};

function hostileValues({ name, vartype, setting, enumvals, min, max }: Setting): readonly string[] {
  if (vartype === "bool") return [setting === "on" ? "off" : "on"];
  if (vartype === "enum") return (enumvals ?? []).filter((value) => value !== setting);
  if (vartype === "string") return TEXTS[name] ?? ["nonsense"];
  // Of a time 0 means none, so the shortest is 1.
  return [...new Set([min === "0" ? "1" : (min ?? "1"), min ?? "0", max ?? "1"])].filter((value) => value !== setting);
}

/** Every parameter that a role may set for its own sessions. */
async function settings(): Promise<readonly Setting[]> {
  // Its parameters are known once it is loaded.
  await admin`DO $$ BEGIN END $$`;
  return admin<Setting[]>`
    SELECT name, vartype, setting, enumvals, min_val AS min, max_val AS max FROM pg_settings WHERE context = 'user' ORDER BY name`;
}

/** Declares, is refused, approves and reads in sessions of the run-time role; says what goes wrong, or what is read wrongly. */
async function whatGoesWrong(pooled: boolean): Promise<string | null> {
  const db = createDatabase({ url: testDatabase.appUrl, max: 1, applicationName: "settings-test", pooled, major });
  const ledger = createLedger(db, { deadlineMs: 2_500 });
  const queries = createQueries(db, { deadlineMs: 2_500 });
  try {
    const { n, head, lastSeq } = taken(await ledger.commit(declareItem(newId("declare"), declaration())));
    if (n === null) return "no number";
    const own = await change(ledger, n, approval(DANA));
    if (own.ok || own.why !== "own_bypass") return "the own approval is not refused as such";
    taken(await change(ledger, n, approval(), approval(MIA, 2)));
    const { entries, now } = await ledger.load(n);
    if (entries.length !== 4) return `${entries.length} entries are read`;
    if (Math.abs(now.getTime() - Date.now()) > 60_000) return "the time is read wrongly";
    const record = await queries.record(n);
    if (record?.entries[1]?.head !== head || record.entries[1].seq !== lastSeq) return "the hash is read wrongly";
    if (record.entries[0]?.texts.reason !== "prod is down") return "the text is read wrongly";
    const { bypasses } = await queries.open(50);
    const [row] = bypasses.filter((bypass) => bypass.n === n);
    if (row?.identity !== record.entries[0].head || row.declaredAt !== record.state.declaredAt)
      return "a list is wrong";
    await queries.acked(new Date(0).toISOString(), now.toISOString());
    await queries.gateItems();
    return null;
  } catch (fault) {
    const cause = fault instanceof Error ? fault.cause : null;
    return `${fault instanceof Error ? fault.message : fault}${cause instanceof Error ? ` (${cause.message})` : ""}`;
  } finally {
    await db.end();
  }
}

/** The word of `/readyz`, asked on new connections like those of a bot that has just started; `null` for none. */
async function wordOf(pooled: boolean): Promise<string | null> {
  const db = createDatabase({ url: testDatabase.appUrl, max: 1, applicationName: "settings-test", pooled, major });
  try {
    const proof = await createWriteProbe(db)();
    return "trouble" in proof ? proof.trouble : null;
  } finally {
    await db.end();
  }
}

interface Hostile {
  readonly name: string;
  readonly value: string;
}

interface Outcome {
  readonly setting: string;
  readonly wrong: string | null;
  readonly word: string | null;
}

const alter = () => `ALTER ROLE ${testDatabase.appRole} IN DATABASE ${testDatabase.name}`;
const given = ({ name, value }: Hostile) => `${name} TO ${name === "search_path" ? value : `'${value}'`}`;
const reset = () => admin.unsafe(`${alter()} RESET ALL`);

/** Whether the server lets the role have this value. */
const isTaken = (hostile: Hostile): Promise<boolean> =>
  admin.unsafe(`${alter()} SET ${given(hostile)}`).then(
    () => true,
    () => false,
  );

/**
 * Gives the role these values, and looks what that does to a bot that starts then. Those of a group that does no harm do
 * none; those of another are tried one by one, because one of them hides what the others do.
 */
async function outcomesOf(group: readonly Hostile[], pooled: boolean): Promise<readonly Outcome[]> {
  await reset();
  for (const hostile of group) await admin.unsafe(`${alter()} SET ${given(hostile)}`);
  const wrong = await whatGoesWrong(pooled);
  const word = await wordOf(pooled);
  if (wrong === null && word === null) return [];
  if (group.length > 1) {
    const half = Math.ceil(group.length / 2);
    return [...(await outcomesOf(group.slice(0, half), pooled)), ...(await outcomesOf(group.slice(half), pooled))];
  }
  return group.map(({ name, value }) => ({ setting: `${name} = ${value}`, wrong, word }));
}

const GROUP = 16;

/** Walks all parameters with all hostile values, and returns what does not work or is named. */
async function walk(pooled: boolean): Promise<{ readonly tried: number; readonly outcomes: readonly Outcome[] }> {
  const all = (await settings()).map((setting) =>
    hostileValues(setting).map((value) => ({ name: setting.name, value })),
  );
  const taken: Hostile[] = [];
  // First the first value of each parameter, then the second: one parameter has one value in a group.
  for (let round = 0; round < 20; round += 1) {
    for (const values of all) {
      const hostile = values[round];
      if (hostile !== undefined && (await isTaken(hostile))) taken.push(hostile);
    }
  }
  const outcomes: Outcome[] = [];
  for (let from = 0; from < taken.length; from += GROUP)
    outcomes.push(...(await outcomesOf(taken.slice(from, from + GROUP), pooled)));
  await reset();
  return { tried: taken.length, outcomes };
}

/** Whatever the role sets of it, a bot that connects directly sets it otherwise; but for what may be the operator's. */
const NAMED_DIRECTLY = new Map<string, string | readonly string[]>([
  ["default_transaction_read_only = on", "postgres_read_only"],
]);

/** What only the beginning of a session can set: behind a pooler it is named. */
const NAMED_BEHIND_A_POOLER = new Map<string, string | readonly string[]>([
  ...NAMED_DIRECTLY,
  ["default_transaction_isolation = serializable", "postgres_isolation"],
  ["default_transaction_isolation = repeatable read", "postgres_isolation"],
  ["default_transaction_isolation = read uncommitted", "postgres_isolation"],
  ["idle_session_timeout = 1", "postgres"],
  ["local_preload_libraries = nowhere", "postgres_settings"],
  ["lock_timeout = 1", "postgres_lock_timeout"],
  ["search_path = evil, pg_catalog", "postgres_settings"],
  ["statement_timeout = 1", "postgres_statement_timeout"],
  // The statement that tells which timeout it is may be ended by it, too.
  ["transaction_timeout = 1", ["postgres_transaction_timeout", "postgres"]],
]);

describe("whatever a role sets for its own sessions", () => {
  test.each([
    ["a bot that connects directly", false, NAMED_DIRECTLY],
    ["a bot behind a pooler", true, NAMED_BEHIND_A_POOLER],
  ] as const)("%s records and reads on, or names it in /readyz", { timeout: 900_000 }, async (_, pooled, named) => {
    const { tried, outcomes } = await walk(pooled);
    expect(tried).toBeGreaterThan(250);
    // A word that is told although all works is none that anybody needs to act on.
    const unexpected = outcomes.filter(({ setting, word }) => ![named.get(setting) ?? null].flat().includes(word));
    expect(unexpected).toEqual([]);
    expect(outcomes.filter(({ wrong, word }) => wrong !== null && word === null)).toEqual([]);
  });
});
