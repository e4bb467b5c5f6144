import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CommandIo } from "../../src/cli/command.js";
import { EXIT } from "../../src/cli/command.js";
import { runCli } from "../../src/cli/main.js";
import { createDatabase, type Database } from "../../src/postgres/connection/database.js";
import { createLedger } from "../../src/postgres/trail/ledger.js";
import {
  change,
  declaration,
  declare,
  denial,
  POLICY,
  POLICY_HASH,
  policyChanged,
  taken,
  waiver,
} from "../contract/items.js";
import { createTestDatabase, type TestDatabase } from "../support/postgres.js";

let database: TestDatabase;
let db: Database;
let head = "";
let entries = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase({ url: database.appUrl, max: 2, applicationName: "verify-test" });
  const ledger = createLedger(db, { deadlineMs: 10_000 });
  const n = await declare(ledger);
  const result = taken(await change(ledger, n, denial(), waiver()));
  head = result.head;
  entries = result.lastSeq;
});
afterAll(async () => {
  await db.end();
  await database.drop();
});

async function run(args: readonly string[], env: CommandIo["env"] = {}) {
  const out: string[] = [];
  const err: string[] = [];
  let time = 0;
  const code = await runCli(["verify", ...args], {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    readFile: async () => new Uint8Array(),
    env,
    // Each read of the clock advances it by three seconds, so that the run counts as a long one.
    now: () => {
      time += 3_000;
      return new Date(time);
    },
  });
  return { code, out, err };
}

test("verify of an intact trail prints its head, and what the check cannot detect", async () => {
  const { code, out, err } = await run([], { DATABASE_URL: database.appUrl });
  expect(out.slice(0, 3)).toEqual([`entries: ${entries}`, `head: ${head} at entry ${entries}`, "findings: 0"]);
  expect(out.join("\n")).toContain("cut-off end");
  const { port, pathname } = new URL(database.appUrl);
  expect(out).toContain(`database: ${pathname.slice(1)} at 127.0.0.1:${port} (DATABASE_URL)`);
  expect(err).toEqual([`${entries} entries so far`, "1 bypasses so far"]);
  expect(code).toBe(EXIT.fine);
});

test("verify prefers --url to the environment, and checks a given checkpoint", async () => {
  const env = { DATABASE_URL: "postgres://nobody@127.0.0.1:9/none" };
  expect((await run(["--url", database.appUrl, "--checkpoint", `${entries}:${head}`], env)).code).toBe(EXIT.fine);
  const { code, out } = await run(["--url", database.appUrl, "--checkpoint", `${entries}:${"0".repeat(24)}`], env);
  expect(code).toBe(EXIT.foundWrong);
  expect(out.join("\n")).toContain("checkpoint: ");
});

test("verify of a tampered trail prints what is wrong and where", async () => {
  const tampered = await createTestDatabase();
  const tamperedDb = createDatabase({ url: tampered.appUrl, max: 1, applicationName: "verify-test" });
  await declare(createLedger(tamperedDb));
  await tamperedDb.end();
  const admin = postgres(tampered.adminUrl, { max: 1, onnotice: () => {} });
  await admin`ALTER TABLE breakglass.trail DISABLE TRIGGER USER`;
  await admin`UPDATE breakglass.trail SET body = replace(body, 'INC-7', 'INC-8') WHERE seq = 1`;
  await admin.end();
  const { code, out } = await run(["--url", tampered.appUrl]);
  expect(code).toBe(EXIT.foundWrong);
  expect(out).toContain("  altered_body: The body of entry 1 is not the one that was recorded.");
  expect(out).toContain("  projection: BG-1: column incident is not what the entries say.");
  await tampered.drop();
});

test("verify --json prints the same as one object", async () => {
  const { code, out } = await run(["--json"], { DATABASE_URL: database.appUrl });
  expect(code).toBe(EXIT.fine);
  expect(JSON.parse(out.join("\n"))).toEqual({
    entries,
    head: { seq: entries, hash: expect.stringMatching(/^[0-9a-f]{64}$/), short: head },
    findings: [],
    judged: { entries: 0, policies: 0, newest: null, onlyOutsideCanTell: 0, notJudged: 2 },
    origins: { acts: 2, signed: 0, proven: null, socket: 0, removed: 0, provenBefore: 0, removedAt: [], without: 2 },
    database: expect.stringContaining("(DATABASE_URL)"),
    unread: [],
    cannotFind: [expect.stringContaining("cut-off end"), expect.stringContaining("signing secret"), expect.any(String)],
  });
  const wrong = await run(["--json", "--url", database.appUrl, "--checkpoint", `${entries}:${"0".repeat(24)}`]);
  expect(wrong.code).toBe(EXIT.foundWrong);
  expect(JSON.parse(wrong.out.join("\n"))).toMatchObject({ findings: [{ seq: entries, kind: "checkpoint" }] });
});

test("verify judges by the policy on record, and says what it could not judge", async () => {
  const own = await createTestDatabase();
  const ownDb = createDatabase({ url: own.appUrl, max: 1, applicationName: "verify-test" });
  const ledger = createLedger(ownDb);
  taken(await ledger.commit(policyChanged(POLICY)));
  await declare(ledger, declaration({ durationSeconds: 68 * 365 * 86_400 }));
  await ownDb.end();
  const { code, out } = await run(["--url", own.appUrl]);
  expect(code).toBe(EXIT.foundWrong);
  expect(out).toContain("  violation: Entry 2 of BG-1 declares a duration that its path does not offer.");
  expect(out.slice(out.indexOf("judged by the policy on record: 2 entries, after 1 policy change"))).toEqual([
    "judged by the policy on record: 2 entries, after 1 policy change",
    `  newest policy: entry 1, SHA-256 ${POLICY_HASH}`,
    "  of these, only Slack or PagerDuty can tell who may: 0",
    "  acts of people that were not judged, since no readable policy was on record: 0",
    expect.stringContaining("acts of people: 1;"),
    "cannot be found this way:",
    expect.stringContaining("cut-off end"),
    expect.stringContaining("Without Slack's signing secret"),
    expect.stringContaining("what people typed"),
  ]);
  await own.drop();
});

test("verify of an unreadable database reports no result", async () => {
  const { code, out, err } = await run(["--url", "postgres://nobody:hunter2@127.0.0.1:9/none"]);
  expect(code).toBe(EXIT.couldNotLook);
  expect(out).toEqual([]);
  expect(err.join("\n")).toContain("Nothing is said about it");
  expect(err.join("\n")).not.toContain("hunter2");
});

test("verify without a database explains how to name one", async () => {
  const { code, err } = await run([]);
  expect(code).toBe(EXIT.couldNotLook);
  expect(err[0]).toContain("--url");
});

test.each([[["--color"]], [["more"]], [["--checkpoint", "12"]], [["--checkpoint", "0:zz"]]])(
  "verify explains its usage for the arguments %j",
  async (args) => {
    const { code, err } = await run(args);
    expect(code).toBe(EXIT.wrongUsage);
    expect(err.join("\n")).toContain("breakglass verify [--url URL]");
  },
);

test("verify of an unusable embedded database says what to do", async () => {
  const folder = await mkdtemp(join(tmpdir(), "breakglass-verify-"));
  try {
    // A bot that runs as root gives the folder to another account, which must be able to reach it.
    await chmod(folder, 0o755);
    await mkdir(join(folder, "postgres", "data"), { recursive: true });
    await writeFile(join(folder, "postgres", "data", "PG_VERSION"), "9\n");
    const { code, err } = await run([], { BREAKGLASS_DATA: folder });
    expect(code).toBe(EXIT.couldNotLook);
    expect(err.join("\n")).toMatch(/written by PostgreSQL 9;.* Start the version of Breakglass that wrote it/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
