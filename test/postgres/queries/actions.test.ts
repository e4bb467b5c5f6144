import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ReviewForm } from "../../../src/domain/review/form.js";
import type { Queries } from "../../../src/usecases/ports/ports.js";
import { later } from "../../contract/items.js";
import { NOAH, openReviewedTrail, type ReviewedTrail } from "./reviewed-trail.js";

let trail: ReviewedTrail;
let queries: Queries;
let bypasses: ReviewedTrail["bypasses"];

beforeAll(async () => {
  trail = await openReviewedTrail();
  ({ queries, bypasses } = trail);
});
afterAll(() => trail.close());

describe("the reviews to write", () => {
  const numbers = async (
    roles = ["on-call-lead"],
    writer: { person: string; accounts: string[] } = { person: "noah", accounts: ["U0NOAH"] },
    limit = 10,
  ) => (await queries.reviewsOf(roles, writer, limit)).bypasses.map(({ n }) => n);

  test("are those of ended bypasses that the roles may write and the writer did not request", async () => {
    expect(await numbers()).toContain(bypasses.unreviewed);
    expect(await numbers()).not.toContain(bypasses.reviewed);
    expect(await numbers()).not.toContain(bypasses.requested);
    expect(await numbers(["on-call-lead"], undefined, 0)).toEqual([]);
    expect(await numbers(["another-role"])).toEqual([]);
    expect(await numbers([])).toEqual([]);
    expect(await numbers(["on-call-lead"], { person: "dana", accounts: [] })).toEqual([]);
    expect(await numbers(["on-call-lead"], { person: "somebody", accounts: ["W0DANA2"] })).toEqual([]);
  });

  test("leave out a review that is put off, until that time", async () => {
    const n = await trail.closed(["two-approvals"]);
    const putOff = { type: "review.put_off", until: later(86_400), roleAsOf: null } as const;
    await trail.byNoah(n, putOff, { reason: "Omar is away." });
    expect(await numbers()).not.toContain(n);
    expect(await trail.at(90_000, numbers)).toContain(n);
  });

  test("are listed as overdue for the channel of their declaration after their due time", async () => {
    const overdue = async (channel: string) => (await queries.overdueReviews(channel, 10)).bypasses.map(({ n }) => n);
    expect(await overdue("C0OTHER")).toEqual([]);
    expect(await trail.at(3 * 86_400, () => overdue("C0OTHER"))).toEqual([bypasses.unreviewed]);
    expect(await trail.at(3 * 86_400, () => overdue("C0NOWHERE"))).toEqual([]);
  });

  test("are counted as overdue over all channels, for the metrics", async () => {
    expect(await queries.overdue()).toEqual({ reviews: 0, actions: 0 });
    const { reviews, actions } = await trail.at(3 * 86_400, () => queries.overdue());
    expect(reviews).toBeGreaterThanOrEqual(1);
    expect(actions).toBe(
      await trail.at(3 * 86_400, async () => {
        const channels = ["C0OTHER", "C0INC", "C0INCIDENTS", "#incidents"];
        const lists = await Promise.all(channels.map((channel) => queries.overdueActions(channel, 100)));
        return lists.flat().length;
      }),
    );
    expect(actions).toBeGreaterThanOrEqual(1);
  });

  test("still carry the database's time when the list is empty", async () => {
    const { now, bypasses } = await trail.at(90_000, () => queries.reviewsOf([], { person: "noah", accounts: [] }, 10));
    expect(bypasses).toEqual([]);
    expect(now.getTime()).toBeGreaterThanOrEqual(Date.parse(later(90_000)));
  });
});

describe("the actions to do", () => {
  const third = () => ({
    n: bypasses.reviewed,
    identity: expect.stringMatching(/^[0-9a-f]{24}$/),
    kind: "bypass",
    action: 3,
    version: 10,
    owner: "U0TOM",
    dueAt: later(3 * 3_600),
    putOffUntil: null,
    what: "Do 3.",
  });

  test("are the open ones of the given owners, with their text, without those put off", async () => {
    expect(await queries.actionsOf(["U0SOMEBODY", "U0TOM"], 10)).toEqual([third()]);
    expect(await queries.actionsOf(["U0SOMEBODY"], 10)).toEqual([]);
    expect(await queries.actionsOf([], 10)).toEqual([]);
    const next = await trail.at(90_000, () => queries.actionsOf(["U0TOM"], 10));
    expect(next.map(({ action, putOffUntil }) => [action, putOffUntil])).toEqual([
      [2, later(86_400)],
      [3, null],
    ]);
    expect(await trail.at(90_000, () => queries.actionsOf(["U0TOM"], 1))).toHaveLength(1);
  });

  test("are listed as overdue for the channel of the declaration after their due time", async () => {
    expect(await queries.overdueActions("C0INC", 10)).toEqual([]);
    expect(await trail.at(4 * 3_600, () => queries.overdueActions("C0INC", 10))).toEqual([third()]);
    expect(await trail.at(4 * 3_600, () => queries.overdueActions("C0OTHER", 10))).toEqual([]);
  });
});

describe("follow-ups", () => {
  test("are planned for every bypass that is over and not reviewed", async () => {
    const planned = await queries.planned(10);
    expect(planned).toEqual([...planned].sort((a, b) => a - b));
    expect(planned).toContain(bypasses.unreviewed);
    expect(planned).not.toContain(bypasses.requested);
    expect(await queries.planned(1)).toHaveLength(1);
  });

  test("are due at their set time, and not before", async () => {
    const { version } = (await queries.record(bypasses.unreviewed))?.state ?? { version: 0 };
    await trail.ledger.scheduleFollowUp(bypasses.unreviewed, version, later(600));
    expect(await queries.followUps(10)).not.toContain(bypasses.unreviewed);
    expect(await trail.at(601, () => queries.followUps(10))).toContain(bypasses.unreviewed);
  });
});

describe("the App Home and drafts", () => {
  test("lists the viewers of the home, the most recent first", async () => {
    for (const account of ["U0DANA", "U0LEO", "U0DANA"]) await trail.ledger.homeOpened(account);
    expect(await queries.homeViewers()).toEqual(["U0DANA", "U0LEO"]);
  });

  test("returns a draft only to its writer, and none if its shape is unknown", async () => {
    const form: ReviewForm = {
      edition: 0,
      verdict: "avoidable",
      gatesAtFault: [],
      forcedBy: null,
      aftermath: null,
      lesson: "Not yet.",
      actions: [{ what: "Ask", owner: "U0TOM", due: null }],
    };
    await trail.ledger.saveDraft(bypasses.unreviewed, NOAH.user, form);
    expect(await queries.draft(bypasses.unreviewed, NOAH.user)).toEqual(form);
    expect(await queries.draft(bypasses.unreviewed, "U0LEO")).toBeNull();
    expect(await queries.draft(bypasses.reviewed, NOAH.user)).toBeNull();
    await trail.ledger.saveDraft(bypasses.unreviewed, "U0LEO", { ...form, verdict: "guilty" as never });
    expect(await queries.draft(bypasses.unreviewed, "U0LEO")).toBeNull();
  });
});
