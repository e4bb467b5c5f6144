import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BypassEvent, SystemEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import { createDatabase, type Database } from "../../../src/postgres/connection/database.js";
import { createQueries } from "../../../src/postgres/queries/queries.js";
import type { Queries } from "../../../src/usecases/ports/ports.js";
import {
  change,
  DANA,
  declaration,
  declareItem,
  fresh,
  later,
  newId,
  systemItem,
  taken,
} from "../../contract/items.js";
import { activated, type Forge, openForge } from "./forge.js";

const NOAH = { kind: "person", user: "U0NOAH", person: "noah" } as const;
const FAR = "290000-01-01T00:00:00.000Z";

let forge: Forge;
let db: Database;
let queries: Queries;
/** A bypass that is over. */
let n: number;
beforeAll(async () => {
  forge = await openForge();
  db = createDatabase({ url: forge.appUrl, max: 1, applicationName: "guard-test" });
  queries = createQueries(db);
  n = await activated(forge.ledger);
  taken(await change(forge.ledger, n, fresh({ type: "bypass.closed" }, DANA)));
  taken(await forge.ledger.commit(systemItem(flagged({}))));
});
afterAll(async () => {
  await db.end();
  await forge.close();
});

/** An event that the types do not allow, as someone with a stolen password could send it. */
type Garbage = Readonly<Record<string, unknown>> & { readonly type: string };
const garbled = <Event>(event: Garbage): Event => JSON.parse(JSON.stringify(event));

const flagged = (over: Readonly<Record<string, unknown>>): SystemEvent =>
  garbled({
    type: "gate.flagged",
    gate: "e2e-suite",
    item: 1,
    owner: "on-call-lead",
    dueAt: later(86_400),
    because: "count",
    count: 3,
    reviewed: 0,
    atFault: 0,
    windowSeconds: 2_592_000,
    bypasses: [1],
    ...over,
  });
const submitted = (over: Readonly<Record<string, unknown>>): Garbage => ({
  type: "review.submitted",
  edition: 1,
  verdict: "justified",
  gatesAtFault: [],
  forcedBy: "flaky",
  aftermath: "passed-later",
  asApprover: false,
  roleAsOf: null,
  ...over,
});

/** Runs every query that reads more than one bypass. */
const readAll = () =>
  Promise.all([
    queries.open(20),
    queries.openInBrief([]),
    queries.reviews(20),
    queries.reviewsOf(["on-call-lead"], { person: "noah", accounts: ["U0NOAH"] }, 20),
    queries.overdueReviews("C0INC", 20),
    queries.actionsOf(["U0TOM"], 20),
    queries.counted("2026-01-01T00:00:00.000Z", null),
    queries.gateItems(),
    queries.gateMarks("e2e-suite"),
  ]);

describe("A stolen run-time password cannot break the shared lists", () => {
  test.each<[string, Garbage]>([
    ["an unknown verdict", submitted({ verdict: "guilty" })],
    ["an unknown force", submitted({ forcedBy: "the-boss" })],
    ["gates at fault that are not a list", submitted({ gatesAtFault: "all" })],
    ["a gate at fault without a name", submitted({ gatesAtFault: [null] })],
    ["an edition that is not a number", submitted({ edition: "first" })],
    ["a review that is put off forever", { type: "review.put_off", until: "infinity", roleAsOf: null }],
    ["a review that is put off past the year 9999", { type: "review.put_off", until: FAR, roleAsOf: null }],
    ["an action whose due time is not a time", { type: "action.opened", action: 1, owner: "U0TOM", dueAt: "soon" }],
    ["an action that is due after the year 9999", { type: "action.opened", action: 1, owner: "U0TOM", dueAt: FAR }],
    ["an action with the number 0", { type: "action.opened", action: 0, owner: "U0TOM", dueAt: later(60) }],
    ["an action without an owner", { type: "action.opened", action: 1, owner: null, dueAt: later(60) }],
  ])("with %s", async (_, event) => {
    const result = await forge.forge(n, [fresh(garbled<BypassEvent>(event), NOAH)]);
    expect(result).toMatchObject({ ok: false, why: "rejected" });
    await readAll();
  });

  test.each<[string, SystemEvent]>([
    ["an item whose due time is not a time", flagged({ gate: "other", dueAt: "soon" })],
    ["an item that is due at infinity", flagged({ gate: "other", dueAt: "infinity" })],
    ["an item without an owner", flagged({ gate: "other", owner: "" })],
    ["a gate without a name", flagged({ gate: null })],
    [
      "a reminder whose slot is not a time",
      garbled({ type: "gate.reminded", gate: "e2e-suite", item: 1, slot: "x", stage: "due", role: "r" }),
    ],
    [
      "a gate that is put off forever",
      garbled({ type: "gate.put_off", gate: "e2e-suite", item: 1, until: "infinity", count: 1, roleAsOf: null }),
    ],
    [
      "an unknown kind of fix of a gate",
      garbled({ type: "gate.fixed", gate: "e2e-suite", item: 1, how: "magic", roleAsOf: null }),
    ],
  ])("with %s", async (_, event) => {
    const by = event.type === "gate.put_off" || event.type === "gate.fixed" ? NOAH : undefined;
    const result = await forge.ledger.commit(systemItem(event, {}, undefined, by));
    expect(result).toMatchObject({ ok: false, why: "rejected" });
    await readAll();
  });

  test("with a declaration without gates, or a review that is due after the year 9999", async () => {
    const due = declaration().map((entry) =>
      entry.event.type === "review.opened" ? { ...entry, event: { ...entry.event, dueAt: FAR } } : entry,
    );
    for (const entries of [declaration({ gates: [] }), due])
      expect(await forge.ledger.commit(declareItem(newId("garbage"), entries))).toMatchObject({ why: "rejected" });
    await readAll();
  });

  test("with a time of the next follow-up that JavaScript cannot represent", async () => {
    await expect(forge.app`SELECT breakglass.schedule_follow_up(${n}, 6, '-infinity')`).rejects.toMatchObject({
      code: "23514",
    });
    const item = { ...declareItem(), followUpAt: "infinity" };
    expect(await forge.ledger.commit(item)).toMatchObject({ why: "rejected" });
    await readAll();
  });
});

test("an unknown word in a projection spoils the review of its bypass, not the reading of every gate", async () => {
  taken(await forge.forge(n, [fresh(garbled<BypassEvent>(submitted({})), NOAH, { lesson: "x" })]));
  const admin = postgres(forge.adminUrl, { max: 1, onnotice: () => {} });
  try {
    await admin`ALTER TABLE breakglass.bypasses DROP CONSTRAINT bypasses_forced_by_check`;
    await admin`UPDATE breakglass.bypasses SET forced_by = 'the-boss' WHERE n = ${n}`;
    const counted = await queries.counted("2026-01-01T00:00:00.000Z", null);
    expect(counted.find((bypass) => bypass.n === n)).toMatchObject({ verdict: "justified", forcedBy: null });
  } finally {
    await admin.end();
  }
});
