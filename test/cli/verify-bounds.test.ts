import postgres from "postgres";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EXIT } from "../../src/cli/command.js";
import { runCli } from "../../src/cli/main.js";
import { LONGEST_ORIGIN } from "../../src/domain/events/origin.js";
import { OF_NO_BYPASS } from "../../src/domain/notices/effects.js";
import { createDatabase, type Database } from "../../src/postgres/connection/database.js";
import { createVerifySource } from "../../src/postgres/queries/verify-source.js";
import { createLedger } from "../../src/postgres/trail/ledger.js";
import { declare } from "../contract/items.js";
import { createTestDatabase, type TestDatabase } from "../support/postgres.js";

/*
 * A database whose superuser does not want the trail to be verified: the reader must come to an end, in bounded memory,
 * and print nothing but what it found.
 */

let database: TestDatabase;
let db: Database;
let admin: postgres.Sql;

beforeEach(async () => {
  database = await createTestDatabase();
  db = createDatabase({ url: database.appUrl, max: 1, deadlineMs: 60_000, applicationName: "verify-test" });
  await declare(createLedger(db, { deadlineMs: 10_000 }));
  admin = postgres(database.adminUrl, { max: 1, onnotice: () => {} });
  await admin`ALTER TABLE breakglass.trail DISABLE TRIGGER USER`;
  await admin`ALTER TABLE breakglass.trail_text DISABLE TRIGGER USER`;
});
afterEach(async () => {
  await db.end();
  await admin.end();
  await database.drop();
});

async function verify() {
  const printed: string[] = [];
  const print = (line: string) => void printed.push(line);
  const io = { out: print, err: print, readFile: async () => new Uint8Array(), env: {}, now: () => new Date(0) };
  const code = await runCli(["verify", "--url", database.appUrl], io);
  return { code, printed };
}

/** What a terminal would obey or hide. */
const hidden = (printed: readonly string[]): string[] =>
  ["\u001b", "\u0085", "\u009b", "\u202e", "\n"].filter((character) => printed.join("").includes(character));

test("verify ends, and says so, where an entry has a number that JavaScript cannot count to", async () => {
  await admin`INSERT INTO breakglass.trail (seq, stream, version, body, prev, leaf, hash)
    SELECT 9007199254740993, stream, version + 100, body, prev, leaf, hash FROM breakglass.trail WHERE seq = 1`;
  const { code, printed } = await verify();
  expect(code).toBe(EXIT.foundWrong);
  expect(printed.join("\n")).toMatch(/violation: Entries have numbers below 1 or above 9007199254740991: 1 of them/);
});

test("verify prints no escape sequence and no line break from the database", async () => {
  await admin`ALTER TABLE breakglass.trail DROP CONSTRAINT trail_stream_check`;
  await admin`UPDATE breakglass.trail SET stream = ${"BG-1\u001b[2J\u001b[H\nfindings: 0\u202e\u0085"} WHERE seq = 1`;
  const { code, printed } = await verify();
  expect(code).toBe(EXIT.foundWrong);
  expect(printed.filter((line) => line.startsWith("findings:"))).toEqual([expect.not.stringMatching(/: 0$/)]);
  expect(hidden(printed)).toEqual([]);
  expect(printed.join("\n")).toContain("\\u{1b}[2J");
});

test("verify does not load what is longer than the bot writes", async () => {
  await admin`UPDATE breakglass.trail SET body = repeat('x', 30000000) WHERE seq = 1`;
  await admin`UPDATE breakglass.trail_text SET text = repeat('y', 30000000) WHERE seq = 1`;
  const [first] = await createVerifySource(db).page(0, 2_000);
  expect(first?.body.length).toBe(131_073);
  expect(Math.max(...(first?.texts ?? []).map(({ text }) => text?.length ?? 0))).toBe(65_537);
  const { printed } = await verify();
  expect(printed).toContain("  violation: The body of entry 1 is longer than a body may be.");
});

test("verify loads of an origin as much as a request may have, and no more", async () => {
  await admin`INSERT INTO breakglass.trail_text (seq, field, nonce, text)
    VALUES (1, 'origin', decode(repeat('00', 16), 'hex'), repeat('z', 30000000))`;
  const [first] = await createVerifySource(db).page(0, 2_000);
  expect(first?.texts.find(({ field }) => field === "origin")?.text?.length).toBe(LONGEST_ORIGIN + 1);
});

test("verify counts origins among the bytes of a page", async () => {
  await admin`INSERT INTO breakglass.trail (seq, stream, version, body, prev, leaf, hash)
    SELECT 100 + n, 'BG-1', 100 + n, body, prev, leaf, hash FROM breakglass.trail, generate_series(1, 100) AS n WHERE seq = 1`;
  await admin`INSERT INTO breakglass.trail_text (seq, field, nonce, text)
    SELECT 100 + n, 'origin', decode(repeat('00', 16), 'hex'), repeat('z', 390000) FROM generate_series(1, 100) AS n`;
  const source = createVerifySource(db);
  const page = await source.page(0, 2_000);
  const bytes = page.flatMap(({ texts }) => texts).reduce((sum, { text }) => sum + (text?.length ?? 0), 0);
  expect(bytes).toBeLessThan(17_500_000);
  expect((await source.page(page.at(-1)?.seq ?? 0, 2_000)).length).toBeGreaterThan(0);
});

test("verify ends where the outbox has a position that JavaScript cannot count to, and loads no long effect", async () => {
  const effect = admin`jsonb_build_object('kind', 'digest.post', 'channel', 'C0INC', 'slot', repeat('x', 30000000))`;
  const put = (position: string) => admin`
    INSERT INTO breakglass.outbox (position, n, lane, effect, run_at, created_at) OVERRIDING SYSTEM VALUE
    VALUES (${position}, ${OF_NO_BYPASS}, 'digest', ${effect}, now(), now())`;
  await put("9007199254740991");
  await put("9007199254740993");
  const notices = await createVerifySource(db).notices(0, 2_000);
  expect(notices.map(({ position, effect }) => ({ position, effect }))).toEqual([
    { position: Number.MAX_SAFE_INTEGER, effect: {} },
  ]);
  expect((await verify()).code).toBe(EXIT.foundWrong);
});

test("verify reads long entries in smaller pages, and none twice", async () => {
  await admin`INSERT INTO breakglass.trail (seq, stream, version, body, prev, leaf, hash)
    SELECT 100 + n, 'BG-1', 100 + n, repeat('x', 130000), prev, leaf, hash
    FROM breakglass.trail, generate_series(1, 300) AS n WHERE seq = 1`;
  const source = createVerifySource(db);
  const sizes: number[] = [];
  const seen = new Set<number>();
  for (let page = await source.page(0, 2_000); page.length > 0; ) {
    sizes.push(page.reduce((bytes, { body }) => bytes + body.length, 0));
    for (const { seq } of page) seen.add(seq);
    page = await source.page(page.at(-1)?.seq ?? 0, 2_000);
  }
  expect(Math.max(...sizes)).toBeLessThan(17_000_000);
  expect(seen.size).toBeGreaterThanOrEqual(301);
});

test("verify reports functions that are found before PostgreSQL's, and tables that others inherit from", async () => {
  await admin`CREATE SCHEMA shadow`;
  await admin`GRANT USAGE ON SCHEMA shadow TO PUBLIC`;
  await admin`CREATE TABLE shadow.more () INHERITS (breakglass.trail)`;
  await admin.unsafe(`ALTER DATABASE "${database.name}" SET search_path = shadow, pg_catalog`);
  const { code, printed } = await verify();
  expect(code).toBe(EXIT.foundWrong);
  expect(printed.join("\n")).toContain("looked for in the schema shadow first");
  expect(printed.filter((line) => line.includes("relation trail"))).toEqual([
    "  database: The relation trail is not that of this release.",
  ]);
});

test("verify names itself to the server as the bot does", async () => {
  await admin`ALTER TABLE breakglass.head RENAME TO head_kept`;
  await admin`CREATE VIEW breakglass.head AS SELECT * FROM breakglass.head_kept
    WHERE current_setting('application_name') = 'breakglass'`;
  await admin`GRANT SELECT ON breakglass.head TO PUBLIC`;
  const { printed } = await verify();
  expect(printed.join("\n")).not.toContain("head: The kept head");
});

test("a policy's error shows what is in its keys and its name", async () => {
  const printed: string[] = [];
  const print = (line: string) => void printed.push(line);
  const readFile = async () => new TextEncoder().encode('"a\\e[2Jb": 1\nversion: 1\n');
  const io = { out: print, err: print, readFile, env: {}, now: () => new Date(0) };
  await runCli(["policy", "lint", "evil\u001b[2J\nfine.yaml"], io);
  await runCli(["policy", "lint", "--json", "evil\u009b2J\u202e.yaml"], io);
  expect(hidden(printed)).toEqual([]);
  expect(printed.join("\n")).toContain("evil\\u{1b}[2J\\u{a}fine.yaml");
  expect(printed.join("\n")).toContain('"evil\\u009b2J\\u202e.yaml"');
});
