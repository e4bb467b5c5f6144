import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { readAppManifest } from "../../../demo/slack/app-manifest.js";
import { openPagerDutyDouble, type PagerDutyDouble, ROUTING_KEY } from "../../support/pagers/pagerduty-double.js";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "../../support/postgres.js";
import { type Ground, openGround } from "./ground.js";

let database: TestDatabase;
let empty: TestDatabase;
let pagerduty: PagerDutyDouble;
let well: Ground;
const others: Ground[] = [];

beforeAll(async () => {
  [database, empty, pagerduty] = await Promise.all([
    createTestDatabase(),
    createEmptyDatabase(),
    openPagerDutyDouble(),
  ]);
  well = await openGround(urls());
});
afterAll(async () => {
  for (const ground of [well, ...others]) await ground?.close();
  await pagerduty?.stop();
  await database?.drop();
  await empty?.drop();
});
afterEach(() => {
  well.slack.faults.clear();
  well.clockOffMs = 0;
});

const urls = () => ({
  DATABASE_URL: database.appUrl,
  DATABASE_ADMIN_URL: database.adminUrl,
  DATABASE_JOBS_URL: database.jobsUrl,
});
const viaPagerDuty = (key: string) => ({ PAGERDUTY_ROUTING_KEY: key, PAGERDUTY_EVENTS_URL: pagerduty.base });
const without = (scope: string) => readAppManifest().scopes.filter((one) => one !== scope);

describe("breakglass doctor on a set-up that is well", () => {
  test("finds nothing, names what it looked at and what does not apply, and exits with 0", async () => {
    const { code, findings, fine, skipped } = await well.doctor(viaPagerDuty(ROUTING_KEY));
    expect({ code, findings }).toEqual({ code: 0, findings: [] });
    expect(fine).toEqual(expect.arrayContaining(["configuration", "policy", "database", "pagers"]));
    expect(skipped.map(({ check }) => check)).toEqual([
      "slack socket",
      "redis",
      "issuers of pipeline tokens",
      "proxy",
      "receipts",
      "running bot",
    ]);
    // Nobody was paged, and nothing was posted.
    expect(pagerduty.incidents).toEqual([]);
    expect(well.slack.record.calls.filter(({ method }) => method.startsWith("chat."))).toEqual([]);
    expect(well.slack.violations).toEqual([]);
  });

  test("says the same in words", async () => {
    const { code, output } = await well.doctorInWords();
    expect(code).toBe(0);
    expect(output).toContain("fine     database");
    expect(output).toContain("skipped  redis: REDIS_URL is not set");
    expect(output).toContain("All is well.");
  });
});

describe("breakglass doctor", () => {
  test("names a scope that the app lacks, once", async () => {
    const ground = await openGround(urls(), { scopes: without("usergroups:read") });
    others.push(ground);
    const { findings, code } = await ground.doctor();
    expect(findings).toEqual([
      expect.objectContaining({
        check: "slack scopes",
        word: "slack_scope_missing",
        problem: "The app lacks the scope usergroups:read.",
      }),
    ]);
    expect(findings[0]?.fix).toContain("install the app again");
    expect(code).toBe(1);
  });

  test("names a token of a whole organisation", async () => {
    const ground = await openGround(urls(), { orgInstall: true, enterpriseId: "E0ORG" });
    others.push(ground);
    const { findings } = await ground.doctor();
    expect(findings.map(({ problem }) => problem)).toEqual(["The bot token is that of a whole organisation."]);
  });

  test("names a channel that the bot has left", async () => {
    well.slack.channels.update("C0INCIDENTS", { botIsMember: false });
    const { findings } = await well.doctor();
    well.slack.channels.update("C0INCIDENTS", { botIsMember: true });
    expect(findings.map(({ problem }) => problem)).toEqual(["The bot is not a member of #incidents."]);
    expect(findings[0]?.fix).toContain("In #incidents: /invite @breakglass");
  });

  test("names a plan without user groups", async () => {
    well.slack.faults.set("usergroups.users.list", { kind: "error", code: "plan_upgrade_required" }, "always");
    const { findings } = await well.doctor();
    expect(new Set(findings.map(({ word, problem }) => `${word}: ${problem}`))).toEqual(
      new Set(["slack_refused: The workspace's plan has no user groups (plan_upgrade_required)."]),
    );
    expect(findings[0]?.fix).toContain("slack_users");
  });

  test("names a clock that is off, against Slack and against the database", async () => {
    well.clockOffMs = 60_000;
    const { findings } = await well.doctor();
    expect(findings.map(({ check, word }) => [check, word])).toEqual([
      ["clock", null],
      ["clock", "clock_off"],
    ]);
    expect(findings[0]?.problem).toMatch(/(59|60|61) s off Slack's/);
  });

  test("tells what a running bot says of itself, but for what a check has said more exactly", async () => {
    const { server, port } = await serving({
      down: [],
      degraded: ["alerts_not_posted", "queue", "a_word_of_tomorrow: x"],
    });
    const { findings } = await well.doctor({ PORT: String(port), REDIS_URL: "redis://127.0.0.1:1" });
    server.close();
    expect(findings.map(({ check, word }) => [check, word])).toEqual([
      ["redis", "queue"],
      ["running bot", "alerts_not_posted"],
      ["running bot", null],
    ]);
    expect(findings[1]?.fix).toContain("Invite the bot");
    expect(findings[2]?.problem).toBe("a_word_of_tomorrow: x");
  });

  test("says a fault of Slack, of the socket and of the proxy once, when the running bot says it too", async () => {
    const { server, port } = await serving({
      down: [],
      degraded: ["slack_token: invalid_auth", "slack_socket: invalid_auth", "proxy: slack.com"],
    });
    const wrong = (kind: string): string => [kind, "1-wrong"].join("-");
    const { findings } = await well.doctor({
      PORT: String(port),
      SLACK_BOT_TOKEN: wrong("xoxb"),
      SLACK_APP_TOKEN: wrong("xapp"),
      HTTPS_PROXY: "http://127.0.0.1:1",
    });
    server.close();
    expect(findings.map(({ word }) => word)).toEqual(["slack_token", "slack_socket", "proxy"]);
  });

  test("says once that Slack is away, in Socket Mode as well", async () => {
    const { findings } = await well.doctor({
      SLACK_API_URL: "http://127.0.0.1:1/api/",
      SLACK_APP_TOKEN: ["xapp", "1-any"].join("-"),
    });
    expect(findings.map(({ word }) => word)).toEqual(["slack"]);
  });

  test("refuses other arguments with 64", async () => {
    const { runCli } = await import("../../../src/cli/main.js");
    const nothing = {
      out: () => {},
      err: () => {},
      readFile: async () => new Uint8Array(),
      env: {},
      now: () => new Date(),
    };
    expect(await runCli(["doctor", "--all"], nothing)).toBe(64);
  });
});

function serving(body: unknown): Promise<{ server: Server; port: number }> {
  return new Promise((resolve) => {
    const server = createServer((_, response) => response.end(JSON.stringify(body)));
    server.listen(0, "127.0.0.1", () => resolve({ server, port: (server.address() as AddressInfo).port }));
  });
}
