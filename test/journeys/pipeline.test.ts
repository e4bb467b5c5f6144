import { createLocalJWKSet, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { INCIDENTS } from "../../demo/cast.js";
import { IDS } from "../../demo/ci/claims.js";
import { gateCheckAnswer } from "../../src/domain/gate-checks/wire.js";
import { gateCheckEndpointContract } from "../contract/gate-check-endpoint.js";
import { openPipelineJourney, type PipelineJourney, PULL_REQUEST, TARGET } from "../support/gate-checks/pipeline.js";
import { VERIFIES, verify } from "../support/journey/journey.js";
import { openTrail, type Trail } from "../support/reliability/trail.js";

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

describe("A pipeline asks whether it may skip a gate", () => {
  let pipeline: PipelineJourney;
  let trail: Trail;
  beforeAll(async () => {
    pipeline = await openPipelineJourney();
    trail = openTrail(pipeline.on.testApp.database.adminUrl);
  });
  afterAll(async () => {
    await trail.close();
    await pipeline.close();
  });

  const answered = async (run: number, of = {}, claims = {}) => {
    const { status, body } = await pipeline.asks(pipeline.question(run, of), await pipeline.token(run, claims));
    expect(status, JSON.stringify(body)).toBe(200);
    return gateCheckAnswer.parse(body);
  };
  const uses = async () => (await trail.entries()).filter(({ type }) => type === "grant.used");

  test("and may not before anybody approved", async () => {
    expect(await answered(1)).toMatchObject({ open: false, reason: "no_grant", grant: null });
    await pipeline.on.priya.declares({ Gates: ["e2e-suite"], Target: TARGET });
    await pipeline.on.alert("BG-1");
    expect(await answered(1)).toMatchObject({ open: false, reason: "no_grant" });
    expect(await uses()).toEqual([]);
  });

  test("may after the approval, and the use is recorded and told once for each run", async () => {
    const { on } = pipeline;
    await on.noor.approves("BG-1", "alert");
    await on.alertSays("BG-1", "BG-1 active");
    const yes = await answered(1);
    expect(yes).toMatchObject({ open: true, grant: "BG-1", approved_by: [on.noor.id], commit_proven: true });
    expect((await answered(1)).open).toBe(true);
    await on.threadSays("BG-1", "BG-1 was used once");
    expect((await answered(2)).open).toBe(true);
    await on.threadSays("BG-1", "BG-1 was used 2 times");
    expect((await on.replies("BG-1", "was used")).length).toBe(1);
    expect((await uses()).map(({ seq }) => seq)).toHaveLength(2);
    expect((await uses())[0]?.seq).toBeLessThanOrEqual(yes.trail.seq);
    expect(await on.dana.types("show BG-1")).toContain("Used by 2 runs of pipelines");
  });

  test("gets a receipt that anybody verifies with the published keys", async () => {
    const { receipt, trail: at } = await answered(1);
    const { keys } = keySet.parse(JSON.parse((await pipeline.on.get("/.well-known/jwks.json")).body));
    const { payload } = await jwtVerify(receipt ?? "", createLocalJWKSet({ keys }), { algorithms: ["EdDSA"] });
    const { gate, commit, run } = pipeline.question(1);
    expect(payload).toMatchObject({ sub: "BG-1", gate, commit, run, repository: IDS.github.repository, seq: at.seq });
  });

  test.each([
    ["for another gate", { gate: "two-approvals" }, {}, "no_grant"],
    ["for another target", { target: "service:payments" }, {}, "other_target"],
    ["for a pull request that its push may not belong to", { target: PULL_REQUEST }, {}, "other_commit"],
    ["for words", { target: "the hotfix" }, {}, "other_target"],
    ["for another repository", {}, { repository: "acme/website" }, "other_target"],
    ["with a commit that its token contradicts", { commit: "b".repeat(40) }, {}, "other_commit"],
    ["with a commit that only it claims", {}, { event_name: "pull_request" }, "other_commit"],
  ])("and may not %s", async (_, of, claims, reason) => {
    const before = (await uses()).length;
    expect(await answered(3, of, claims)).toMatchObject({ open: false, reason, receipt: null });
    expect(await uses()).toHaveLength(before);
  });

  test("and is refused as another run, with a token for somebody else, or for a gate that does not exist", async () => {
    const { asks, question, token, issuer } = pipeline;
    expect((await asks(question(4), await token(5))).status).toBe(403);
    expect((await asks(question(4, { gate: "nothing" }), await token(4))).status).toBe(422);
    const foreign = await issuer.mint(Math.floor(Date.now() / 1_000), "somebody-else");
    expect((await asks(question(4), foreign)).status).toBe(401);
  });

  test("and may not any more once the grant has ended, and everything verifies", async () => {
    const { on } = pipeline;
    await on.minutesPass(61);
    expect(await answered(1)).toMatchObject({ open: false, reason: "expired", grant: "BG-1", expires_in_s: null });
    await on.alertSays("BG-1", "BG-1 expired");
    await on.dana.presses("Write Review", "BG-1", "alert");
    const form = await on.slack.until(() => on.slack.view(on.dana.id), "the form of the review");
    expect(on.slack.render(form)).toContain("Used by 2 runs of pipelines");
    await on.allIsDelivered();
    expect(await verify(on.testApp.database.appUrl)).toContain(VERIFIES);
    await on.endsWell();
  });

  test("and may not for a drill", async () => {
    const { on } = pipeline;
    await on.slack.as(on.priya.id).command("drill", { channel: INCIDENTS });
    await on.slack.until(() => on.slack.view(on.priya.id)?.submit, "the form of a drill");
    await on.priya.submits({ Gates: ["e2e-suite"], Target: TARGET, Incident: "INC-219", Reason: "A rehearsal." });
    await on.noor.approves("BG-2", "alert");
    await on.alertSays("BG-2", "BG-2");
    await on.allIsDelivered();
    expect(await answered(6)).toMatchObject({ open: false, reason: "drill", grant: "BG-2" });
  });

  let token = "";
  gateCheckEndpointContract("the bot's own", () => ({
    url: () => pipeline.url,
    token: () => token,
    open: async () => {
      token = await pipeline.token(7);
      const active = await pipeline.asks(pipeline.question(7), token);
      if (!gateCheckAnswer.parse(active.body).open) {
        await pipeline.on.priya.declares({ Gates: ["e2e-suite"], Target: TARGET });
        await pipeline.on.noor.approves("BG-3", "alert");
        await pipeline.on.alertSays("BG-3", "BG-3 active");
      }
      return pipeline.question(7);
    },
    closed: async () => {
      token = await pipeline.token(7);
      return pipeline.question(7, { gate: "two-approvals" });
    },
  }));
});

test("a commit that only the run claims opens the gate where the policy says so, for its own pull request, and the record tells it", async () => {
  const pipeline = await openPipelineJourney("      unproven_commit: open\n");
  const { on, asks, question, token } = pipeline;
  const claimed = (commit: string, run: number) => question(run, { target: PULL_REQUEST, commit });
  const onPullRequest = (number: number, run: number) =>
    token(run, { event_name: "pull_request", ref: `refs/pull/${number}/merge` });
  try {
    await on.priya.declares({ Gates: ["e2e-suite"], Target: PULL_REQUEST });
    await on.noor.approves("BG-1", "alert");
    await on.alertSays("BG-1", "BG-1 active");
    const own = await asks(claimed("c".repeat(40), 1), await onPullRequest(4821, 1));
    expect(own.body).toMatchObject({ open: true, commit_proven: false });
    await on.threadSays("BG-1", "(claimed by the run)");
    const anotherCommit = await asks(claimed("d".repeat(40), 1), await onPullRequest(4821, 1));
    expect(anotherCommit.body).toMatchObject({ open: false, reason: "other_commit" });
    const another = await asks(claimed("c".repeat(40), 2), await onPullRequest(99, 2));
    expect(another.body).toMatchObject({ open: false, reason: "other_target" });
    const contradicted = await asks(claimed("c".repeat(40), 3), await token(3));
    expect(contradicted.body).toMatchObject({ open: false, reason: "other_commit" });
  } finally {
    await pipeline.close();
  }
});
