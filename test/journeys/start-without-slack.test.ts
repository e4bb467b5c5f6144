import { describe, expect, it, vi } from "vitest";
import { INCIDENTS, peopleTheWorkspace } from "../../demo/cast.js";
import { DEMO_POLICY } from "../../demo/policy.js";
import { createSlackDouble } from "../../demo/slack/index.js";
import { createApp } from "../../src/app/app.js";
import { readConfig } from "../../src/app/config.js";
import { createErrorWatch } from "../support/journey/error-watch.js";
import { VERIFIES, verify } from "../support/journey/journey.js";
import { createPerson } from "../support/journey/person.js";
import { policyOnDisk } from "../support/journey/policies.js";
import { createTestDatabase } from "../support/postgres.js";

describe.each(["HTTP", "Socket Mode"])("A bot that starts over %s while Slack cannot be reached", (intake) => {
  it("stays up, reports the fault, and works once Slack is reachable", async () => {
    const database = await createTestDatabase();
    const policy = await policyOnDisk(DEMO_POLICY);
    const slack = await createSlackDouble();
    peopleTheWorkspace(slack);
    await slack.faults.unreachable();
    const watch = createErrorWatch();
    const app = createApp(
      readConfig({
        SLACK_BOT_TOKEN: slack.botToken,
        ...(intake === "HTTP" ? { SLACK_SIGNING_SECRET: slack.signingSecret } : { SLACK_APP_TOKEN: slack.appToken }),
        SLACK_API_URL: slack.apiUrl,
        SLACK_PACE: "none",
        DATABASE_URL: database.appUrl,
        DATABASE_ADMIN_URL: database.adminUrl,
        DATABASE_JOBS_URL: database.jobsUrl,
        PORT: "0",
        HOST: "127.0.0.1",
        BREAKGLASS_POLICY: policy.file,
      }),
      { log: watch.log },
    );
    try {
      const { port } = await app.start();
      const ask = async (path: string) => {
        const response = await fetch(`http://127.0.0.1:${port}${path}`);
        return { status: response.status, body: await response.text() };
      };
      expect(await ask("/healthz")).toEqual({ status: 200, body: expect.stringContaining("alive") });
      expect(await ask("/readyz")).toEqual({ status: 200, body: expect.stringContaining('"slack"') });

      const alert = (name: string) =>
        slack.until(
          () => slack.messages(INCIDENTS).find((one) => one.text.startsWith(`${name} `)),
          `the alert of ${name}`,
        );
      const priya = createPerson(slack, "U0PRIYA", alert);
      if (intake === "HTTP") {
        slack.connect({ eventsUrl: `http://127.0.0.1:${port}/slack/events` });
        expect(await priya.types("status")).toContain("could not be checked with Slack");
      }
      await slack.faults.reachable();
      if (intake !== "HTTP") await slack.until(() => slack.sockets.connections > 0, "the bot on Socket Mode", 20_000);
      await priya.declares();
      expect(slack.render(await alert("BG-1"))).toContain("[Approve] [Deny]");
      await createPerson(slack, "U0NOOR", alert).getsMessage("BG-1", "[Approve]");
      await vi.waitFor(async () => expect((await ask("/readyz")).body).not.toContain("slack"), { timeout: 5_000 });
      expect(slack.violations).toEqual([]);
      expect(watch.errors()).toEqual([]);
    } finally {
      await app.stop();
      await slack.stop();
    }
    expect(await verify(database.adminUrl)).toBe(VERIFIES);
    await database.drop();
    await policy.remove();
  });
});
