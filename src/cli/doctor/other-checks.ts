import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { checkIssuers } from "../../ci/identity/checkup.js";
import { checkRedis } from "../../jobs/redis-checkup.js";
import { silentLog } from "../../lib/logger.js";
import { checkPagers } from "../../pagers/checkup.js";
import { createPagers } from "../../pagers/pagers.js";
import { checkDatabase, databaseClock } from "../../postgres/checkup.js";
import type { NamedUrl } from "../../postgres/connection/wait-for-database.js";
import { EmbeddedPostgresError } from "../../postgres/embedded/errors.js";
import { type Reachable, reachEmbedded } from "../../postgres/embedded/reach.js";
import type { Trouble } from "../../usecases/ports/ports.js";
import { type Finding, findingsOf, type Outcome } from "./finding.js";
import { troubleOfEntry } from "./running-bot.js";
import type { Setup } from "./setup.js";

/** Decisions use the database's clock. The same limit as that of `/readyz`. */
const CLOCK_OFF_MS = 2_000;

/** Reach, roles, rights, read-only settings and poolers of each address, and the database's clock. */
export async function checkDatabases(setup: Setup): Promise<Outcome> {
  const { database, redisUrl } = setup.config;
  if (database.kind === "embedded") return checkEmbedded(setup);
  const app: NamedUrl = { variable: "DATABASE_URL", url: database.url.reveal() };
  const { adminUrl, jobsUrl } = database;
  const { troubles, migrated } = await checkDatabase({
    app,
    admin: adminUrl === null ? app : { variable: "DATABASE_ADMIN_URL", url: adminUrl.reveal() },
    jobs: redisUrl !== null ? null : jobsUrl === null ? app : { variable: "DATABASE_JOBS_URL", url: jobsUrl.reveal() },
  });
  return [...findingsOf("database", troubles), ...(migrated ? await checkClock(app, setup.now) : [])];
}

/** The bot's own PostgreSQL: the one that runs, or one that is started for this look and stopped again. */
async function checkEmbedded({ config: { dataDir }, now }: Setup): Promise<Outcome> {
  const newSecret = (): string => randomBytes(24).toString("hex");
  let reached: Reachable | null = null;
  try {
    reached = await reachEmbedded({ dataDir, newSecret, log: () => {} });
    if (reached === null) return { skipped: `DATABASE_URL is not set, and there is no database in ${dataDir} yet` };
    const app: NamedUrl = { variable: "DATABASE_URL", url: reached.url };
    const { troubles, migrated } = await checkDatabase({ app, admin: app, jobs: null });
    if (!migrated) return { skipped: `the database in ${dataDir} has no tables yet: a start makes them` };
    return [...findingsOf("database", troubles), ...(await checkClock(app, now))];
  } catch (fault) {
    if (!(fault instanceof EmbeddedPostgresError)) throw fault;
    return findingsOf("database", [{ word: null, problem: fault.message, fix: fault.whatToDo }]);
  } finally {
    await reached?.close();
  }
}

async function checkClock(app: NamedUrl, now: () => Date): Promise<readonly Finding[]> {
  const before = now().getTime();
  const there = (await databaseClock(app)).getTime();
  const offMs = Math.max(0, before - there, there - now().getTime());
  if (offMs <= CLOCK_OFF_MS) return [];
  const problem = `The clocks of this machine and of the database are ${Math.round(offMs / 1000)} s apart.`;
  return findingsOf("clock", [{ word: "clock_off", problem }]);
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
  return findingsOf("schedules", (await schedules.trouble()).map(troubleOfEntry));
}

/** The issuers of pipeline tokens, by the bot's own reading of their keys. */
export async function checkPipelines({ policy, out }: Setup): Promise<Outcome> {
  if (policy === null) return { skipped: "there is no policy to look at" };
  const { issuers } = policy.ci;
  if (issuers.length === 0) return { skipped: "the policy names no issuer under ci" };
  return findingsOf("issuers of pipeline tokens", await checkIssuers(issuers, out.fetch));
}

const PROXY_MS = 3_000;

/** Whether the proxies of the configuration take connections. */
export async function checkProxy({ config: { proxy } }: Setup): Promise<Outcome> {
  const addresses = new Set([proxy.https, proxy.http].flatMap((secret) => (secret === null ? [] : [secret.reveal()])));
  if (addresses.size === 0) return { skipped: "no proxy is configured" };
  const tried = [...addresses].map(async (address): Promise<Trouble[]> => {
    const { hostname, port, protocol } = new URL(address);
    const at = { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || (protocol === "https:" ? 443 : 80)) };
    const code = await whyNoConnection(at);
    return code === null ? [] : [{ word: "proxy", problem: `No proxy answers at ${hostname}:${at.port} (${code}).` }];
  });
  return findingsOf("proxy", (await Promise.all(tried)).flat());
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
