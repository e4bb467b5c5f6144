import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDatabase } from "../../../src/db/client.js";
import { createQueries } from "../../../src/db/queries.js";
import type { BypassFact, SystemFact, TextField } from "../../../src/domain/bypass/entries.js";
import type { ReviewWords } from "../../../src/domain/review/facts.js";
import { AT, change, DANA, fresh, LEO, later, MIA, policyChanged, systemItem, taken } from "../../contract/items.js";
import { activated, type Forge, type Fresh, openForge, poisoned, self } from "./forge.js";

let forge: Forge;
beforeAll(async () => {
  forge = await openForge();
});
afterAll(() => forge.close());

const conflict = { ok: false, why: "conflict" };
const NOAH = { kind: "person", user: "U0NOAH", person: "noah" } as const;
const words: ReviewWords = {
  edition: 1,
  verdict: "justified",
  gatesAtFault: [],
  forcedBy: "flaky",
  aftermath: "passed-later",
  asApprover: false,
  roleAsOf: null,
};
const submitted = (over: Partial<ReviewWords> = {}, by: typeof DANA = NOAH): Fresh =>
  fresh({ type: "review.submitted", ...words, ...over }, by, { lesson: "Check it." });
const opened = (action = 1, owner = "U0TOM"): Fresh =>
  fresh({ type: "action.opened", action, owner, dueAt: later(86_400) }, NOAH, { line: "Renew it." });
const bySystem = (fact: BypassFact): Fresh => fresh(fact, { kind: "system", part: "clock" });

/** A bypass that was active, approved by Leo and Mia, and closed by Dana. */
async function over(): Promise<number> {
  const n = await activated(forge.ledger);
  taken(await change(forge.ledger, n, fresh({ type: "bypass.closed" }, DANA)));
  return n;
}

describe("A review", () => {
  test("is taken once the bypass is over, with its actions", async () => {
    const n = await over();
    expect(await forge.forge(n, [submitted(), opened(1), opened(2)])).toMatchObject({ ok: true });
    expect(await forge.findings()).toEqual([]);
  });

  test.each<[string, Fresh, object]>([
    ["by the requester", submitted({}, DANA), self],
    ["under the requester's name", submitted({}, { kind: "person", user: "U0OTHER", person: "dana" }), self],
    ["with the wrong edition", submitted({ edition: 2 }), poisoned("the edition counts wrong")],
    [
      "with a verdict that there is not",
      submitted({ verdict: "guilty" as never }),
      poisoned("there is no such verdict"),
    ],
    [
      "with a force that there is not",
      submitted({ forcedBy: "the-boss" as never }),
      poisoned("nothing of that name forces a bypass"),
    ],
    [
      "with an aftermath that there is not",
      submitted({ aftermath: 7 as never }),
      poisoned("there is no such aftermath"),
    ],
    [
      "that finds a gate at fault and names none",
      submitted({ verdict: "gate-at-fault" }),
      poisoned("the gates at fault are not those of a verdict on this bypass"),
    ],
    [
      "that names a gate of another bypass",
      submitted({ verdict: "gate-at-fault", gatesAtFault: ["secret-scan"] }),
      poisoned("the gates at fault are not those of a verdict on this bypass"),
    ],
    [
      "by an approver who says that they are none",
      submitted({}, LEO),
      poisoned("the review hides that its writer approved the bypass"),
    ],
    ["amended before it is there", fresh({ type: "review.amended", ...words }, NOAH, { lesson: "x" }), conflict],
    ["with an action before it", opened(1), poisoned("actions come out of a review")],
    [
      "put off by the requester",
      fresh({ type: "review.snoozed", until: later(86_400), roleAsOf: null }, DANA, { reason: "Later." }),
      poisoned("the requester cannot put the review off"),
    ],
    [
      "with a view of somebody else",
      fresh({ type: "review.view_added" }, MIA, { line: "I saw it." }),
      poisoned("only the requester adds the own view"),
    ],
    [
      "reminded of at no moment",
      bySystem({ type: "review.reminded", slot: "soon", stage: "due", role: "on-call-lead" }),
      poisoned("the reminder has no moment"),
    ],
  ])("is refused %s", async (_, entry, refusal) => {
    expect(await forge.forge(await over(), [entry])).toEqual(refusal);
  });

  test("is refused while the bypass runs, and twice", async () => {
    const running = await activated(forge.ledger);
    expect(await forge.forge(running, [submitted()])).toEqual(poisoned("a review is written once the bypass is over"));
    const n = await over();
    taken(await forge.forge(n, [submitted(), opened()]));
    expect(await forge.forge(n, [submitted()])).toEqual(conflict);
    expect(await forge.forge(n, [bySystem({ type: "review.overdue", slot: AT })])).toEqual(
      poisoned("nobody is reminded of a review that is written"),
    );
  });

  test("has actions that are counted, and end once", async () => {
    const n = await over();
    taken(await forge.forge(n, [submitted(), opened()]));
    expect(await forge.forge(n, [opened(3)])).toEqual(poisoned("the action counts wrong"));
    expect(await forge.forge(n, [opened(2, "everybody")])).toEqual(poisoned("the action has no owner"));
    const ended = fresh({ type: "action.ended", action: 1, outcome: "done", roleAsOf: null }, NOAH);
    taken(await forge.forge(n, [ended]));
    expect(await forge.forge(n, [ended])).toEqual(conflict);
    expect(await forge.forge(n, [bySystem({ type: "action.reminded", action: 9, slot: AT, stage: "due" })])).toEqual(
      conflict,
    );
  });
});

describe("A gate item", () => {
  const sickened = (item: number): SystemFact => ({
    type: "gate.sickened",
    gate: "e2e-suite",
    item,
    owner: "on-call-lead",
    dueAt: later(86_400),
    because: "count",
    count: 3,
    reviewed: 0,
    atFault: 0,
    windowSeconds: 2_592_000,
    bypasses: [1, 2, 3],
  });
  const settled = { ok: false, why: "settled" };

  test("is opened once, closed once, and opened again as the next one", async () => {
    const commit = (fact: SystemFact) => forge.ledger.commit(systemItem(fact));
    expect(await commit({ type: "gate.recovered", gate: "e2e-suite", item: 1, count: 0 })).toEqual(settled);
    expect(await commit(sickened(2))).toEqual(settled);
    taken(await commit(sickened(1)));
    expect(await commit(sickened(2))).toEqual(settled);
    expect(await commit({ type: "gate.overdue", gate: "e2e-suite", item: 1, slot: "soon" })).toEqual(
      poisoned("the fact of the gate lacks what it is judged by"),
    );
    taken(await commit({ type: "gate.recovered", gate: "e2e-suite", item: 1, count: 0 }));
    expect(await commit({ type: "gate.recovered", gate: "e2e-suite", item: 1, count: 0 })).toEqual(settled);
    taken(await commit(sickened(2)));
    const marks = await forge.app<{ what: string; item: number }[]>`
      SELECT what, item FROM breakglass.gate_marks WHERE gate = 'e2e-suite' ORDER BY seq`;
    expect(marks.map(({ what, item }) => `${what} ${item}`)).toEqual(["sickened 1", "recovered 1", "sickened 2"]);
    expect(await forge.findings()).toEqual([]);
  });

  test("loses the reason that its owner gave, once and with an entry; a policy keeps its text", async () => {
    taken(await forge.ledger.commit(systemItem({ ...sickened(1), gate: "told" } as SystemFact)));
    const mended: SystemFact = { type: "gate.mended", gate: "told", item: 1, how: "changed", roleAsOf: null };
    const { firstSeq } = taken(await forge.ledger.commit(systemItem(mended, { reason: "hunter2" }, undefined, NOAH)));
    const gone = (seq: number, field: TextField) =>
      forge.ledger.redact(systemItem({ type: "text.redacted", seq, field }, { reason: "why" }, undefined, NOAH), {
        seq,
        field,
      });
    taken(await gone(firstSeq, "reason"));
    expect(await gone(firstSeq, "reason")).toEqual(poisoned("there is no such text, or it was redacted before"));
    const policy = taken(await forge.ledger.commit(policyChanged("version: 1")));
    expect(await gone(policy.firstSeq, "policy")).toMatchObject({ ok: false, why: "poisoned" });
    expect(await forge.findings()).toEqual([]);
  });

  test("whose tables a superuser has changed is found by a verification", async () => {
    const admin = postgres(forge.adminUrl, { max: 1, onnotice: () => {} });
    const wrong = [{ seq: 0, kind: "projection", message: "The tables of gates are not what the entries say." }];
    try {
      await admin`UPDATE breakglass.gate_items SET status = 'mended' WHERE gate = 'e2e-suite'`;
      expect(await forge.findings()).toEqual(wrong);
      await admin`UPDATE breakglass.gate_items SET status = 'open' WHERE gate = 'e2e-suite'`;
      await admin`DELETE FROM breakglass.gate_marks WHERE what = 'recovered'`;
      expect(await forge.findings()).toEqual(wrong);
    } finally {
      await admin.end();
    }
  });

  test("two of one gate in one batch are judged one after the other", async () => {
    const both = await Promise.all(
      [1, 1].map((item) => forge.ledger.commit(systemItem({ ...sickened(item), gate: "two" } as SystemFact))),
    );
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
  });
});

test("the stream of the system takes no effects of a bypass", async () => {
  const item = { ...systemItem({ type: "bot.stopped", instance: "x" }), effects: [{ kind: "alert.post" }] as const };
  expect(await forge.ledger.commit(item)).toEqual(poisoned("nobody knows how to perform such an effect"));
});

test("a word in a projection that nobody knows costs its bypass the review, and not every gate its reading", async () => {
  const n = await over();
  taken(await forge.forge(n, [submitted()]));
  const admin = postgres(forge.adminUrl, { max: 1, onnotice: () => {} });
  const db = createDatabase({ url: forge.appUrl, max: 1, applicationName: "guard-test" });
  try {
    await admin`UPDATE breakglass.bypasses SET forced_by = 'the-boss' WHERE n = ${n}`;
    const counted = await createQueries(db).counted("2026-01-01T00:00:00.000Z", null);
    expect(counted.find((one) => one.n === n)).toMatchObject({ verdict: "justified", forcedBy: null });
  } finally {
    await admin.end();
    await db.end();
  }
});
