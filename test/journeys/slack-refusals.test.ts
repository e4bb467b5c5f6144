import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { ALL_SCOPES } from "../../src/slack/manifest.js";
import { type Journey, openJourney } from "../support/journey/journey.js";

let on: Journey;
const lines: { readonly level: string; readonly event: string; readonly fields: unknown }[] = [];
const write =
  (level: string) =>
  (event: string, fields?: Record<string, unknown>): void =>
    void lines.push({ level, event, fields });
const log = { debug: () => {}, info: write("info"), warn: write("warn"), error: write("error") };

beforeAll(async () => {
  on = await openJourney({ overrides: { log } });
});
afterEach(() => on.endsWell());
afterAll(() => on.close());

const logged = (event: string) => lines.filter((line) => line.event === event);

/** Waits until `/readyz` has this word, or no longer has it. Its answer may be a second old. */
const readyzSays = (words: string, is = true) =>
  vi.waitFor(
    async () => {
      const { status, body } = await on.get("/readyz");
      expect(status).toBe(200);
      if (is) expect(body).toContain(words);
      else expect(body).not.toContain(words);
    },
    { timeout: 10_000, interval: 200 },
  );

const without = (scope: string) => ALL_SCOPES.filter((one) => one !== scope);

describe("A Slack app that lacks a scope", () => {
  it("is named to the person, in /readyz, in /metrics and once in the log, and so is its recovery", async () => {
    on.slack.grant(without("usergroups:read"));
    await on.minutesPass(16);
    const told = await on.priya.types("");
    expect(told).toContain("lacks `usergroups:read`");
    expect(told).toContain("Ask an admin");
    expect(told).not.toContain("in a minute");
    await on.priya.types("");
    await readyzSays("slack_scope_missing: usergroups:read");
    expect((await on.get("/metrics")).body).toContain(
      'breakglass_slack_refused{method="usergroups.users.list",code="missing_scope"} 1',
    );
    expect(logged("slack.scope_missing")).toMatchObject([{ level: "error", fields: { scopes: ["usergroups:read"] } }]);

    on.slack.grant(ALL_SCOPES);
    // Once a minute the bot asks again, though nobody clicks.
    await on.minutesPass(2);
    await readyzSays("slack_scope_missing", false);
    expect((await on.get("/metrics")).body).not.toContain("breakglass_slack_refused{");
    expect(logged("slack.scopes_granted")).toHaveLength(1);
  });

  it("is seen by the scopes that Slack lists, before anybody needs it", async () => {
    on.slack.grant(without("files:write"));
    await on.minutesPass(1);
    await readyzSays("slack_scope_missing: files:write");
    on.slack.grant(ALL_SCOPES);
    await on.minutesPass(1);
    await readyzSays("slack_scope_missing", false);
  });
});

describe("A workspace whose plan has no user groups", () => {
  it("is told as such, and not as an outage", async () => {
    const lift = on.slack.faults.set(
      "usergroups.users.list",
      { kind: "error", code: "plan_upgrade_required" },
      "always",
    );
    await on.minutesPass(16);
    expect(await on.priya.types("")).toContain("no user groups");
    await readyzSays("slack_refused: usergroups.users.list=plan_upgrade_required");
    expect(logged("slack.method_refused")).toHaveLength(1);
    lift();
    await on.minutesPass(2);
    await readyzSays("slack_refused", false);
    expect(logged("slack.method_accepted")).toHaveLength(1);
  });
});

describe("A token that Slack no longer accepts", () => {
  it.each(["token_revoked", "account_inactive", "invalid_auth"])("is named: %s", async (code) => {
    lines.length = 0;
    const lift = on.slack.faults.set("*", { kind: "error", code }, "always");
    await on.minutesPass(16);
    const told = await on.dana.types("status");
    expect(told).toContain(`refuses the token of Breakglass (${code})`);
    await readyzSays(`slack_token: ${code}`);
    expect((await on.get("/readyz")).body).not.toContain('"slack"');
    expect(logged("slack.token_refused")).toHaveLength(1);
    lift();
    await on.minutesPass(2);
    await readyzSays("slack_token", false);
    expect(logged("slack.token_accepted")).toHaveLength(1);
  });
});
