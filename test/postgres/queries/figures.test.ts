import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Queries } from "../../../src/usecases/ports/ports.js";
import { AT, ENDS, later } from "../../contract/items.js";
import { openReviewedTrail, type ReviewedTrail } from "./reviewed-trail.js";

const HEAD = expect.stringMatching(/^[0-9a-f]{24}$/);

let trail: ReviewedTrail;
let queries: Queries;
let bypasses: ReviewedTrail["bypasses"];

beforeAll(async () => {
  trail = await openReviewedTrail();
  ({ queries, bypasses } = trail);
});
afterAll(() => trail.close());

const DAY_AGO = later(-86_400);

describe("gates", () => {
  const counted = async (since: string, gates: readonly string[] | null) =>
    (await queries.counted(since, gates)).map(({ n }) => n);

  test("are counted by the bypasses that became active in the window, without drills", async () => {
    expect(await counted(DAY_AGO, ["e2e-suite"])).toEqual([bypasses.reviewed]);
    expect(await counted(DAY_AGO, ["other"])).toEqual([]);
    expect(await counted(DAY_AGO, [])).toEqual([]);
    expect(await counted(later(3_600), null)).toEqual([]);
    const all = await counted(DAY_AGO, null);
    expect(all).toEqual(expect.arrayContaining([bypasses.reviewed, bypasses.unreviewed]));
    expect(all).not.toContain(bypasses.drill);
    expect(all).not.toContain(bypasses.requested);
  });

  test("are counted with the times and the review of each bypass", async () => {
    expect(await queries.counted(DAY_AGO, ["e2e-suite"])).toEqual([
      {
        n: bypasses.reviewed,
        gates: ["e2e-suite"],
        activatedAt: AT,
        endsAt: ENDS,
        endedAt: AT,
        verdict: "gate-at-fault",
        gatesAtFault: ["e2e-suite"],
        forcedBy: "flaky",
      },
    ]);
  });

  test("have an item with its evidence, and a history with the owner's reason", async () => {
    expect(await queries.gateItems()).toEqual([
      {
        gate: "e2e-suite",
        item: 1,
        identity: HEAD,
        status: "fixed",
        owner: "on-call-lead",
        openedSeq: trail.openedSeq,
        openedAt: AT,
        dueAt: later(3_600),
        closedAt: AT,
        fixedAt: AT,
        progress: { remindedTo: null, announced: false, escalated: false, putOffUntil: null, putOffs: 0 },
      },
    ]);
    expect(await queries.gateEntry(trail.openedSeq)).toMatchObject({
      event: { type: "gate.flagged", bypasses: [bypasses.reviewed] },
      actor: { kind: "system" },
    });
    expect(await queries.gateEntry(1)).toBeNull();
    expect(await queries.gateEntry(999_999)).toBeNull();
    expect(await queries.gateMarks("e2e-suite")).toEqual([
      { seq: trail.openedSeq, head: HEAD, item: 1, what: "flagged", at: AT, reason: null },
      { seq: trail.openedSeq + 1, head: HEAD, item: 1, what: "changed", at: AT, reason: "Split in two." },
    ]);
    expect(await queries.gateMarks("two-approvals")).toEqual([]);
    expect(await queries.textAt(trail.openedSeq + 1, "reason")).toEqual({
      n: null,
      gate: { gate: "e2e-suite", item: 1 },
      redacted: false,
    });
  });
});

describe("the digest", () => {
  test("counts the bypasses and drills of the week, and what is open and overdue now", async () => {
    const week = await queries.week(DAY_AGO, AT);
    expect(week).toMatchObject({ drills: 1, reviewsSubmitted: 1, reviewsDue: 0, reviewsOverdue: 0, actionsOverdue: 0 });
    expect(week.bypasses).toMatchObject({ requested: 1 });
    expect(week.bypasses.closed).toBeGreaterThanOrEqual(2);
    expect(week.actionsOpen).toBe(2);
    const beforehand = await queries.week(later(-2 * 86_400), DAY_AGO);
    expect(beforehand).toMatchObject({ bypasses: {}, drills: 0, reviewsSubmitted: 0 });
    const after = await trail.at(3 * 86_400, () => queries.week(AT, later(3 * 86_400)));
    expect(after.reviewsDue).toBeGreaterThanOrEqual(3);
    expect(after.reviewsOverdue).toBeGreaterThanOrEqual(2);
    expect(after.actionsOverdue).toBe(2);
  });

  test("names the approvers of each bypass of the week once, with the time to approval", async () => {
    const acked = await queries.acked(DAY_AGO, AT);
    expect(acked[0]).toEqual({ path: "emergency_deploy", seconds: 0, requester: "dana", approvers: ["leo", "mia"] });
    expect(acked.length).toBeGreaterThanOrEqual(2);
    expect(await queries.acked(AT, later(60))).toEqual([]);
  });

  test("tells when each path had its last drill, and when the first policy came into force", async () => {
    expect(await queries.lastDrills()).toEqual({ emergency_deploy: AT });
    expect(await queries.begunAt()).toBe(AT);
  });
});
