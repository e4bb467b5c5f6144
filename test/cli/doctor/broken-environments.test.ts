import { afterAll, beforeAll, expect, test } from "vitest";
import { CAST } from "../../../demo/cast.js";
import { DEMO_POLICY } from "../../../demo/policy.js";
import { openPagerDutyDouble, type PagerDutyDouble, ROUTING_KEY } from "../../support/pagers/pagerduty-double.js";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "../../support/postgres.js";
import { type Ground, openGround } from "./ground.js";

let database: TestDatabase;
let empty: TestDatabase;
let pagerduty: PagerDutyDouble;
let well: Ground;

beforeAll(async () => {
  [database, empty, pagerduty] = await Promise.all([
    createTestDatabase(),
    createEmptyDatabase(),
    openPagerDutyDouble(),
  ]);
  well = await openGround({
    DATABASE_URL: database.appUrl,
    DATABASE_ADMIN_URL: database.adminUrl,
    DATABASE_JOBS_URL: database.jobsUrl,
  });
  well.slack.groups.add("S0EMPTY", "empty", []);
  well.slack.people.add({ id: "U0SINGLE", name: "sol", displayName: "Sol", guest: "single" });
  well.slack.people.add({ id: "U0AFAR", name: "faye", displayName: "Faye", teamId: "T0OTHER" });
});
afterAll(async () => {
  await well?.close();
  await pagerduty?.stop();
  await database?.drop();
  await empty?.drop();
});

const changed = (url: string, change: Partial<Pick<URL, "port" | "username" | "password" | "pathname">>): string =>
  Object.assign(new URL(url), change).href;
const SECRET_ROUTING_KEY = "0123456789abcdef0123456789abcdef";

const AWAY_ISSUER = `
ci:
  issuers: [{ provider: gitlab, issuer: "http://127.0.0.1:1", audience: breakglass, projects: ["20"] }]
`;

type Env = Readonly<Record<string, string>>;

/** What can be broken by the environment alone, and what doctor says: the finding, its word in `/readyz`, the fix. */
interface Broken {
  readonly name: string;
  readonly env: () => Env;
  readonly problem: RegExp;
  readonly word: string | null;
  readonly fix: RegExp;
  readonly code: number;
}

function broken(name: string, env: () => Env, problem: RegExp, word: string | null, fix: RegExp, code = 1): Broken {
  return { name, env, problem, word, fix, code };
}

const token = (kind: string): string => [kind, "1-wrong"].join("-");
const policyWith = (from: string | RegExp, to: string) => well.policy(DEMO_POLICY.replace(from, to));
const viaPagerDuty = (key: string) => ({ PAGERDUTY_ROUTING_KEY: key, PAGERDUTY_EVENTS_URL: pagerduty.base });
const bySchedule = (id: string) =>
  policyWith("{ slack_usergroup: S0LEADS }", `{ slack_usergroup: S0LEADS, pagerduty_schedule: ${id} }`);

const BROKEN: readonly Broken[] = [
  broken("no bot token", () => ({ SLACK_BOT_TOKEN: "" }), /SLACK_BOT_TOKEN is not set/, null, /\.env\.example/, 78),
  broken("a bot token that is none", () => ({ SLACK_BOT_TOKEN: "abc" }), /must start with xoxb-/, null, /variable/, 78),
  broken(
    "a key file for receipts that is not there",
    () => ({ RECEIPT_KEY_FILE: "/nowhere.pem", PUBLIC_URL: "https://breakglass.example.com" }),
    /RECEIPT_KEY_FILE: \/nowhere\.pem no such file/,
    null,
    /breakglass receipt key/,
    78,
  ),
  broken("no policy file", () => ({ BREAKGLASS_POLICY: "/nowhere.yaml" }), /no such file/, null, /breakglass init/, 78),
  broken("a policy with an error", () => policyWith("60m ", "60 "), /:\d+:\d+: .*expires_after/, null, /reference/, 78),
  broken(
    "a wrong bot token",
    () => ({ SLACK_BOT_TOKEN: token("xoxb") }),
    /invalid_auth/,
    "slack_token",
    /OAuth & Permissions/,
  ),
  broken(
    "a wrong Slack address",
    () => ({ SLACK_API_URL: "http://127.0.0.1:1/api/" }),
    /cannot be reached/,
    "slack",
    /SLACK_API_URL/,
  ),
  broken(
    "a wrong app token",
    () => ({ SLACK_APP_TOKEN: token("xapp") }),
    /Socket Mode: .*invalid_auth/,
    "slack_socket",
    /connections:write/,
  ),
  broken(
    "a channel without the bot",
    () => policyWith(/#incidents/g, "#random"),
    /sees no channel #random/,
    "unknown_ids",
    /\/invite/,
  ),
  broken(
    "an unknown user group",
    () => policyWith("S0LEADS", "S0GONE"),
    /user group S0GONE/,
    "unknown_ids",
    /init lists/,
  ),
  broken(
    "an unknown account",
    () => policyWith("[U0DANA] }", "[U0GONE] }"),
    /account U0GONE/,
    "unknown_ids",
    /init lists/,
  ),
  broken(
    "a guest in a role",
    () => policyWith("[U0DANA] }", `[${CAST.guest}] }`),
    /U0GUEST .*is a guest/,
    null,
    /somebody else/,
  ),
  broken(
    "a single-channel guest in a role",
    () => policyWith("[U0DANA] }", "[U0SINGLE] }"),
    /U0SINGLE .*is a guest/,
    null,
    /somebody else/,
  ),
  broken(
    "an account of another workspace in a role",
    () => policyWith("[U0DANA] }", "[U0AFAR] }"),
    /U0AFAR .*is of another organisation/,
    null,
    /somebody else/,
  ),
  broken(
    "a proxy that is named in small letters and is away",
    () => ({ http_proxy: "127.0.0.1:1", no_proxy: "" }),
    /No proxy answers at 127\.0\.0\.1:1/,
    "proxy",
    /HTTPS_PROXY runs/,
  ),
  broken(
    "a user group that is empty",
    () => policyWith("S0LEADS", "S0EMPTY"),
    /Nobody is in the user group S0EMPTY/,
    null,
    /Add people/,
  ),
  broken(
    "no database server",
    () => ({ DATABASE_URL: changed(database.appUrl, { port: "1" }) }),
    /DATABASE_URL: no PostgreSQL/,
    "postgres",
    /host and port/,
  ),
  broken(
    "a database that is not there",
    () => ({ DATABASE_URL: changed(database.appUrl, { pathname: "/nowhere" }) }),
    /no such database/,
    "postgres_login",
    /create them on the server/,
  ),
  broken(
    "a role that is not there",
    () => ({ DATABASE_URL: changed(database.appUrl, { username: "nobody" }) }),
    /DATABASE_URL: /,
    "postgres_login",
    /role|pg_hba/,
  ),
  broken(
    "two databases",
    () => ({ DATABASE_ADMIN_URL: empty.adminUrl }),
    /must name the same database/,
    null,
    /one database/,
  ),
  broken(
    "an owner at run time",
    () => ({ DATABASE_URL: database.adminUrl }),
    /could alter the trail/,
    "trail_unprotected",
    /plain role/,
  ),
  broken(
    "an empty database without an admin",
    () => ({ DATABASE_URL: empty.appUrl, DATABASE_ADMIN_URL: "", DATABASE_JOBS_URL: "" }),
    /may not create the tables/,
    "postgres_rights",
    /DATABASE_ADMIN_URL/,
  ),
  broken(
    "no Redis",
    () => ({ REDIS_URL: "redis://127.0.0.1:1" }),
    /No Redis answers .*ECONNREFUSED/,
    "queue",
    /host and port/,
  ),
  broken(
    "a pager with another key",
    () => viaPagerDuty(SECRET_ROUTING_KEY),
    /PagerDuty does not take .*http_400/,
    "pagers",
    /PAGERDUTY_ROUTING_KEY/,
  ),
  broken(
    "a pager that is away",
    () => ({ PAGERDUTY_ROUTING_KEY: ROUTING_KEY, PAGERDUTY_EVENTS_URL: "http://127.0.0.1:1" }),
    /unreachable/,
    "pagers",
    /network/,
  ),
  broken(
    "a schedule without a token",
    () => bySchedule("P0LEADS"),
    /PAGERDUTY_API_TOKEN is not set/,
    "pagerduty_token_missing",
    /read-only REST API key/,
  ),
  broken(
    "an issuer of pipeline tokens that is away",
    () => well.policy(DEMO_POLICY + AWAY_ISSUER),
    /The keys of http:\/\/127\.0\.0\.1:1 cannot be read \(unreachable\)/,
    "ci_keys_stale",
    /openid-configuration/,
  ),
  broken(
    "a proxy that is away",
    () => ({ HTTPS_PROXY: "http://127.0.0.1:1" }),
    /No proxy answers at 127\.0\.0\.1:1/,
    "proxy",
    /HTTPS_PROXY runs/,
  ),
];

test.each(BROKEN)("breakglass doctor names $name, with its fix", async ({ env, problem, word, fix, ...expected }) => {
  const { code, findings, output } = await well.doctor(env());
  const found = findings.find((finding) => problem.test(finding.problem));
  expect(found, JSON.stringify(findings, null, 2)).toMatchObject({ word, fix: expect.stringMatching(fix) });
  expect(findings, "one fault, one finding").toHaveLength(1);
  expect(code).toBe(expected.code);
  for (const secret of [SECRET_ROUTING_KEY, ROUTING_KEY, token("xoxb"), token("xapp")])
    expect(output).not.toContain(secret);
});
