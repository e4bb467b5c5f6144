import { connect } from "node:net";
import { WORDS } from "../../http/words.js";
import { checkRedis } from "../../jobs/redis-checkup.js";
import { silentLog } from "../../lib/logger.js";
import { checkPagers } from "../../pagers/checkup.js";
import { createPagers } from "../../pagers/pagers.js";
import { checkDatabase, databaseClock } from "../../postgres/checkup.js";
import type { NamedUrl } from "../../postgres/connection/wait-for-database.js";
import { type Finding, findingsOf, type Outcome } from "./finding.js";
import { sayEntry } from "./running-bot.js";
import type { Setup } from "./setup.js";

/** Decisions use the database's clock. The same limit as that of `/readyz`. */
const CLOCK_OFF_MS = 2_000;

/** Reach, roles, rights, read-only settings and poolers of each address, and the database's clock. */
export async function checkDatabases({ config: { database, redisUrl }, now }: Setup): Promise<Outcome> {
  if (database.kind === "embedded") return { skipped: "DATABASE_URL is not set: the bot runs a PostgreSQL of its own" };
  const app: NamedUrl = { variable: "DATABASE_URL", url: database.url.reveal() };
  const { adminUrl, jobsUrl } = database;
  const { troubles, migrated } = await checkDatabase({
    app,
    admin: adminUrl === null ? app : { variable: "DATABASE_ADMIN_URL", url: adminUrl.reveal() },
    jobs: redisUrl !== null ? null : jobsUrl === null ? app : { variable: "DATABASE_JOBS_URL", url: jobsUrl.reveal() },
  });
  const said = troubles.map(({ word, problem, mend }) => {
    const entry = sayEntry(word);
    return { word, problem: problem ?? entry.problem, mend: mend ?? entry.mend };
  });
  return [...findingsOf("database", said), ...(migrated ? await checkClock(app, now) : [])];
}

async function checkClock(app: NamedUrl, now: () => Date): Promise<readonly Finding[]> {
  const before = now().getTime();
  const there = (await databaseClock(app)).getTime();
  const offMs = Math.max(0, before - there, there - now().getTime());
  if (offMs <= CLOCK_OFF_MS) return [];
  const problem = `The clocks of this machine and of the database are ${Math.round(offMs / 1000)} s apart.`;
  return findingsOf("clock", [{ word: "clock_off", problem, mend: WORDS.clock_off.mend }]);
}

/** Reach, password, writability and policy of Redis. */
export async function checkQueue({ config: { redisUrl } }: Setup): Promise<Outcome> {
  if (redisUrl === null) return { skipped: "REDIS_URL is not set: the queue runs on PostgreSQL" };
  return findingsOf("redis", await checkRedis(redisUrl.reveal()));
}

/** The pagers, without paging anybody. */
export async function checkPaging({ config: { pagers }, out }: Setup): Promise<Outcome> {
  if (pagers.pagerduty === null && pagers.splunkOnCall === null) return { skipped: "no pager is configured" };
  return findingsOf("pagers", await checkPagers(pagers, out.fetch));
}

/** The schedules that hold roles, by the bot's own reading of them. */
export async function checkSchedules({ config, policy, now, out }: Setup): Promise<Outcome> {
  if (policy === null) return { skipped: "there is no policy to look at" };
  const inForce = { current: () => ({ policy, hash: "" }) };
  const { schedules } = createPagers({
    config,
    policy: inForce,
    log: silentLog,
    now: () => now().getTime(),
    fetch: out.fetch,
  });
  return findingsOf("schedules", (await schedules.trouble()).map(sayEntry));
}

const PROXY_MS = 3_000;

/** Whether the proxy of the environment takes connections. */
export async function checkProxy({ env }: Setup): Promise<Outcome> {
  const variable = ["HTTPS_PROXY", "https_proxy"].find((name) => env[name]?.trim());
  const address = variable === undefined ? "" : (env[variable]?.trim() ?? "");
  if (variable === undefined) return { skipped: "HTTPS_PROXY is not set" };
  const mend = `Write ${variable} as http://HOST:PORT, and start the proxy.`;
  if (!URL.canParse(address)) return findingsOf("proxy", [{ problem: `${variable} is not an address.`, mend }]);
  const { hostname, port, protocol } = new URL(address);
  const at = { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || (protocol === "https:" ? 443 : 80)) };
  const code = await whyNoConnection(at);
  return code === null
    ? []
    : findingsOf("proxy", [{ problem: `No proxy answers at ${hostname}:${at.port} (${code}).`, mend }]);
}

function whyNoConnection(at: { readonly host: string; readonly port: number }): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect(at);
    const end = (code: string | null): void => {
      socket.destroy();
      resolve(code);
    };
    socket.setTimeout(PROXY_MS, () => end("timed_out"));
    socket.once("connect", () => end(null));
    socket.once("error", (error: NodeJS.ErrnoException) => end(error.code ?? "unreachable"));
  });
}
