import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { CAST, INCIDENTS, peopleTheWorkspace } from "../../demo/cast.js";
import { DEMO_POLICY } from "../../demo/policy.js";
import { createSlackDouble, type SlackDouble } from "../../demo/slack/index.js";
import { type ConnectProxy, openConnectProxy } from "../support/outbound/connect-proxy.js";
import { openPrivateTls, type PrivateTls } from "../support/outbound/private-tls.js";
import {
  API_TOKEN,
  openPagerDutyDouble,
  type PagerDutyDouble,
  ROUTING_KEY,
} from "../support/pagers/pagerduty-double.js";
import { openSplunkDouble, type SplunkDouble } from "../support/pagers/splunk-double.js";
import { createTestDatabase, type TestDatabase } from "../support/postgres.js";
import { declared } from "../support/reliability/people.js";
import { type BotProcess, installProgram, type Program } from "../support/reliability/program.js";

/* Names that only the proxy resolves. A call that goes straight out cannot reach anything. */
const SLACK = "slack.test";
const EVENTS = "events.pagerduty.test";
const REST = "api.pagerduty.test";
const SPLUNK = "alert.splunk.test";

let program: Program;
let slack: SlackDouble;
let pagerDuty: PagerDutyDouble;
let splunk: SplunkDouble;
let database: TestDatabase;
let tls: PrivateTls;
let proxy: ConnectProxy;
let policy: string;

beforeAll(async () => {
  [program, slack, pagerDuty, splunk, database] = await Promise.all([
    installProgram(),
    createSlackDouble({ origin: `https://${SLACK}` }),
    openPagerDutyDouble(),
    openSplunkDouble(),
    createTestDatabase(),
  ]);
  peopleTheWorkspace(slack);
  const ports: Readonly<Record<string, number>> = {
    [SLACK]: slack.port,
    [EVENTS]: portOf(pagerDuty.base),
    [REST]: portOf(pagerDuty.base),
    [SPLUNK]: portOf(splunk.base),
  };
  tls = await openPrivateTls(Object.keys(ports), (name) => ports[name] ?? 0);
  proxy = await openConnectProxy((host) => (host in ports ? tls.port : null));
  pagerDuty.onCall("P0LEADS", ["PUSER1"]);
  policy = join(program.folder, "with-schedule.yaml");
  await writeFile(
    policy,
    DEMO_POLICY.replace("{ slack_users: [U0DANA] }", "{ pagerduty_schedule: P0LEADS }").replace(
      "github: dana-m }",
      "pagerduty: PUSER1 }",
    ),
  );
});

const bots: BotProcess[] = [];
afterEach(async () => {
  for (const bot of bots.splice(0)) {
    bot.signal("SIGKILL");
    await bot.ended;
  }
});

afterAll(async () => {
  await program?.dispose();
  await Promise.all([slack?.stop(), pagerDuty?.stop(), splunk?.stop(), proxy?.stop(), tls?.stop(), database?.drop()]);
});

const portOf = (base: string): number => Number(new URL(base).port);

function environment(proxyAddress: string): Record<string, string> {
  return {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_API_URL: `https://${SLACK}/api/`,
    DATABASE_URL: database.appUrl,
    DATABASE_ADMIN_URL: database.adminUrl,
    DATABASE_JOBS_URL: database.jobsUrl,
    BREAKGLASS_POLICY: policy,
    PAGERDUTY_ROUTING_KEY: ROUTING_KEY,
    PAGERDUTY_EVENTS_URL: `https://${EVENTS}/`,
    PAGERDUTY_API_TOKEN: API_TOKEN,
    PAGERDUTY_API_URL: `https://${REST}/`,
    SPLUNK_ONCALL_URL: splunk.address.replace(splunk.base, `https://${SPLUNK}/`),
    HTTPS_PROXY: proxyAddress,
    NODE_EXTRA_CA_CERTS: tls.caFile,
  };
}

async function start(env: Readonly<Record<string, string>>): Promise<{ bot: BotProcess; port: number }> {
  const bot = program.start(env);
  bots.push(bot);
  const port = await bot.started;
  const overHttp = env.SLACK_APP_TOKEN === undefined;
  slack.connect({ eventsUrl: overHttp ? `http://127.0.0.1:${port}/slack/events` : undefined });
  return { bot, port };
}

/** Reads `/readyz` until it satisfies the predicate; each reading asks Slack anew. */
async function readyz(port: number, isExpected: (degraded: readonly string[]) => boolean): Promise<readonly string[]> {
  let degraded: readonly string[] = [];
  await expect
    .poll(async () => {
      const body = (await (await fetch(`http://127.0.0.1:${port}/readyz`)).json()) as { degraded: string[] };
      degraded = body.degraded;
      return isExpected(degraded);
    })
    .toBe(true);
  return degraded;
}

/** Asks for a chart until one is uploaded: on a busy machine the first takes too long to draw. */
async function uploadedChart(): Promise<void> {
  const uploaded = () => slack.record.calls.some(({ method }) => method === "files.completeUploadExternal");
  const failed = () => slack.ephemerals(CAST.dana).filter(({ text }) => text.includes("could not be sent")).length;
  for (let before = failed(); !uploaded(); before = failed()) {
    await slack.as(CAST.dana).command("stats e2e-suite", { channel: INCIDENTS });
    await slack.until(() => uploaded() || failed() > before, "a chart, or that there is none");
  }
}

describe("behind a proxy that asks for a password, with a private CA", () => {
  test("Slack's Web API, its reply and upload addresses and both pagers are reached, and nothing goes straight", async () => {
    proxy.demand("bot:s3cret@corp/100%");
    const { bot, port } = await start(environment(`http://bot:s3cret%40corp%2F100%25@${proxy.address}`));
    const { message } = await declared(slack);
    await pagerDuty.until(() => pagerDuty.incidents.some(({ status }) => status === "triggered"));
    await splunk.until(() => splunk.incidents.some(({ status }) => status === "triggered"));
    await slack.as(CAST.priya).click(message, "Approve");
    await slack.until(() => /nobody approves their own/.test(slack.ephemerals(CAST.priya).at(-1)?.text ?? ""), "no");
    await slack.as(CAST.dana).click(message, "Approve");
    await pagerDuty.until(() => pagerDuty.incidents.some(({ status }) => status === "acknowledged"));
    await uploadedChart();
    expect(proxy.hosts()).toEqual([SPLUNK, REST, EVENTS, SLACK].sort());
    expect(
      await readyz(port, (degraded) => !degraded.some((word) => /^(slack|proxy|pagers)/.test(word))),
    ).toBeDefined();
    expect(bot.output()).toContain(`"proxies":["${proxy.address}"]`);
    expect(bot.output()).not.toContain("s3cret");
  });

  test("Socket Mode connects through it and carries a declaration", async () => {
    proxy.demand("bot:hush");
    const { bot } = await start({
      ...environment(`http://bot:hush@${proxy.address}`),
      SLACK_APP_TOKEN: slack.appToken,
    });
    await bot.logged("slack.socket_connected");
    const { n } = await declared(slack);
    expect(n).toBeGreaterThan(0);
    bot.signal("SIGTERM");
    expect(await bot.ended).toEqual({ code: 0, signal: null });
  });

  test("a refused password is named in /readyz and once in the log, without the password, and so is the recovery", async () => {
    proxy.demand("bot:right");
    const { bot, port } = await start(environment(`http://bot:wr0ng-one@${proxy.address}`));
    const proxied = (degraded: readonly string[]) =>
      degraded.some((word) => word.startsWith("proxy: ") && word.includes(SLACK));
    expect(await readyz(port, proxied)).toContain("slack");
    await readyz(port, proxied);
    const lines = bot.output().split("\n");
    expect(lines.filter((line) => line.includes('"outbound.failed"') && line.includes(SLACK))).toHaveLength(1);
    expect(bot.output()).toContain('"code":"proxy_407"');
    expect(bot.output()).not.toContain("wr0ng-one");
    proxy.demand("bot:wr0ng-one");
    await readyz(port, (degraded) => !proxied(degraded));
    await bot.logged("outbound.recovered");
  });

  test("a CA that was not named is what /readyz and the log say", async () => {
    proxy.demand(null);
    const { NODE_EXTRA_CA_CERTS: _ca, ...env } = environment(proxy.address);
    const { bot, port } = await start(env);
    await readyz(port, (degraded) => degraded.some((word) => word.startsWith("certificate: ") && word.includes(SLACK)));
    await bot.logged("outbound.failed");
    expect(bot.output()).toContain("NODE_EXTRA_CA_CERTS");
  });
});
