import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ReviewWords } from "../../../src/domain/events/catalogue/review.js";
import { change, DANA, DANA2, fresh, later, logLine, MIA, stateOf, taken } from "../../contract/items.js";
import { activated, type Forge, type Fresh, forged, openForge, self } from "./forge.js";

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

/** A bypass that was active, approved by Leo and Mia, and closed by Dana. */
async function closedBypass(): Promise<number> {
  const n = await activated(forge.ledger);
  taken(await change(forge.ledger, n, fresh({ type: "bypass.closed" }, DANA)));
  return n;
}

describe("A review", () => {
  test("is accepted with its actions once the bypass is over", async () => {
    const n = await closedBypass();
    expect(await forge.forge(n, [submitted(), opened(1), opened(2)])).toMatchObject({ ok: true });
    expect(await forge.findings()).toEqual([]);
  });

  test.each<[string, Fresh]>([
    ["by the requester", submitted({}, DANA)],
    ["by another account of the requester's", submitted({}, DANA2)],
    ["under the requester's person", submitted({}, { kind: "person", user: "U0OTHER", person: "dana" })],
    ["when amended by the requester", fresh({ type: "review.amended", ...words }, DANA, { lesson: "x" })],
  ])("is refused %s", async (_, entry) => {
    expect(await forge.forge(await closedBypass(), [entry])).toEqual(self);
  });

  test("is submitted once when two people submit it at the same time", async () => {
    const n = await closedBypass();
    const state = await stateOf(forge.ledger, n);
    const both = await Promise.all([NOAH, MIA].map((by) => forge.ledger.commit(forged(n, state, [submitted({}, by)]))));
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(both).toContainEqual(conflict);
  });

  test("cannot be postponed by more than about a week while it or an action is open", async () => {
    const n = await closedBypass();
    const scheduleFollowUp = async (at: string | null): Promise<void> => {
      const state = await stateOf(forge.ledger, n);
      await forge.ledger.scheduleFollowUp(n, state?.version ?? 0, at);
    };
    for (const at of [null, FAR_AWAY]) await expect(scheduleFollowUp(at)).rejects.toThrow();
    await scheduleFollowUp(later(7 * 86_400));
    // Nor by an entry that says nothing of it.
    const line = forged(n, await stateOf(forge.ledger, n), [logLine("harmless")]);
    for (const followUpAt of [null, FAR_AWAY])
      expect(await forge.ledger.commit({ ...line, followUpAt })).toMatchObject({ ok: false, why: "rejected" });
    taken(await forge.forge(n, [submitted(), opened()]));
    await expect(scheduleFollowUp(null)).rejects.toThrow();
    taken(await forge.forge(n, [fresh({ type: "action.ended", action: 1, outcome: "done", roleAsOf: null }, NOAH)]));
    await scheduleFollowUp(null);
  });

  test("has actions that can end only once", async () => {
    const n = await closedBypass();
    taken(await forge.forge(n, [submitted(), opened()]));
    const ended = fresh({ type: "action.ended", action: 1, outcome: "done", roleAsOf: null }, NOAH);
    taken(await forge.forge(n, [ended]));
    expect(await forge.forge(n, [ended])).toEqual(conflict);
    const unknown = fresh({ type: "action.ended", action: 9, outcome: "done", roleAsOf: null }, NOAH);
    expect(await forge.forge(n, [unknown])).toEqual(conflict);
  });
});
