import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { readConfig } from "../../src/app/config.js";
import { FaultyConfiguration } from "../../src/lib/errors.js";

const ROUTING_KEY = "e93facc04764012d7bfb002500d5d1a6";
const GOOD = { SLACK_BOT_TOKEN: "xoxb-1-abc", SLACK_SIGNING_SECRET: "s3cret" };

function faultsOf(env: Readonly<Record<string, string>>): FaultyConfiguration {
  try {
    readConfig(env);
  } catch (fault) {
    if (fault instanceof FaultyConfiguration) return fault;
    throw fault;
  }
  throw new Error("The environment was taken.");
}

describe("the environment", () => {
  test("needs only Slack's two secrets; everything else has a default", () => {
    const config = readConfig(GOOD);
    expect(config).toMatchObject({
      slack: { apiUrl: "https://slack.com/api/", intake: { kind: "http" } },
      http: { port: 3000, host: "0.0.0.0", publicUrl: null },
      database: { kind: "embedded" },
      redisUrl: null,
      pagers: { pagerduty: null, splunkOnCall: null },
      schedules: null,
      receipts: null,
      policyFile: "./breakglass.yaml",
      dataDir: ".breakglass",
      logLevel: "info",
    });
  });

  test("selects Socket Mode when it has an app token, with or without a signing secret", () => {
    const token = { SLACK_APP_TOKEN: "xapp-1-A-2-b" };
    expect(readConfig({ SLACK_BOT_TOKEN: GOOD.SLACK_BOT_TOKEN, ...token }).slack.intake.kind).toBe("socket");
    expect(readConfig({ ...GOOD, ...token }).slack.intake.kind).toBe("socket");
  });

  test("treats a blank variable as not set", () => {
    expect(readConfig({ ...GOOD, PORT: " ", DATABASE_URL: "", REDIS_URL: "  " })).toMatchObject({
      http: { port: 3000 },
      database: { kind: "embedded" },
      redisUrl: null,
    });
  });

  test("adds a trailing slash to the base URL of Slack's API", () => {
    expect(readConfig({ ...GOOD, SLACK_API_URL: "http://127.0.0.1:4991/api" }).slack.apiUrl).toBe(
      "http://127.0.0.1:4991/api/",
    );
  });

  test("never prints its secrets with the config", () => {
    const config = readConfig({
      ...GOOD,
      DATABASE_URL: "postgres://bot:swordfish@db/x",
      REDIS_URL: "redis://:halibut@r/0",
      PAGERDUTY_ROUTING_KEY: ROUTING_KEY,
      PAGERDUTY_API_TOKEN: "sturgeon-4711",
      SPLUNK_ONCALL_URL: "https://alert.example.com/integrations/generic/1/alert/lamprey/db",
    });
    const printed = `${JSON.stringify(config)} ${inspect(config, { depth: 9 })} ${config.slack.botToken} ${config.redisUrl}`;
    const secrets = ["xoxb-1-abc", "s3cret", "swordfish", "halibut", ROUTING_KEY, "sturgeon", "lamprey"];
    for (const secret of secrets) expect(printed).not.toContain(secret);
  });

  test("configures a pager for each key, in its region, and schedules for a token", () => {
    const config = readConfig({
      ...GOOD,
      PAGERDUTY_ROUTING_KEY: ROUTING_KEY,
      PAGERDUTY_EVENTS_URL: "https://events.eu.pagerduty.com",
      PAGERDUTY_API_TOKEN: "sturgeon-4711",
      SPLUNK_ONCALL_URL: "https://alert.example.com/integrations/generic/1/alert/lamprey/db",
    });
    expect(config.pagers.pagerduty?.routingKey.reveal()).toBe(ROUTING_KEY);
    expect(config.pagers.pagerduty?.eventsUrl).toBe("https://events.eu.pagerduty.com/");
    expect(config.pagers.splunkOnCall?.url.reveal()).toContain("lamprey/db");
    expect(config.schedules?.apiUrl).toBe("https://api.pagerduty.com/");
    expect(config.schedules?.token.reveal()).toBe("sturgeon-4711");
  });

  test.each(["http://127.0.0.1:4992", "http://localhost:4992/", "http://[::1]:4992"])(
    "allows plain HTTP for keys on this machine: %s",
    (url) => {
      const env = { ...GOOD, PAGERDUTY_ROUTING_KEY: ROUTING_KEY, PAGERDUTY_EVENTS_URL: url };
      expect(readConfig(env).pagers.pagerduty?.eventsUrl).toMatch(/^http:.*[/]$/);
    },
  );
});

describe("a faulty environment", () => {
  test("names both of Slack's secrets and the demo when nothing is set", () => {
    const { message, faults } = faultsOf({});
    expect(faults).toHaveLength(2);
    expect(message).toContain("SLACK_BOT_TOKEN is not set");
    expect(message).toContain("SLACK_SIGNING_SECRET");
    expect(message).toContain("SLACK_APP_TOKEN");
    expect(message).toContain("npm run demo");
  });

  test("reports every faulty variable at once and no value", () => {
    const broken = {
      SLACK_BOT_TOKEN: "xoxp-wrong-kind-7261",
      SLACK_APP_TOKEN: "app-token-8134",
      SLACK_API_URL: "ftp://slack-9012.example",
      DATABASE_URL: "mysql://bot:swordfish@db-3391/x",
      DATABASE_ADMIN_URL: "localhost-4410",
      DATABASE_JOBS_URL: "http://jobs-5520",
      REDIS_URL: "http://:halibut@redis-6630",
      PAGERDUTY_ROUTING_KEY: "too-short-1120",
      PAGERDUTY_EVENTS_URL: "http://events-1130.example.com",
      PAGERDUTY_API_TOKEN: "with space 1140",
      PAGERDUTY_API_URL: "https://api-1150.example.com/?region=eu",
      SPLUNK_ONCALL_URL: "https://user:lamprey@alert-1160.example.com/x",
      PORT: "65536",
      PUBLIC_URL: "bot-7740.example",
      LOG_LEVEL: "chatty-8850",
      BREAKGLASS_RESTORED: "since monday 9960",
    };
    const { message, faults } = faultsOf(broken);
    expect(faults).toHaveLength(Object.keys(broken).length);
    for (const [name, value] of Object.entries(broken)) {
      expect(faults.filter((fault) => fault.startsWith(`${name} `))).toHaveLength(1);
      if (name !== "PORT") expect(message).not.toContain(value);
    }
    for (const part of ["swordfish", "halibut", "lamprey", "7261", "8134"]) expect(message).not.toContain(part);
  });

  test.each(["redis:///run/redis.sock", "redis://cache.example/jobs", "redis://cache.example/?tls=true"])(
    "refuses %s, which would use another database or setting than meant",
    (url) => {
      expect(faultsOf({ ...GOOD, REDIS_URL: url }).faults).toEqual([expect.stringMatching(/^REDIS_URL /)]);
    },
  );

  test.each(["-1", "3000.5", "0x10", "1e3", "999999", "port", "30 00"])("refuses the port %s", (port) => {
    expect(faultsOf({ ...GOOD, PORT: port }).faults).toEqual([expect.stringMatching(/^PORT /)]);
  });

  test.each([
    "http://events.example.com",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "http://10.0.0.7",
    "ftp://127.0.0.1",
    "events.pagerduty.com",
  ])("sends no key to %s", (url) => {
    const env = { ...GOOD, PAGERDUTY_ROUTING_KEY: ROUTING_KEY, PAGERDUTY_EVENTS_URL: url };
    expect(faultsOf(env).faults).toEqual([expect.stringMatching(/^PAGERDUTY_EVENTS_URL must be an address/)]);
    expect(faultsOf({ ...GOOD, SPLUNK_ONCALL_URL: url }).faults).toEqual([
      expect.stringMatching(/^SPLUNK_ONCALL_URL must be an address/),
    ]);
  });

  test("reports an address of PagerDuty without its key", () => {
    const url = "https://pagerduty.example.com";
    expect(faultsOf({ ...GOOD, PAGERDUTY_EVENTS_URL: url, PAGERDUTY_API_URL: url }).faults).toEqual([
      "PAGERDUTY_EVENTS_URL is set, but PAGERDUTY_ROUTING_KEY is not",
      "PAGERDUTY_API_URL is set, but PAGERDUTY_API_TOKEN is not",
    ]);
  });

  test("takes a key for receipts only with the address that they name, as it is written elsewhere", () => {
    const keyFile = "/etc/breakglass/receipts.pem";
    expect(faultsOf({ ...GOOD, RECEIPT_KEY_FILE: keyFile }).faults).toEqual([
      "RECEIPT_KEY_FILE is set, but PUBLIC_URL is not",
    ]);
    const env = { ...GOOD, RECEIPT_KEY_FILE: keyFile, PUBLIC_URL: "https://breakglass.example.com/" };
    expect(readConfig(env).receipts).toEqual({ keyFile, issuer: "https://breakglass.example.com" });
    expect(readConfig({ ...GOOD, PUBLIC_URL: "https://breakglass.example.com" }).receipts).toBeNull();
  });

  test.each(["DATABASE_URL", "DATABASE_ADMIN_URL", "DATABASE_JOBS_URL"])(
    "names in %s the very words that do not work, and what to write instead",
    (name) => {
      const good = "postgres://bot@db/breakglass";
      const url = "postgres://bot:50%hake@db?schema=public&channel_binding=require";
      const password = faultsOf({ ...GOOD, DATABASE_URL: good, [name]: url });
      expect(password.faults).toEqual([expect.stringMatching(new RegExp(`^${name} has a % in its password .*as %25`))]);
      expect(password.message).not.toContain("hake");
      const { faults } = faultsOf({ ...GOOD, DATABASE_URL: good, [name]: url.replace("%", "%25") });
      expect(faults).toEqual([
        expect.stringMatching(new RegExp(`^${name} has a "schema" .*: leave it out`)),
        expect.stringMatching(new RegExp(`^${name} has a "channel_binding" .*: write channel_binding=prefer`)),
        expect.stringMatching(new RegExp(`^${name} names no database: write it at the end`)),
      ]);
    },
  );

  test("reports database URLs of other roles without DATABASE_URL", () => {
    const url = "postgres://admin@db/x";
    const { faults } = faultsOf({ ...GOOD, DATABASE_ADMIN_URL: url, DATABASE_JOBS_URL: url });
    expect(faults).toEqual([
      expect.stringContaining("DATABASE_ADMIN_URL is set, but DATABASE_URL is not"),
      expect.stringContaining("DATABASE_JOBS_URL is set, but DATABASE_URL is not"),
    ]);
  });
});
