import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createDatabase,
  type Database,
  DatabaseUnavailable,
  StatementRefused,
} from "../../../src/postgres/connection/database.js";
import { createBatcher } from "../../../src/postgres/trail/batcher.js";
import { createLedger } from "../../../src/postgres/trail/ledger.js";
import type { CommitItem, CommitResult } from "../../../src/usecases/ports/ports.js";
import {
  approval,
  change,
  DANA,
  declaration,
  declare,
  declareItem,
  denial,
  itemOf,
  LEO,
  later,
  logLine,
  newId,
  stateOf,
  taken,
  waiver,
} from "../../contract/items.js";
import { createTestDatabase, type TestDatabase } from "../../support/postgres.js";

const SIZE = 6;

let testDatabase: TestDatabase;
let admin: postgres.Sql;
let db: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  admin = postgres(testDatabase.adminUrl, { max: 1, onnotice: () => {} });
  db = createDatabase({ url: testDatabase.appUrl, max: 2, applicationName: "batching-test" });
});
afterAll(async () => {
  await db.end();
  await admin.end();
  await testDatabase.drop();
});

type Statement = { readonly n: number; readonly send: () => Promise<object[]> };

/** A ledger whose commit statements are counted, from 1, and can be intercepted. */
function interceptedLedger(intercept: (statement: Statement) => Promise<object[]> = ({ send }) => send()) {
  const seen = { statements: 0 };
  const query = async (...[build, options]: Parameters<Database["query"]>): Promise<object[]> => {
    const send = () => db.query(build, options);
    if (options.label !== "commit") return send();
    seen.statements += 1;
    return intercept({ n: seen.statements, send });
  };
  // The rows are those of the real database, and the caller parses them.
  const wrapped = { ...db, query: query as Database["query"] };
  return { ledger: createLedger(wrapped, { deadlineMs: 20_000 }), seen };
}

type Outcome = CommitResult | { readonly thrown: unknown };
const wordOf = (outcome: Outcome | undefined): string => {
  if (outcome === undefined) return "nothing";
  if ("thrown" in outcome) return String(outcome.thrown);
  return outcome.ok ? (outcome.duplicate ? "duplicate" : "taken") : outcome.why;
};

/** Commits one item, and the others while its statement is under way, so that they wait together. */
async function together(items: readonly CommitItem[], intercept?: (statement: Statement) => Promise<object[]>) {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { ledger, seen } = interceptedLedger(async ({ n, send }) => {
    if (n === 1) await held;
    return n === 1 || intercept === undefined ? send() : intercept({ n, send });
  });
  const ahead = ledger.commit(declareItem());
  const all = items.map((item) => ledger.commit(item).catch((thrown: unknown): { thrown: unknown } => ({ thrown })));
  release();
  taken(await ahead);
  return { outcomes: await Promise.all(all), statements: seen.statements - 1 };
}

const good = (count: number) => Array.from({ length: count }, () => declareItem());
const numbersOf = (outcomes: readonly Outcome[]) =>
  outcomes.flatMap((outcome) => ("ok" in outcome && outcome.ok ? [outcome.n ?? 0] : []));

async function entriesOf(item: CommitItem): Promise<number> {
  const [row] = await admin`
    SELECT count(*)::integer AS n FROM breakglass.trail WHERE body LIKE ${`%"command":"${item.commandId}"%`}`;
  return Number(row?.n);
}

/** Items that must not be accepted, each with its result. */
const FAULTY: readonly (readonly [string, string, () => Promise<CommitItem>])[] = [
  ["a body that is not JSON", "rejected", async () => ({ ...declareItem(), entries: [{ body: '{"v":1', texts: [] }] })],
  ["a NUL in a text", "rejected", async () => declareItem(newId("nul"), declaration({}, { reason: "a\u0000b" }))],
  ["an unpaired surrogate", "rejected", async () => declareItem(newId("half"), declaration({}, { reason: "a\ud83d" }))],
  ["a text that does not match its hash", "rejected", async () => withText(declareItem(), "other")],
  [
    "a body that is too long",
    "rejected",
    async () => declareItem(newId("long"), declaration({ incident: "x".repeat(200_000) })),
  ],
  ["a version that already exists", "conflict", async () => ({ ...(await next(logLine("x"))), expectedVersion: 1 })],
  ["a version that is far ahead", "conflict", async () => ({ ...(await next(logLine("x"))), expectedVersion: 9 })],
  ["an approval by the requester", "own_bypass", async () => next(approval(DANA))],
  ["a second settlement", "already_settled", settledTwice],
  [
    "a time in the past",
    "conflict",
    async () =>
      declareItem(
        newId("old"),
        declaration().map((entry) => ({ ...entry, at: later(-3600) })),
      ),
  ],
];

describe("commits that wait together go in one statement, each accepted or rejected on its own", () => {
  describe.each(FAULTY)("%s", (_, why, make) => {
    test.each(Array.from({ length: SIZE }, (_none, at) => at))(
      "at index %i of its batch affects no other item",
      async (at) => {
        const items = good(SIZE - 1);
        items.splice(at, 0, await make());
        const { outcomes, statements } = await together(items);
        expect(outcomes.map(wordOf)).toEqual(items.map((_item, index) => (index === at ? why : "taken")));
        const numbers = numbersOf(outcomes);
        expect(numbers).toEqual(numbers.map((_n, index) => (numbers[0] ?? 0) + index));
        expect(statements).toBe(1);
      },
    );
  });

  test("of two changes of one bypass, the first is accepted and the second conflicts", async () => {
    const ledger = interceptedLedger().ledger;
    const n = await declare(ledger);
    const state = await stateOf(ledger, n);
    const items = [logLine("one"), logLine("two")].map((entry) => itemOf({ n, state, entries: [entry] }));
    const { outcomes, statements } = await together([...good(1), ...items, ...good(1)]);
    expect(outcomes.map(wordOf)).toEqual(["taken", "taken", "conflict", "taken"]);
    expect(statements).toBe(1);
  });

  test("of one command sent twice, the second is a duplicate", async () => {
    const item = declareItem();
    const { outcomes } = await together([...good(1), item, ...good(1), item]);
    expect(outcomes.map(wordOf)).toEqual(["taken", "taken", "taken", "duplicate"]);
    expect(await entriesOf(item)).toBe(2);
  });

  test("a batch of only faulty items gives each its own result", async () => {
    const items = await Promise.all(FAULTY.map(([, , make]) => make()));
    const { outcomes } = await together(items);
    expect(outcomes.map(wordOf)).toEqual(FAULTY.map(([, why]) => why));
  });
});

describe("a batch whose statement fails has each item decided once", () => {
  test("when it is refused as a whole once", async () => {
    const items = good(SIZE);
    const { outcomes, statements } = await together(items, async ({ n, send }) => {
      if (n === 2) throw new StatementRefused("commit", "53100", undefined, undefined);
      return send();
    });
    expect(outcomes.map(wordOf)).toEqual(items.map(() => "taken"));
    expect(statements).toBe(1 + SIZE);
    for (const item of items) expect(await entriesOf(item)).toBe(2);
  });

  test.each([0, 3, SIZE - 1])(
    "when it is refused as a whole because of index %i, which alone is refused",
    async (at) => {
      const items = good(SIZE);
      const { outcomes } = await together(items, async ({ n, send }) => {
        // First the whole batch fails, then the faulty item, which is sent alone `at` statements later.
        if (n === 2 || n === 3 + at) throw new StatementRefused("commit", "22021", undefined, undefined);
        return send();
      });
      expect(outcomes.map((outcome) => ("thrown" in outcome ? "thrown" : wordOf(outcome)))).toEqual(
        items.map((_item, index) => (index === at ? "thrown" : "taken")),
      );
      expect(outcomes[at]).toMatchObject({ thrown: { name: "NotRecorded", outcome: "not_recorded" } });
      for (const [index, item] of items.entries()) expect(await entriesOf(item)).toBe(index === at ? 0 : 2);
    },
  );

  test.each([1, 2, 3])("when its answer is lost %i times", async (times) => {
    const items = [...good(2), await next(approval(DANA)), ...good(2)];
    const { outcomes } = await together(items, async ({ n, send }) => {
      const rows = await send();
      if (n <= 1 + times) throw new DatabaseUnavailable("commit", "ECONNRESET", "unknown");
      return rows;
    });
    expect(outcomes.map(wordOf)).toEqual(["taken", "taken", "own_bypass", "taken", "taken"]);
    for (const [index, item] of items.entries()) expect(await entriesOf(item)).toBe(index === 2 ? 0 : 2);
  });

  test("when it is sent only after several tries", async () => {
    const items = good(SIZE);
    const { outcomes, statements } = await together(items, async ({ n, send }) => {
      if (n <= 3) throw new DatabaseUnavailable("commit", "ECONNREFUSED", "not_sent");
      return send();
    });
    expect(outcomes.map(wordOf)).toEqual(items.map(() => "taken"));
    expect(statements).toBe(3);
  });

  test("and an item without a result is reported as unknown", async () => {
    const ask = createBatcher<number, number>({ max: 8, deadlineMs: 5_000, send: async (jobs) => jobs.slice(0, 2) });
    const first = ask(0);
    const rest = await Promise.allSettled([1, 2, 3].map((job) => ask(job)));
    await first;
    expect(rest.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
    expect(rest[2]).toMatchObject({ reason: { name: "NotRecorded", outcome: "unknown" } });
  });
});

/** Builds a change of a new bypass. */
async function next(entry: ReturnType<typeof logLine>): Promise<CommitItem> {
  const { ledger } = interceptedLedger();
  const n = await declare(ledger);
  return itemOf({ n, state: await stateOf(ledger, n), entries: [entry] });
}

/** Builds an approval of a request that was denied meanwhile. */
async function settledTwice(): Promise<CommitItem> {
  const { ledger } = interceptedLedger();
  const n = await declare(ledger);
  const state = await stateOf(ledger, n);
  taken(await change(ledger, n, denial(), waiver()));
  if (state === null) throw new Error("nothing was declared");
  return itemOf({ n, state: { ...state, version: 4 }, entries: [approval(LEO)] });
}

/** Returns the item with a text that does not match the hash in its body. */
function withText(item: CommitItem, text: string): CommitItem {
  const [first, ...rest] = item.entries;
  if (first === undefined) throw new Error("an item without entries");
  return { ...item, entries: [{ ...first, texts: first.texts.map((original) => ({ ...original, text })) }, ...rest] };
}
