import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDatabase } from "../../../src/db/client.js";
import { createQueries } from "../../../src/db/queries.js";
import type { BypassFact } from "../../../src/domain/bypass/entries.js";
import type { ReviewWords } from "../../../src/domain/review/facts.js";
import { AT, change, DANA, fresh, LEO, later, MIA, stateOf, taken } from "../../contract/items.js";
import { activated, type Forge, type Fresh, forged, openForge, rejected, self } from "./forge.js";

let forge: Forge;
beforeAll(async () => {
  forge = await openForge();
});
afterAll(() => forge.close());

const FAR_AWAY = "9999-01-01T00:00:00.000Z";
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
    ["with the wrong edition", submitted({ edition: 2 }), rejected("the edition counts wrong")],
    [
      "with a verdict that there is not",
      submitted({ verdict: "guilty" as never }),
      rejected("there is no such verdict"),
    ],
    [
      "with a force that there is not",
      submitted({ forcedBy: "the-boss" as never }),
      rejected("nothing of that name forces a bypass"),
    ],
    [
      "with an aftermath that there is not",
      submitted({ aftermath: 7 as never }),
      rejected("there is no such aftermath"),
    ],
    [
      "that finds a gate at fault and names none",
      submitted({ verdict: "gate-at-fault" }),
      rejected("the gates at fault are not those of a verdict on this bypass"),
    ],
    [
      "that names a gate of another bypass",
      submitted({ verdict: "gate-at-fault", gatesAtFault: ["secret-scan"] }),
      rejected("the gates at fault are not those of a verdict on this bypass"),
    ],
    [
      "by an approver who says that they are none",
      submitted({}, LEO),
      rejected("the review hides that its writer approved the bypass"),
    ],
    ["amended before it is there", fresh({ type: "review.amended", ...words }, NOAH, { lesson: "x" }), conflict],
    ["with an action before it", opened(1), rejected("actions come out of a review")],
    [
      "put off by the requester",
      fresh({ type: "review.snoozed", until: later(86_400), roleAsOf: null }, DANA, { reason: "Later." }),
      rejected("the requester cannot put the review off"),
    ],
    [
      "with a view of somebody else",
      fresh({ type: "review.view_added" }, MIA, { line: "I saw it." }),
      rejected("only the requester adds the own view"),
    ],
    [
      "reminded of at no moment",
      bySystem({ type: "review.reminded", slot: "soon", stage: "due", role: "on-call-lead" }),
      rejected("the reminder has no moment"),
    ],
    [
      "reminded of at a moment that comes in years",
      bySystem({ type: "review.reminded", slot: FAR_AWAY, stage: "due", role: "on-call-lead" }),
      rejected("the reminder has no moment"),
    ],
    [
      "put off for years",
      fresh({ type: "review.snoozed", until: FAR_AWAY, roleAsOf: null }, NOAH, { reason: "Later." }),
      rejected("the snooze has no end"),
    ],
  ])("is refused %s", async (_, entry, refusal) => {
    expect(await forge.forge(await over(), [entry])).toEqual(refusal);
  });

  test("is refused while the bypass runs, and twice", async () => {
    const running = await activated(forge.ledger);
    expect(await forge.forge(running, [submitted()])).toEqual(rejected("a review is written once the bypass is over"));
    const n = await over();
    taken(await forge.forge(n, [submitted(), opened()]));
    expect(await forge.forge(n, [submitted()])).toEqual(conflict);
    expect(await forge.forge(n, [bySystem({ type: "review.overdue", slot: AT })])).toEqual(
      rejected("nobody is reminded of a review that is written"),
    );
  });

  test("is looked at within a week, whoever says when, as long as it or an action is open", async () => {
    const n = await over();
    const lookAgain = async (at: string | null): Promise<void> => {
      const state = await stateOf(forge.ledger, n);
      await forge.ledger.lookAgain(n, state?.version ?? 0, at);
    };
    for (const at of [null, FAR_AWAY]) await expect(lookAgain(at)).rejects.toThrow();
    await lookAgain(later(7 * 86_400));
    taken(await forge.forge(n, [submitted(), opened()]));
    await expect(lookAgain(null)).rejects.toThrow();
    taken(await forge.forge(n, [fresh({ type: "action.ended", action: 1, outcome: "done", roleAsOf: null }, NOAH)]));
    await lookAgain(null);
  });

  test("asks for no post of its own: what is told of no single bypass follows from another entry", async () => {
    const n = await over();
    const item = forged(n, await stateOf(forge.ledger, n), [fresh({ type: "review.view_added" }, DANA, { line: "x" })]);
    for (const effect of [
      { kind: "digest.post", channel: "C0ANY", slot: AT },
      { kind: "nudge.post", to: "U0ANY", slot: AT },
      { kind: "gate.post", gate: "e2e-suite", item: 1 },
    ] as const) {
      expect(await forge.ledger.commit({ ...item, effects: [effect] })).toEqual(
        rejected("nobody knows how to perform such an effect"),
      );
    }
    taken(await forge.ledger.commit({ ...item, effects: [{ kind: "overdue", channel: "C0INC", slot: AT }] }));
  });

  test("has actions that are counted, and end once", async () => {
    const n = await over();
    taken(await forge.forge(n, [submitted(), opened()]));
    expect(await forge.forge(n, [opened(3)])).toEqual(rejected("the action counts wrong"));
    expect(await forge.forge(n, [opened(2, "everybody")])).toEqual(rejected("the action has no owner"));
    const ended = fresh({ type: "action.ended", action: 1, outcome: "done", roleAsOf: null }, NOAH);
    taken(await forge.forge(n, [ended]));
    expect(await forge.forge(n, [ended])).toEqual(conflict);
    expect(await forge.forge(n, [bySystem({ type: "action.reminded", action: 9, slot: AT, stage: "due" })])).toEqual(
      conflict,
    );
  });
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
