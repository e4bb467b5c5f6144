import { moveDatabaseClock } from "../../../demo/moved-clock.js";
import type { BypassEvent, SystemEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import { createDatabase } from "../../../src/postgres/connection/database.js";
import { createQueries } from "../../../src/postgres/queries/queries.js";
import { createLedger } from "../../../src/postgres/trail/ledger.js";
import {
  activation,
  approval,
  CLOCK,
  change,
  DANA,
  declaration,
  declare,
  fresh,
  later,
  MIA,
  policyChanged,
  systemItem,
  taken,
} from "../../contract/items.js";
import { createTestDatabase } from "../../support/postgres.js";

export const NOAH = { kind: "person", user: "U0NOAH", person: "noah" } as const;

export type ReviewedTrail = Awaited<ReturnType<typeof openReviewedTrail>>;

/** Opens a trail with reviews, actions, a drill and a gate that was flagged and fixed, with queries on it. */
export async function openReviewedTrail() {
  const testDatabase = await createTestDatabase();
  const db = createDatabase({ url: testDatabase.appUrl, max: 4, applicationName: "queries-test" });
  const ledger = createLedger(db, { deadlineMs: 10_000 });
  const queries = createQueries(db, { deadlineMs: 10_000 });

  const byNoah = (n: number, event: BypassEvent, texts: Record<string, string> = {}) =>
    change(ledger, n, fresh(event, NOAH, texts)).then(taken);

  const closed = async (gates: string[], over: { kind?: "bypass" | "drill"; channel?: string } = {}) => {
    const n = await declare(ledger, declaration({ gates, channel: "C0INC", ...over }));
    taken(await change(ledger, n, approval(), approval(MIA, 2), activation()));
    taken(await change(ledger, n, fresh({ type: "bypass.closed" }, DANA)));
    return n;
  };

  /** Opens three actions: one done, one put off for a day, one open. */
  const reviewIt = async (n: number) => {
    const words = { edition: 1, forcedBy: "flaky", aftermath: "passed-later", asApprover: false } as const;
    const verdict = { verdict: "gate-at-fault", gatesAtFault: ["e2e-suite"], roleAsOf: null } as const;
    await byNoah(n, { type: "review.submitted", ...words, ...verdict }, { lesson: "Split it." });
    for (const action of [1, 2, 3]) {
      const opened = { type: "action.opened", action, owner: "U0TOM", dueAt: later(action * 3_600) } as const;
      await byNoah(n, opened, { line: `Do ${action}.` });
    }
    await byNoah(n, { type: "action.ended", action: 1, outcome: "done", roleAsOf: null });
    const putOff = { type: "action.put_off", action: 2, until: later(86_400), roleAsOf: null } as const;
    await byNoah(n, putOff, { reason: "Tom is away." });
  };

  const flagAndFix = async (bypass: number) => {
    const flagged = { gate: "e2e-suite", item: 1, owner: "on-call-lead", dueAt: later(3_600) } as const;
    const evidence = { because: "count", count: 1, reviewed: 1, atFault: 1, windowSeconds: 2_592_000 } as const;
    const commit = async (event: SystemEvent, actor: Parameters<typeof systemItem>[3] = CLOCK, texts = {}) =>
      taken(await ledger.commit(systemItem(event, texts, undefined, actor))).lastSeq;
    const openedSeq = await commit({ type: "gate.flagged", ...flagged, ...evidence, bypasses: [bypass] });
    const fixed = { type: "gate.fixed", gate: "e2e-suite", item: 1, how: "changed", roleAsOf: null } as const;
    await commit(fixed, NOAH, { reason: "Split in two." });
    return openedSeq;
  };

  taken(await ledger.commit(policyChanged("version: 1")));
  const reviewed = await closed(["e2e-suite"]);
  await reviewIt(reviewed);
  const unreviewed = await closed(["two-approvals"], { channel: "C0OTHER" });
  const drill = await closed(["e2e-suite"], { kind: "drill" });
  const requested = await declare(ledger);
  const openedSeq = await flagAndFix(reviewed);

  return {
    queries,
    ledger,
    closed,
    byNoah,
    /** The bypasses: closed and reviewed; closed and not reviewed; an ended drill; one that is only requested. */
    bypasses: { reviewed, unreviewed, drill, requested },
    /** The entry that opened the gate's item. */
    openedSeq,
    /** Runs `ask` with the database's clock that many seconds after `AT`. */
    at: async <T>(seconds: number, ask: () => Promise<T>): Promise<T> => {
      await moveDatabaseClock(testDatabase.adminUrl, Date.parse(later(seconds)) - (await ledger.now()).getTime());
      try {
        return await ask();
      } finally {
        await moveDatabaseClock(testDatabase.adminUrl, 0);
      }
    },
    close: async () => {
      await db.end();
      await testDatabase.drop();
    },
  };
}
