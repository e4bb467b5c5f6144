import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "../../../src/domain/events/actor.js";
import type { BypassEvent, SystemEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import { createDatabase, type Database } from "../../../src/postgres/connection/database.js";
import { createLedger } from "../../../src/postgres/trail/ledger.js";
import type { Ledger } from "../../../src/usecases/ports/ports.js";
import { AT, CLOCK, change, DANA, fresh, later, systemItem, taken } from "../../contract/items.js";
import { createTestDatabase, type TestDatabase } from "../../support/postgres.js";
import { activated } from "../guard/forge.js";
import { verifyTampered } from "./tampered.js";

const NOAH: Actor = { kind: "person", user: "U0NOAH", person: "noah" };
const PUT_OFF = { until: later(86_400), roleAsOf: null } as const;

let testDatabase: TestDatabase;
let db: Database;
let admin: postgres.Sql;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  db = createDatabase({ url: testDatabase.appUrl, max: 2, applicationName: "projections-test" });
  admin = postgres(testDatabase.adminUrl, { max: 1, onnotice: () => {} });
  const ledger = createLedger(db, { deadlineMs: 10_000 });
  await aReview(ledger);
  await gates(ledger);
});
afterAll(async () => {
  await db.end();
  await admin.end();
  await testDatabase.drop();
});

/** Records the review of BG-1: put off, then submitted, with an action that is put off and one that is done. */
async function aReview(ledger: Ledger): Promise<void> {
  const n = await activated(ledger);
  const steps: readonly BypassEvent[] = [
    { type: "review.put_off", ...PUT_OFF },
    {
      type: "review.submitted",
      edition: 1,
      verdict: "gate-at-fault",
      gatesAtFault: ["e2e-suite"],
      forcedBy: "flaky",
      aftermath: "passed-later",
      asApprover: false,
      roleAsOf: null,
    },
    { type: "action.opened", action: 1, owner: "U0TOM", dueAt: later(86_400) },
    { type: "action.opened", action: 2, owner: "U0TOM", dueAt: later(86_400) },
    { type: "action.put_off", action: 1, ...PUT_OFF },
    { type: "action.ended", action: 2, outcome: "done", roleAsOf: null },
  ];
  taken(await change(ledger, n, fresh({ type: "bypass.closed" }, DANA)));
  for (const event of steps) taken(await change(ledger, n, fresh(event, NOAH, textsOf(event))));
}

function textsOf({ type }: BypassEvent) {
  if (type === "review.submitted") return { lesson: "Split it." };
  return type === "action.opened" ? { line: "Renew it." } : { reason: "The team is away." };
}

/** Records gate items: one gate was fixed, is sick again and was reminded; another has recovered. */
async function gates(ledger: Ledger): Promise<void> {
  const flagged = (gate: string, item: number): SystemEvent => ({
    type: "gate.flagged",
    gate,
    item,
    owner: "on-call-lead",
    dueAt: later(3600),
    because: "count",
    count: 3,
    reviewed: 0,
    atFault: 0,
    windowSeconds: 2_592_000,
    bypasses: [1],
  });
  const of = { gate: "e2e-suite", item: 2 } as const;
  const commit = async (event: SystemEvent, actor: Actor = CLOCK, texts = {}) =>
    taken(await ledger.commit(systemItem(event, texts, undefined, actor)));
  await commit(flagged("e2e-suite", 1));
  const fixed = { type: "gate.fixed", gate: "e2e-suite", item: 1, how: "changed", roleAsOf: null } as const;
  await commit(fixed, NOAH, { reason: "Split." });
  await commit(flagged("e2e-suite", 2));
  await commit({ type: "gate.reminded", ...of, slot: AT, stage: "before", role: "on-call-lead" });
  await commit({ type: "gate.overdue", ...of, slot: AT });
  await commit({ type: "gate.put_off", ...of, ...PUT_OFF, count: 1 }, NOAH, { reason: "Omar is away." });
  await commit(flagged("two-approvals", 1));
  await commit({ type: "gate.recovered", gate: "two-approvals", item: 1, count: 0 });
}

/** SQL for a different value, by data type. */
const OTHER: Readonly<Record<string, (column: string) => string>> = {
  boolean: (column) => `NOT ${column}`,
  integer: (column) => `coalesce(${column}, 0) + 100`,
  bigint: (column) => `coalesce(${column}, 0) + 100`,
  text: (column) => `coalesce(${column}, '') || 'x'`,
  "timestamp with time zone": (column) => `coalesce(${column}, now()) + interval '1 ms'`,
  ARRAY: (column) => `${column} || 'x'::text`,
};

/** Columns that do not follow from the entries alone, because they depend on the policy in force too. */
const NOT_VERIFIED = ["bypasses.follow_up_at"];

describe.each(["bypasses", "approvals", "actions", "gate_items", "gate_marks"])(
  "A superuser who changes %s",
  (table) => {
    test("is detected by a verification, whichever column changed", async () => {
      const columns = await admin<{ name: string; type: string }[]>`
      SELECT column_name AS name, data_type AS type FROM information_schema.columns
      WHERE table_schema = 'breakglass' AND table_name = ${table} ORDER BY ordinal_position`;
      const missed: string[] = [];
      for (const { name, type } of columns) {
        const other = OTHER[type];
        if (other === undefined) throw new Error(`no other value for ${name}, a ${type}`);
        const { findings } = await verifyTampered(admin, db, async (sql) => {
          await dropChecks(sql, table);
          await sql.unsafe(`UPDATE breakglass.${table} SET ${name} = ${other(name)}`);
        });
        if (!findings.some(({ kind }) => kind === "projection")) missed.push(`${table}.${name}`);
      }
      expect(columns.length).toBeGreaterThan(3);
      expect(missed).toEqual(NOT_VERIFIED.filter((column) => column.startsWith(`${table}.`)));
    });

    test("is detected when rows are missing, and an untouched table has no findings", async () => {
      const gone = await verifyTampered(admin, db, (sql) => sql.unsafe(`DELETE FROM breakglass.${table}`));
      expect(gone.findings.map(({ kind }) => kind)).toContain("projection");
      expect((await verifyTampered(admin, db, async () => {})).findings).toEqual([]);
    });
  },
);

/** Drops the table's checks, so that the verification must find the forged value. */
async function dropChecks(sql: postgres.TransactionSql, table: string): Promise<void> {
  const checks = await sql<{ name: string }[]>`
    SELECT conname AS name FROM pg_constraint WHERE contype = 'c' AND conrelid = ${`breakglass.${table}`}::regclass`;
  for (const { name } of checks) await sql.unsafe(`ALTER TABLE breakglass.${table} DROP CONSTRAINT ${name}`);
}
