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
import { change, declare, denial, taken, waiver } from "../contract/items.js";
import { createTestDatabase, type TestDatabase } from "../support/postgres.js";

let ground: TestDatabase;
let db: Database;
let head = "";
let entries = 0;

beforeAll(async () => {
  ground = await createTestDatabase();
  db = createDatabase({ url: ground.appUrl, max: 2, applicationName: "verify-test" });
  const ledger = createLedger(db, { deadlineMs: 10_000 });
  const n = await declare(ledger);
  const result = taken(await change(ledger, n, denial(), waiver()));
  head = result.head;
  entries = result.lastSeq;
});
afterAll(async () => {
  await db.end();
  await ground.drop();
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
    // Every look at the clock finds three seconds gone: this run is a long one.
    now: () => {
      time += 3_000;
      return new Date(time);
    },
  });
  return { code, out, err };
}

test("a sound trail is told with its head, and what was not looked for", async () => {
  const { code, out, err } = await run([], { DATABASE_URL: ground.appUrl });
  expect(out.slice(0, 3)).toEqual([`entries: ${entries}`, `head: ${head} at entry ${entries}`, "findings: 0"]);
  expect(out.join("\n")).toContain("cut-off end");
  expect(err).toEqual([`${entries} entries so far`]);
  expect(code).toBe(EXIT.fine);
});

test("the URL of the command line goes before that of the environment, and a checkpoint is looked at", async () => {
  const env = { DATABASE_URL: "postgres://nobody@127.0.0.1:9/none" };
  expect((await run(["--url", ground.appUrl, "--checkpoint", `${entries}:${head}`], env)).code).toBe(EXIT.fine);
  const { code, out } = await run(["--url", ground.appUrl, "--checkpoint", `${entries}:${"0".repeat(24)}`], env);
  expect(code).toBe(EXIT.foundWrong);
  expect(out.join("\n")).toContain("checkpoint: ");
});

test("a trail that was tampered with is told with what is wrong and where", async () => {
  const own = await createTestDatabase();
  const ownDb = createDatabase({ url: own.appUrl, max: 1, applicationName: "verify-test" });
  await declare(createLedger(ownDb));
  await ownDb.end();
  const admin = postgres(own.adminUrl, { max: 1, onnotice: () => {} });
  await admin`ALTER TABLE breakglass.trail DISABLE TRIGGER USER`;
  await admin`UPDATE breakglass.trail SET body = replace(body, 'INC-7', 'INC-8') WHERE seq = 1`;
  await admin.end();
  const { code, out } = await run(["--url", own.appUrl]);
  expect(code).toBe(EXIT.foundWrong);
  expect(out).toContain("  altered_body: The body of entry 1 is not the one that was recorded.");
  expect(out).toContain("  projection: BG-1: column incident is not what the entries say.");
  await own.drop();
});

test("a database that cannot be read is not called sound", async () => {
  const { code, out, err } = await run(["--url", "postgres://nobody:hunter2@127.0.0.1:9/none"]);
  expect(code).toBe(EXIT.couldNotLook);
  expect(out).toEqual([]);
  expect(err.join("\n")).toContain("Nothing is said about it");
  expect(err.join("\n")).not.toContain("hunter2");
});

test("without a database it says how to name one", async () => {
  const { code, err } = await run([]);
  expect(code).toBe(EXIT.couldNotLook);
  expect(err[0]).toContain("--url");
});

test.each([[["--color"]], [["more"]], [["--checkpoint", "12"]], [["--checkpoint", "0:zz"]]])(
  "wrong usage is told: %j",
  async (args) => {
    const { code, err } = await run(args);
    expect(code).toBe(EXIT.wrongUsage);
    expect(err.join("\n")).toContain("breakglass verify [--url URL]");
  },
);

test("an embedded database that cannot be used is told with what to do", async () => {
  const folder = await mkdtemp(join(tmpdir(), "breakglass-verify-"));
  try {
    // A bot that runs as root lends the folder to another account, which must be able to reach it.
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
