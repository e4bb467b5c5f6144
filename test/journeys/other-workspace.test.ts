import { expect, it, vi } from "vitest";
import { openJourney } from "../support/journey/journey.js";

it("A token of another workspace is named, instead of calling everybody a stranger", async () => {
  const on = await openJourney();
  try {
    // The token answers for a workspace that knows none of these people.
    on.slack.faults.set("auth.test", { kind: "answer", answer: { ok: true, team_id: "T0ELSEWHERE" } }, "always");
    on.slack.faults.set("users.info", { kind: "error", code: "user_not_found" }, "always");
    await on.minutesPass(61);
    const told = await on.priya.types("status");
    expect(told).toContain("token of another workspace");
    expect(told).not.toContain("another organisation");
    await vi.waitFor(async () => expect((await on.get("/readyz")).body).toContain("slack_token: other_workspace"), {
      timeout: 5_000,
    });
  } finally {
    await on.close();
  }
});
