import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EXIT } from "../../src/cli/command.js";
import { runCli } from "../../src/cli/main.js";
import { verifyDatabase } from "../../src/cli/verify/verify-database.js";
import { verifyTrail } from "../../src/cli/verify/verify-trail.js";
import { createDatabase } from "../../src/postgres/connection/database.js";
import { createVerifySource } from "../../src/postgres/queries/verify-source.js";
import { createLedger } from "../../src/postgres/trail/ledger.js";
import { declare, POLICY, policyChanged, taken } from "../contract/items.js";
import { copyDatabase, createTestDatabase, type TestDatabase } from "../support/postgres.js";

/*
 * A superuser alters the tables so that they cannot be read as the release reads them. That is a finding, and what can be
 * read is verified all the same.
 */

let honest: TestDatabase;
beforeAll(async () => {
  honest = await createTestDatabase();
  const db = createDatabase({ url: honest.appUrl, max: 1, deadlineMs: 60_000, applicationName: "verify-test" });
  const ledger = createLedger(db, { deadlineMs: 10_000 });
  taken(await ledger.commit(policyChanged(POLICY)));
  await declare(ledger);
  await declare(ledger);
  await db.end();
});
afterAll(() => honest.drop());

const OFF = `ALTER TABLE breakglass.trail DISABLE TRIGGER ALL; ALTER TABLE breakglass.trail_text DISABLE TRIGGER ALL;
  SET session_replication_role = replica;`;
const ON = `RESET session_replication_role;
  ALTER TABLE breakglass.trail ENABLE TRIGGER ALL; ALTER TABLE breakglass.trail ENABLE ALWAYS TRIGGER trail_is_never_changed;
  ALTER TABLE breakglass.trail_text ENABLE TRIGGER ALL; ALTER TABLE breakglass.trail_text ENABLE ALWAYS TRIGGER texts_are_never_removed;
  ALTER TABLE breakglass.trail_text ENABLE ALWAYS TRIGGER texts_are_only_redacted;`;

/** Runs `look` on a copy of the database that a superuser altered so. */
async function afterwards<T>(statements: string, look: (copy: TestDatabase) => Promise<T>): Promise<T> {
  const copy = await copyDatabase(honest);
  const admin = postgres(copy.adminUrl, { max: 1, onnotice: () => {} });
  try {
    await admin.unsafe(statements);
    return await look(copy);
  } finally {
    await admin.end();
    await copy.drop();
  }
}

async function verify({ appUrl }: Pick<TestDatabase, "appUrl">, args: readonly string[] = []) {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    readFile: async () => new Uint8Array(),
    env: {},
    now: () => new Date(0),
  };
  const code = await runCli(["verify", "--url", appUrl, ...args], io);
  return { code, printed: out.join("\n"), errors: err.join("\n") };
}

const emptied = (table: string, column: string, where = "true") =>
  `${OFF} ALTER TABLE breakglass.${table} ALTER ${column} DROP NOT NULL;
   UPDATE breakglass.${table} SET ${column} = NULL WHERE ${where}; ${ON}`;

describe("verify finds", () => {
  test("nothing in a database that nobody altered", async () => {
    const { code, printed } = await afterwards("SELECT", (copy) => verify(copy));
    expect(printed).toContain("findings: 0\n");
    expect(printed).not.toContain("could not be read");
    expect(code).toBe(EXIT.fine);
  });

  test.each<[string, string, readonly string[]]>([
    [
      "an emptied body",
      emptied("trail", "body", "seq = 2"),
      ["database: The column trail.body is not that of this release.", "unreadable_body: Entry 2 cannot be read"],
    ],
    [
      "an emptied link",
      emptied("trail", "prev", "seq = 2"),
      ["database: The column trail.prev is not that of this release.", "broken_link: Entry 2 does not follow"],
    ],
    [
      "an emptied head",
      emptied("head", "hash"),
      ["database: The column head.hash is not that of this release.", "head: The kept head is that of entry"],
    ],
    [
      "an entry without a number",
      `${OFF} ALTER TABLE breakglass.trail DROP CONSTRAINT trail_pkey CASCADE; ALTER TABLE breakglass.trail ALTER seq DROP NOT NULL;
       INSERT INTO breakglass.trail SELECT NULL, stream, 77, body, prev, leaf, hash FROM breakglass.trail WHERE seq = 2; ${ON}`,
      [
        "database: The column trail.seq is not",
        "violation: Entries have numbers below 1 or above 9007199254740991: 1 of",
      ],
    ],
    [
      "a second head",
      `${OFF} ALTER TABLE breakglass.head DROP CONSTRAINT head_one_check; ALTER TABLE breakglass.head DROP CONSTRAINT head_pkey;
       INSERT INTO breakglass.head VALUES (false, 1, decode(repeat('00', 32), 'hex')); ${ON}`,
      [
        "database: The constraint head.head_pkey is missing.",
        "head: The table head has a second row, so nothing can be recorded.",
      ],
    ],
    [
      "a dropped table",
      "DROP TABLE breakglass.origin_shows",
      [
        "database: The relation origin_shows is missing.",
        'could not be read, so that nothing is said about it:\n  The entries: PostgreSQL refused "verify entries" (42P01).',
      ],
    ],
    [
      "a dropped table of event types",
      "DROP TABLE breakglass.event_types CASCADE",
      ["database: The relation event_types is missing.", "head: "],
    ],
    [
      "a dropped column, and reads the entries",
      "ALTER TABLE breakglass.outbox DROP COLUMN failed_code",
      [
        "database: The column outbox.failed_code is missing.",
        'The bypasses: PostgreSQL refused "verify projections" (42703).',
        "judged by the policy on record: ",
      ],
    ],
    [
      "a view that ends its reader's connection",
      `ALTER TABLE breakglass.head RENAME TO kept; CREATE VIEW breakglass.head AS
       SELECT kept.* FROM breakglass.kept, pg_terminate_backend(pg_backend_pid()); GRANT SELECT ON breakglass.head TO PUBLIC`,
      [
        "database: The relation head is not that of this release.",
        "could not be read, so that nothing is said about it",
      ],
    ],
  ])("%s", async (_, statements, said) => {
    const { code, printed, errors } = await afterwards(statements, (copy) => verify(copy));
    for (const words of said) expect(printed).toContain(words);
    expect(errors).toMatch(/^The database differs from this release in \d+ places?; the trail is read all the same\./);
    expect(code).toBe(EXIT.foundWrong);
  });

  test("a view that sleeps in the place of a table, and verifies the rest", async () => {
    const asleep = `ALTER TABLE breakglass.gate_marks RENAME TO kept; CREATE VIEW breakglass.gate_marks AS
      SELECT kept.* FROM breakglass.kept RIGHT JOIN pg_sleep(60) ON true; GRANT SELECT ON breakglass.gate_marks TO PUBLIC`;
    const { unread, seen, findings } = await afterwards(asleep, async ({ appUrl }) => {
      const db = createDatabase({ url: appUrl, max: 1, applicationName: "verify-test" });
      try {
        return await verifyTrail({ source: createVerifySource(db, 500) });
      } finally {
        await db.end();
      }
    });
    expect(unread).toEqual([
      expect.stringMatching(/^The gates: PostgreSQL did not answer "verify gates" within 500 ms/),
    ]);
    expect(seen).toBe("all");
    expect(findings).toEqual([]);
  });
});

test("verify reads an altered database with a shorter deadline, and names the alteration of its event types", async () => {
  const asleep = `ALTER TABLE breakglass.event_types RENAME TO kept; CREATE VIEW breakglass.event_types AS
    SELECT kept.* FROM breakglass.kept RIGHT JOIN pg_sleep(60) ON true; GRANT SELECT ON breakglass.event_types TO PUBLIC`;
  const told: number[] = [];
  const deadlines = new Map<string, number | undefined>();
  const { findings } = await afterwards(asleep, async ({ appUrl }) => {
    const db = createDatabase({ url: appUrl, max: 1, applicationName: "verify-test" });
    const watched: typeof db = {
      ...db,
      query: (build, options) => {
        deadlines.set(options.label, options.deadlineMs);
        // The test does not wait as long as a person would.
        return db.query(build, { ...options, deadlineMs: 1_000 });
      },
    };
    try {
      return await verifyDatabase(watched, {}, (altered) => told.push(altered));
    } finally {
      await db.end();
    }
  });
  expect(findings.map(({ message }) => message)).toContain("The relation event_types is not that of this release.");
  expect(told).toHaveLength(1);
  expect([...deadlines.values()].filter((ms) => ms === undefined || ms > 10_000)).toEqual([]);
});

test("verify says nothing of a database that was never set up, or that its role may not read", async () => {
  const empty = await afterwards("DROP SCHEMA breakglass CASCADE", (copy) => verify(copy));
  expect(empty).toMatchObject({ code: EXIT.couldNotLook, printed: "" });
  expect(empty.errors).toContain("The schema breakglass is missing.\nNothing is said about it.");
  const revoked = `REVOKE SELECT ON ALL TABLES IN SCHEMA breakglass FROM ${honest.appRole}`;
  const closed = await afterwards(revoked, (copy) => verify(copy));
  expect(closed).toMatchObject({ code: EXIT.couldNotLook, printed: "" });
  expect(closed.errors).toContain("Check the URL, and that its role may read the schema breakglass.");
});

test("verify --json names what could not be read", async () => {
  const { printed } = await afterwards("ALTER TABLE breakglass.outbox DROP COLUMN failed_code", (copy) =>
    verify(copy, ["--json"]),
  );
  expect(JSON.parse(printed).unread).toContainEqual(expect.stringMatching(/^The bypasses: /));
});
