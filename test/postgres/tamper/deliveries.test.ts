import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDatabase, type Database } from "../../../src/postgres/connection/database.js";
import { createClaims } from "../../../src/postgres/outbox/claims.js";
import { createOutbox } from "../../../src/postgres/outbox/outbox.js";
import { createLedger } from "../../../src/postgres/trail/ledger.js";
import type { Ledger } from "../../../src/usecases/ports/ports.js";
import {
  AT,
  CLOCK,
  change,
  declaration,
  declare,
  declareItem,
  fresh,
  itemOf,
  newId,
  stateOf,
  systemItem,
  taken,
  waiver,
  withdrawal,
} from "../../contract/items.js";
import { createTestDatabase, type TestDatabase } from "../../support/postgres.js";
import { verifyTampered } from "./tampered.js";

const DELIVERY = { kind: "system", part: "delivery" } as const;
const DIRECTORY = { kind: "system", part: "directory" } as const;

let testDatabase: TestDatabase;
let db: Database;
let admin: postgres.Sql;
let ledger: Ledger;
/** A bypass whose alert was posted, and whose page was addressed and sent. */
let told: number;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  db = createDatabase({ url: testDatabase.appUrl, max: 2, applicationName: "deliveries-test" });
  admin = postgres(testDatabase.adminUrl, { max: 1, onnotice: () => {} });
  ledger = createLedger(db, { deadlineMs: 10_000 });
  told = await declare(ledger);
  const step = { step: 0, role: "on-call-lead" } as const;
  taken(await change(ledger, told, fresh({ type: "alert.posted", channel: "C0INC", ts: "1.1" }, DELIVERY)));
  taken(
    await change(
      ledger,
      told,
      fresh({ type: "page.addressed", purpose: "page", ...step, users: ["U0LEO"], others: 0 }, DELIVERY),
    ),
  );
  taken(await change(ledger, told, fresh({ type: "page.sent", step: 0, user: "U0LEO", via: "slack" }, DELIVERY)));
  taken(
    await ledger.commit(systemItem({ type: "digest.queued", slot: AT, channel: "C0INC" }, {}, newId("digest"), CLOCK)),
  );
});
afterAll(async () => {
  await db.end();
  await admin.end({ timeout: 1 });
  await testDatabase.drop();
});

const found = async (tamper: (sql: postgres.TransactionSql) => Promise<unknown>): Promise<readonly string[]> =>
  (await verifyTampered(admin, db, tamper)).findings.map(({ kind, message }) => `${kind}: ${message}`);

/** Empties the outbox as the run-time role can: claims each row and finishes it, without doing anything. */
async function emptyOutbox(): Promise<void> {
  const outbox = createOutbox(db, createClaims("thief"));
  for (let ids = await outbox.claimable(100); ids.length > 0; ids = await outbox.claimable(100)) {
    for (const id of ids) {
      await outbox.claim(id);
      await outbox.finish(id, {});
    }
  }
}

describe("a verification", () => {
  test("has nothing to say of what waits, and of what was delivered", async () => {
    expect(await found(async () => {})).toEqual([]);
    const post = (sql: postgres.TransactionSql) => sql`
      UPDATE breakglass.outbox SET done_at = now(), posted_channel = 'C0INC', posted_ts = '1.2' WHERE n = ${told}`;
    expect(await found(post)).toEqual([]);
  });

  test("finds the alert and the pages that somebody took off the outbox undone", async () => {
    const quiet = await declare(ledger);
    await emptyOutbox();
    const ofQuiet = async () => (await found(async () => {})).filter((line) => line.includes(`BG-${quiet}:`)).sort();
    expect(await ofQuiet()).toEqual([
      `delivery: BG-${quiet}: no entry tells what came of its alert, which its version 1 calls for, but it no longer waits.`,
      `delivery: BG-${quiet}: no entry tells what came of the message to U0DANA (pending), which its version 1 calls for, but it no longer waits.`,
      `delivery: BG-${quiet}: no entry tells what came of the page of on-call-lead, which its version 1 calls for, but it no longer waits.`,
    ]);
    // Once nobody waits for an answer, a page may be skipped; the alert is posted in any case.
    taken(await change(ledger, quiet, withdrawal(), waiver()));
    expect(await ofQuiet()).toEqual([expect.stringMatching(/no entry tells what came of its alert/)]);
    taken(await change(ledger, quiet, fresh({ type: "alert.posted", channel: "C0INC", ts: "2.2" }, DELIVERY)));
    expect(await ofQuiet()).toEqual([]);
  });

  test("finds a request that was ended without anybody being told", async () => {
    const gone = fresh({ type: "bypass.lapsed", why: "requester_deactivated" }, DIRECTORY);
    const silent = await declare(ledger);
    const state = await stateOf(ledger, silent);
    taken(await ledger.commit(itemOf({ n: silent, state, entries: [gone, waiver()], effects: [] })));
    const told = await declare(ledger);
    taken(await change(ledger, told, gone, waiver()));
    const untold = [
      `delivery: BG-${silent}: nothing was queued for the reply in its thread (settled), which its version 3 calls for.`,
      `delivery: BG-${silent}: nothing was queued for the message to U0DANA (outcome), which its version 3 calls for.`,
    ];
    const ofSettlements = (lines: readonly string[]) => lines.filter((line) => /settled|outcome/.test(line));
    expect(ofSettlements(await found(async () => {}))).toEqual(untold);
    const undone = await found(
      (sql) => sql`
        UPDATE breakglass.outbox SET done_at = now() WHERE n = ${told} AND effect ->> 'about' IN ('settled', 'outcome')`,
    );
    expect(ofSettlements(undone)).toEqual([
      ...untold,
      `delivery: BG-${told}: no entry tells what came of the reply in its thread (settled), which its version 3 calls for, but it no longer waits.`,
      `delivery: BG-${told}: no entry tells what came of the message to U0DANA (outcome), which its version 3 calls for, but it no longer waits.`,
    ]);
  });

  test("finds a bypass, and a digest, that were written without their messages", async () => {
    const { n } = taken(await ledger.commit(declareItem(newId("silent"), declaration(), [])));
    const silent = {
      ...systemItem(
        { type: "digest.queued", slot: "2026-01-05T09:00:00.000Z", channel: "C0INC" },
        {},
        newId("digest"),
        CLOCK,
      ),
      effects: [],
    };
    const { lastSeq } = taken(await ledger.commit(silent));
    const later = (await found(async () => {})).filter(
      (line) => line.includes(`BG-${n}:`) || line.includes(`Entry ${lastSeq} `),
    );
    expect(later.sort()).toEqual([
      `delivery: BG-${n}: nothing was queued for its alert, which its version 1 calls for.`,
      `delivery: BG-${n}: nothing was queued for the message to U0DANA (pending), which its version 1 calls for.`,
      `delivery: BG-${n}: nothing was queued for the page of on-call-lead, which its version 1 calls for.`,
      `delivery: Entry ${lastSeq} calls for a message that was never queued.`,
    ]);
  });

  test("finds an outbox and a table of commands that were emptied", async () => {
    expect((await found((sql) => sql`DELETE FROM breakglass.outbox`)).join("\n")).toMatch(
      new RegExp(`BG-${told}: nothing was queued for its alert`),
    );
    expect((await found((sql) => sql`DELETE FROM breakglass.commands`)).join("\n")).toMatch(
      /The row of the command of entry 1 is missing/,
    );
  });

  test("finds a command that no entry names, which would never be done", async () => {
    const planted = await found(
      (sql) => sql`
        INSERT INTO breakglass.commands
        SELECT 'digest:next', jsonb_set(result, '{firstSeq}', '1'), events FROM breakglass.commands LIMIT 1`,
    );
    expect(planted.filter((line) => line.startsWith("projection"))).toEqual([
      "projection: The table of commands has 1 that no entry names; such a command is taken for done and does nothing.",
    ]);
    const moved = await found(
      (sql) => sql`UPDATE breakglass.commands SET result = jsonb_set(result, '{firstSeq}', '99')`,
    );
    expect(moved.join("\n")).toMatch(/The row of the command of entry 1 names other entries/);
  });
});
