import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verifyTrail } from "../../src/cli/verify/verify-trail.js";
import { createDatabase, type Database } from "../../src/db/client.js";
import { createLedger } from "../../src/db/trail/ledger.js";
import { createVerifySource } from "../../src/db/verify-source.js";
import { sealEntry } from "../../src/domain/audit/body.js";
import type { Fact, FactType } from "../../src/domain/audit/shapes.js";
import type { BypassFact, NewEntry } from "../../src/domain/bypass/entries.js";
import type { BypassRow } from "../../src/domain/bypass/row.js";
import { rowOf } from "../../src/domain/bypass/row.js";
import type { BypassState } from "../../src/domain/bypass/state.js";
import type { CommitItem, CommitResult, Ledger } from "../../src/usecases/ports.js";
import {
  AT,
  activation,
  approval,
  CLOCK,
  change,
  DANA,
  DANA2,
  declaration,
  declare,
  declareItem,
  denial,
  ENDS,
  fresh,
  itemOf,
  LEO,
  later,
  logLine,
  MIA,
  newId,
  nonce,
  policyChanged,
  stateOf,
  systemItem,
  taken,
  withdrawal,
} from "../contract/items.js";
import { createTestDatabase, type TestDatabase } from "../support/postgres.js";

let ground: TestDatabase;
let db: Database;
let ledger: Ledger;
let app: postgres.Sql;
/** The clock of the whole file, in milliseconds ahead of the database's. */
let offset = 0;

beforeAll(async () => {
  ground = await createTestDatabase();
  db = createDatabase({ url: ground.appUrl, max: 2, applicationName: "guard-test" });
  ledger = createLedger(db, { deadlineMs: 10_000, clockOffsetMs: () => offset });
  app = postgres(ground.appUrl, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  await app.end();
  await db.end();
  await ground.drop();
});

type Fresh = NewEntry<BypassFact>;
type Row = Partial<Record<keyof BypassRow, unknown>>;

/** A commit that no decision would make: the entries follow the state, and the row says what it is told to say. */
function forged(n: number, state: BypassState, entries: readonly Fresh[], row: Row = {}): CommitItem {
  if (state === null) throw new Error("nothing to forge on");
  const stream = { kind: "bypass", n } as const;
  const commandId = newId("forged");
  const sealed = entries.map((entry, index) =>
    sealEntry(entry, { stream, version: state.version + index + 1, commandId, nonce }),
  );
  const claimed: BypassRow = Object.assign(rowOf(state), { version: state.version + entries.length }, row);
  return { commandId, stream, expectedVersion: state.version, entries: sealed, row: claimed, effects: [] };
}

async function forge(n: number, entries: readonly Fresh[], row: Row = {}): Promise<CommitResult> {
  return ledger.commit(forged(n, await stateOf(ledger, n), entries, row));
}

const poisoned = (detail: string) => ({ ok: false, why: "poisoned", detail });
const self = { ok: false, why: "self_approval" };
const settled = { ok: false, why: "settled" };
const active = { status: "active", settledAt: AT, endsAt: ENDS, nextDueAt: ENDS };
const alone = { ack: { ...declarationAck(), aloneAfterSeconds: 0 } };

function declarationAck() {
  const [first] = declaration();
  if (first?.fact.type !== "bypass.declared") throw new Error("a declaration begins with itself");
  return first.fact.ack;
}

/** A bypass that is active. */
async function activated(): Promise<number> {
  const n = await declare(ledger);
  taken(await change(ledger, n, approval(), approval(MIA, 2), activation()));
  return n;
}

describe("an approval is refused", () => {
  const mallory = { kind: "person", user: "U0MALLORY", person: "mallory" } as const;
  const asked = (over: object, actor = mallory) => {
    const entry = approval(actor);
    return { ...entry, fact: { ...entry.fact, ...over } } as Fresh;
  };

  test.each([
    ["of the requester", approval(DANA), self],
    ["of the requester's other account", approval(DANA2), self],
    ["of that account under a name of its own", approval({ ...DANA2, person: DANA2.user }), self],
    ["of another account under the requester's name", approval({ ...mallory, person: "dana" }), self],
    ["of somebody who shares an account with the requester", asked({ accounts: ["U0MALLORY", DANA2.user] }), self],
    ["with an account in small letters", approval({ ...DANA, user: "u0dana" }), poisoned("the actor has no name")],
    ["with a name that no policy gives", approval({ ...mallory, person: "Dana" }), poisoned("the actor has no name")],
    [
      "whose accounts leave out the actor's",
      asked({ accounts: ["U0OTHER"] }),
      poisoned("the accounts of the approval are not those of its actor"),
    ],
    ["that counts wrong", asked({ count: 2 }), poisoned("the approval counts wrong")],
    ["that says that fewer are needed", asked({ needed: 1 }), poisoned("the approval counts wrong")],
    ["by the system", { ...approval(), actor: CLOCK }, poisoned("the actor is not of the kind that the type needs")],
  ])("%s", async (_, entry, refusal) => {
    expect(await forge(await declare(ledger), [entry])).toEqual(refusal);
  });

  test("of a person who approved before, whichever of the accounts it is", async () => {
    const n = await declare(ledger);
    const both = approval(LEO);
    const first = { ...both, fact: { ...both.fact, accounts: ["U0LEO", "W0LEO2"] } } as Fresh;
    taken(await change(ledger, n, first));
    const repeated = { ok: false, why: "repeated_approval" };
    expect(await forge(n, [approval({ kind: "person", user: "W0LEO2", person: "W0LEO2" }, 2)])).toEqual(repeated);
    expect(await forge(n, [approval({ kind: "person", user: "U0NEW", person: "leo" }, 2)])).toEqual(repeated);
  });
});

describe("an activation is refused", () => {
  const unearned = poisoned("the grant was not earned");
  const acks = [approval(), approval(MIA, 2)];

  test.each([
    ["without any approval", [activation(DANA)], unearned],
    ["with one approval of two", [approval(), activation(LEO)], unearned],
    ["by somebody else than the last approver", [...acks, activation(LEO)], unearned],
    ["that says that nobody approved", [...acks, activation(MIA, false)], unearned],
    ["without going alone", [activation(DANA, false)], unearned],
    [
      "of a longer grant than was declared",
      [...acks, fresh({ type: "bypass.activated", endsAt: "2099-01-01T00:00:00.000Z", approved: true }, MIA)],
      poisoned("the grant is not as long as was declared"),
    ],
    [
      "after going alone where the path does not allow it",
      [fresh({ type: "bypass.proceeded_alone" }, DANA), activation(DANA, false)],
      poisoned("going alone was not allowed, or not yet"),
    ],
  ])("%s", async (_, entries, refusal) => {
    expect(await forge(await declare(ledger), entries, active)).toEqual(refusal);
  });

  test("after going alone, unless the requester did, at the time, and no other entry came between", async () => {
    const early = await declare(ledger, declaration({ ack: { ...alone.ack, aloneAfterSeconds: 600 } }));
    const goes = fresh({ type: "bypass.proceeded_alone" }, DANA);
    const go = [goes, activation(DANA, false)];
    expect(await forge(early, go, active)).toEqual(poisoned("going alone was not allowed, or not yet"));
    const n = await declare(ledger, declaration(alone));
    const other = [{ ...goes, actor: LEO }, activation(LEO, false)];
    expect(await forge(n, other, active)).toEqual(poisoned("only the requester can go alone"));
    expect(await forge(n, [goes, logLine("x"), activation(DANA, false)], active)).toEqual(unearned);
    expect(await change(ledger, n, ...go)).toMatchObject({ ok: true });
  });

  test("of a path that asks for nobody, unless the requester does", async () => {
    const open = declaration({ ack: { ...declarationAck(), needed: 0 } });
    const n = await declare(ledger, open);
    expect(await forge(n, [activation(LEO, false)], active)).toEqual(unearned);
    expect(await forge(n, [activation(DANA, true)], active)).toEqual(unearned);
    expect(await change(ledger, n, activation(DANA, false))).toMatchObject({ ok: true });
  });
});

describe("an end is refused", () => {
  const closed = (actor = DANA) => fresh({ type: "bypass.closed" }, actor);
  const expired = { ...fresh({ type: "bypass.expired" }, CLOCK) };
  const revoked = (actor = LEO) =>
    fresh({ type: "bypass.revoked", why: "person", roleAsOf: null }, actor, { reason: "x" });

  test.each([closed(), expired, revoked(), fresh({ type: "grant.warned" }, CLOCK)])(
    "of a request that never was active: $fact.type",
    async (entry) => {
      expect(await forge(await declare(ledger), [entry])).toEqual(poisoned("there is no grant"));
    },
  );

  test.each([
    ["a Close by somebody else", closed(LEO), "only the requester can close"],
    ["an expiry before the end", expired, "the grant has time left"],
    [
      "a revocation by nobody in particular",
      { ...revoked(), actor: CLOCK },
      "the actor is not the one of this revocation",
    ],
  ])("%s", async (_, entry, why) => {
    expect(await forge(await activated(), [entry])).toEqual(poisoned(why));
  });

  test("by the requester, if it is a revocation or a denial", async () => {
    expect(await forge(await activated(), [revoked(DANA2)])).toEqual(self);
    const denied = fresh({ type: "bypass.denied", roleAsOf: null }, DANA2, { reason: "x" });
    expect(await forge(await declare(ledger), [denied])).toEqual(self);
  });

  test("by another than the requester, if it is a withdrawal", async () => {
    const withdrawn = { ...withdrawal(), actor: LEO };
    expect(await forge(await declare(ledger), [withdrawn])).toEqual(poisoned("only the requester can withdraw"));
  });

  test("of what has ended", async () => {
    const n = await activated();
    taken(await change(ledger, n, closed(DANA2)));
    for (const entry of [revoked(), closed(), fresh({ type: "grant.warned" }, CLOCK)]) {
      expect(await forge(n, [entry])).toEqual(settled);
    }
  });

  test("by a Close at the end or later; then it is an expiry", async () => {
    const n = await activated();
    offset = 3_600_000;
    const late = (entry: Fresh) => ({ ...entry, at: ENDS });
    expect(await forge(n, [late(closed())])).toEqual(poisoned("the grant has reached its end"));
    expect(await change(ledger, n, late(expired))).toMatchObject({ ok: true });
    offset = 0;
  });

  test("by giving up too early, or waiving the review of what waits", async () => {
    const n = await declare(ledger);
    const lapsed = fresh({ type: "bypass.lapsed", why: "no_ack" }, CLOCK);
    const waived = fresh({ type: "review.waived", why: "never_active" }, CLOCK);
    expect(await forge(n, [lapsed])).toEqual(poisoned("it is too early to give up"));
    expect(await forge(n, [waived])).toEqual(poisoned("a review is waived only when nothing was ever active"));
    expect(await change(ledger, n, denial(), waived)).toMatchObject({ ok: true });
  });
});

describe("the time of an entry", () => {
  const minutes = 60_000;
  test.each(["1999-01-01T00:00:00.000Z", "2099-01-01T00:00:00.000Z", later(-6 * 60), later(7 * 60)])(
    "is not %s",
    async (at) => {
      const declared = declaration().map((entry) => ({ ...entry, at }));
      // A conflict, so that a decision that was held up is made again on the clock of then.
      expect(await ledger.commit(declareItem(newId("time"), declared))).toEqual({ ok: false, why: "conflict" });
    },
  );

  test("may be some minutes old, by whichever clock: a process may have been suspended", async () => {
    const declared = declaration().map((entry) => ({ ...entry, at: later(-4 * 60 + 5) }));
    expect(await ledger.commit(declareItem(newId("time"), declared))).toMatchObject({ ok: true });
    offset = 30 * minutes;
    const moved = declaration().map((entry) => ({ ...entry, at: later(29 * 60) }));
    expect(await ledger.commit(declareItem(newId("time"), moved))).toMatchObject({ ok: true });
    offset = 0;
  });

  test("never runs backwards in a bypass, and stands still when the clock was set back", async () => {
    offset = 8 * minutes;
    const n = await declare(
      ledger,
      declaration().map((entry) => ({ ...entry, at: later(8 * 60) })),
    );
    offset = 0;
    expect(await forge(n, [logLine("x")])).toEqual(poisoned("the entry is older than the one before it"));
    expect(await change(ledger, n, { ...logLine("x"), at: later(8 * 60) })).toMatchObject({ ok: true });
  });
});

describe("a row that lies is refused", () => {
  const lies: readonly (readonly [string, Row])[] = [
    ["active", { status: "active", endsAt: ENDS, settledAt: AT, nextDueAt: ENDS }],
    ["ended", { status: "closed", endedAt: AT, nextDueAt: null }],
    ["never looked at again", { nextDueAt: null }],
    ["not looked at before long", { nextDueAt: "2099-01-01T00:00:00.000Z" }],
    ["of another person", { requesterPerson: "zoe" }],
    ["of another account", { requesterUser: "U0ZOE" }],
    ["of another gate", { gates: ["secret-scan"] }],
    ["of one gate more", { gates: ["e2e-suite", "secret-scan"] }],
    ["of another path", { path: "other" }],
    ["of another day", { declaredAt: "2020-01-01T00:00:00.000Z" }],
    ["a drill", { kind: "drill" }],
    ["of another place", { channel: "C0OTHER", alertTs: "1.1" }],
    ["without a review", { reviewStatus: "waived" }],
  ];
  const refusal = poisoned("the row is not what its entries say");

  test.each(lies)("%s", async (_, row) => {
    expect(await forge(await declare(ledger), [logLine("x")], row)).toEqual(refusal);
    const item = declareItem();
    expect(await ledger.commit({ ...item, row: Object.assign({}, item.row, row) })).toEqual(refusal);
  });

  test("about the end of a grant", async () => {
    const n = await activated();
    expect(await forge(n, [logLine("x")], { endsAt: later(7200) })).toEqual(refusal);
    expect(await forge(n, [logLine("x")], { nextDueAt: later(7200) })).toEqual(refusal);
  });
});

describe("a body is refused", () => {
  const swap = async (from: string | RegExp, to: string) => {
    const n = await declare(ledger);
    const item = forged(n, await stateOf(ledger, n), [logLine("z")]);
    const entries = item.entries.map(({ body, texts }) => ({ body: body.replace(from, to), texts }));
    const result = await ledger.commit({ ...item, entries });
    expect((await ledger.load(n)).entries).toHaveLength(2);
    return result;
  };

  test.each([
    ["of an unknown type", '"bypass.logged"', '"bypass.mystery"', "the type is not known"],
    ["of a type of the system", '"bypass.logged"', '"bot.stopped"', "the type does not belong into this stream"],
    ["with a field too many", '"v":1', '"v":1,"via2":"x"', "the fields are not those of the type"],
    ["with a field too few", /,"via":"command"/, "", "the fields are not those of the type"],
    ["with a key twice", /^\{/, '{"type":"ack.given",', "the body is not canonical"],
    ["with a field twice", /^\{/, '{"via":"thread",', "the body is not canonical"],
    ["with spaces", '"v":1', '"v": 1', "the body is not canonical"],
    ["with letters written as numbers", '"command"}', '"\\u0063ommand"}', "the body is not canonical"],
    ["with an actor of two kinds", '"kind":"person",', '"kind":"person","part":"bot",', "the actor has no name"],
  ])("%s", async (_, from, to, why) => {
    const shown = await swap(from, to);
    // What is not changed by the swap would be taken: then the case proves nothing.
    expect(shown).toEqual(poisoned(why));
  });

  test("that is longer than anybody could have typed", async () => {
    const n = await declare(ledger);
    const long = logLine("x".repeat(100_000));
    expect(await forge(n, [long])).toEqual(poisoned("a text is too long"));
    const wide = fresh({ type: "alert.failed", code: "x".repeat(200_000) }, CLOCK);
    expect(await forge(n, [wide])).toEqual(poisoned("the body is no object, or is too long"));
  });
});

describe("beside the decisions", () => {
  test("an id that was used for something else is told, not taken for the change that is asked for", async () => {
    const n = await declare(ledger);
    const id = newId("squat");
    taken(await ledger.commit(systemItem({ type: "bot.stopped", instance: "q" }, {}, id)));
    const honest = itemOf({ n, state: await stateOf(ledger, n), entries: [denial()], commandId: id });
    expect(await ledger.commit(honest)).toEqual(poisoned("the command id was used for another stream"));
  });

  test("a policy is recorded under the hash of its text only", async () => {
    const lie = systemItem({ type: "policy.changed", policyHash: "evil", was: null }, { policy: "x" });
    expect(await ledger.commit(lie)).toEqual(poisoned("the hash is not that of the policy"));
    expect(await ledger.commit(policyChanged("version: 1"))).toMatchObject({ ok: true });
  });

  test("the text of a policy is not redacted, and nothing in the system's stream tells of a redaction", async () => {
    const { lastSeq } = taken(await ledger.commit(policyChanged("version: 1 # kept")));
    const place = { seq: lastSeq, field: "policy" } as const;
    const item = systemItem({ type: "text.redacted", ...place }, { reason: "x" });
    const result = await ledger.redact(item, place);
    expect(result).toEqual(poisoned("the stream is neither a bypass nor the system, or takes no such change"));
    const n = await declare(ledger);
    const through = forged(n, await stateOf(ledger, n), [fresh({ type: "text.redacted", ...place })]);
    expect(await ledger.redact(through, place)).toEqual(poisoned("there is no such text, or it was redacted before"));
  });

  test("an effect that nobody can perform is not queued", async () => {
    const n = await declare(ledger);
    const item = forged(n, await stateOf(ledger, n), [logLine("x")]);
    const wire = {
      ...item,
      entries: item.entries.map(({ body, texts }) => ({ body, texts })),
      effects: [{ lane: "x", messageKey: null, effect: { kind: "bogus" } }],
    };
    const [row] = await app`SELECT breakglass.commit(${app.json(JSON.parse(JSON.stringify([wire])))}) AS results`;
    expect(row?.results).toEqual([poisoned("nobody knows how to perform such an effect")]);
  });

  test("whoever may connect can hold nothing that stops the trail", async () => {
    await expect(app`SELECT FROM breakglass.head FOR UPDATE`).rejects.toMatchObject({ code: "42501" });
    await expect(app`SELECT FROM breakglass.head FOR SHARE`).rejects.toMatchObject({ code: "42501" });
    expect(await ledger.commit(declareItem())).toMatchObject({ ok: true });
  });
});

test("whatever was tried here, what was let in is lawful, but for the clock that was moved back", async () => {
  const { findings } = await verifyTrail({ source: createVerifySource(db) });
  expect(findings.filter(({ message }) => !message.includes("long before entries"))).toEqual([]);
  expect(findings.map(({ kind }) => kind)).toEqual(["unlawful", "unlawful"]);
});

test("the database knows every fact that the code knows, with its fields, and no other", async () => {
  const stored = await app<{ type: FactType; stream: string; fields: string[] }[]>`
    SELECT type, stream, fields FROM breakglass.fact_types`;
  const known = Object.fromEntries(stored.map(({ type, fields }) => [type, fields.join()]));
  expect(known).toEqual(
    Object.fromEntries(Object.entries(FIELDS).map(([type, names]) => [type, [...names].sort().join()])),
  );
});

/** By type, so that a fact or a field that is new does not compile until it stands here. */
const FIELDS: { readonly [T in FactType]: readonly (keyof Omit<Extract<Fact, { type: T }>, "type">)[] } = {
  "bypass.declared": [
    "accounts",
    "ack",
    "again",
    "channel",
    "durationSeconds",
    "gates",
    "incident",
    "kind",
    "path",
    "policyHash",
    "roleAsOf",
    "target",
  ],
  "review.opened": ["dueAt", "reviewer"],
  "review.waived": ["why"],
  "alert.posted": ["channel", "ts"],
  "alert.failed": ["code"],
  "page.addressed": ["purpose", "role", "rung", "users"],
  "page.sent": ["rung", "user", "via"],
  "page.failed": ["code", "role", "rung", "user", "via"],
  "ack.reminded": ["count"],
  "ack.escalated": ["role", "rung"],
  "ack.given": ["accounts", "count", "needed", "policyHash", "roleAsOf"],
  "bypass.proceeded_alone": [],
  "bypass.activated": ["approved", "endsAt"],
  "bypass.denied": ["roleAsOf"],
  "bypass.withdrawn": [],
  "bypass.lapsed": ["why"],
  "grant.warned": [],
  "bypass.expired": [],
  "bypass.closed": [],
  "bypass.revoked": ["roleAsOf", "why"],
  "bypass.logged": ["via"],
  "attempt.refused": ["action", "code"],
  "text.redacted": ["field", "seq"],
  "bot.started": ["instance", "policyHash", "release"],
  "bot.stopped": ["instance"],
  "policy.changed": ["policyHash", "was"],
  "policy.refused": ["errors", "policyHash"],
  "trail.unprotected": ["reasons"],
};
