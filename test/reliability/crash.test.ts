import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DemoEnvironment, openDemoEnvironment } from "../../demo/environment.js";
import { silentLog } from "../../src/lib/logger.js";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../src/postgres/embedded/start.js";
import { cleanUp } from "../support/embedded-bot.js";
import { type Crowd, startCrowd } from "../support/reliability/crowd.js";
import { pairsOf, SHORT_LIVES } from "../support/reliability/endings.js";
import { judge, latestEnd } from "../support/reliability/judge.js";
import type { Acknowledged } from "../support/reliability/life.js";
import { type LoadedEnvironment, loadEnvironment } from "../support/reliability/loaded-environment.js";
import { changes } from "../support/reliability/moments.js";
import { isLongForm, progress, report } from "../support/reliability/report.js";
import { dice, sizeOf } from "../support/reliability/seed.js";
import { openTrail, type Trail } from "../support/reliability/trail.js";

const BACKENDS = sizeOf("BACKEND_KILLS", 12);
const CRASHES = sizeOf("SERVER_CRASHES", 1);
/** Number of concurrent bypasses. */
const AT_A_TIME = sizeOf("CRASH_LIVES_AT_A_TIME", 2);
/** The most changes in Slack between two kills. One bypass makes about two hundred. */
const MOST_CHANGES = { backend: 30, server: 300 } as const;
const PATIENCE_MS = 120_000;

const people = pairsOf(AT_A_TIME);
const random = dice("crash");
const { below, seed } = random;

let folder: string;
let server: EmbeddedPostgres;
let environment: DemoEnvironment;
let loaded: LoadedEnvironment;
const acknowledged: Acknowledged[] = [];

/** A PostgreSQL of this test's own with production settings, fsync included. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "breakglass-crash-"));
  await chmod(folder, 0o755);
  const policyFile = join(folder, "breakglass.yaml");
  await writeFile(policyFile, SHORT_LIVES);
  server = await startEmbeddedPostgres({
    dataDir: join(folder, "data"),
    newSecret: () => randomBytes(18).toString("hex"),
    log: () => {},
    fallbacks: [join(folder, "elsewhere")],
  });
  const { appUrl, adminUrl, jobsUrl } = server;
  const urls = { databaseUrl: appUrl, adminUrl, jobsUrl };
  environment = await openDemoEnvironment({ ...urls, policyFile, overrides: { log: silentLog } });
  loaded = await loadEnvironment(environment, adminUrl, people);
});

afterAll(async () => {
  await environment?.close();
  await server?.stop();
  if (folder !== undefined) await cleanUp(folder);
});

const strikeAt = (most: number): Promise<void> =>
  changes(below(most), [(changed) => loaded.slack.record.onChange(changed)]);

/** Kills one of the connections of the bot or its queue, and now and then all of them. */
async function killBackend(trail: Trail): Promise<number> {
  const rows = await trail.sql<{ pid: number }[]>`
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND application_name IN ('breakglass', 'breakglass-jobs') ORDER BY pid`;
  const all = below(10) === 0;
  const doomed = all ? rows : rows.slice(below(rows.length)).slice(0, 1);
  let killed = 0;
  for (const { pid } of doomed) {
    const [row] = await trail.sql<{ killed: boolean }[]>`SELECT pg_terminate_backend(${pid}::integer) AS killed`;
    if (row?.killed) killed += 1;
  }
  return killed;
}

/** Kills the server (`kill -9`) and resolves when it runs again; the embedded server restarts by itself. */
async function killServer(): Promise<void> {
  const pid = await postmaster();
  process.kill(pid, "SIGKILL");
  for (let now = pid; now === pid || Number.isNaN(now); now = await postmaster()) await after(20);
}

async function postmaster(): Promise<number> {
  const text = await readFile(join(server.dataDir, "postmaster.pid"), "utf8").catch(() => "");
  return Number.parseInt(text, 10);
}

async function endsWell(crowd: Crowd, what: string, times: number, more: Record<string, number>): Promise<void> {
  const drainedMs = await loaded.drained(60_000);
  const { late, slowestMs } = loaded.answers();
  acknowledged.push(...crowd.acknowledged);
  const trail = openTrail(server.adminUrl);
  try {
    const { lost, doubled, stuck, findings } = await judge({ slack: loaded.slack, trail }, acknowledged);
    report("crash", {
      what,
      times,
      seed,
      lost: lost.length,
      doubled: doubled.length,
      stuck: stuck.length + findings.length + (isLongForm() ? late : 0),
      slowestMs,
      more: {
        lives: crowd.lived.length,
        acknowledged: crowd.acknowledged.length,
        drainedMs: Math.round(drainedMs),
        latestEndMs: Math.round(await latestEnd({ trail })),
        lateAnswers: late,
        ...more,
      },
    });
    expect({ lost, doubled, stuck, findings }).toEqual({ lost: [], doubled: [], stuck: [], findings: [] });
    // On a busy machine answers may be late through no fault of the bot.
    if (isLongForm()) expect(late).toBe(0);
    const statuses = await trail.sql<{ n: number; ending: string }[]>`
      SELECT n, status AS ending FROM breakglass.bypasses WHERE n >= ${crowd.lived[0]?.n ?? 0} ORDER BY n`;
    expect([...statuses]).toEqual(crowd.lived);
  } finally {
    await trail.close();
  }
  expect(loaded.slack.violations).toEqual([]);
}

describe(`PostgreSQL under the load of ${AT_A_TIME} concurrent bypasses`, () => {
  test(
    `when ${BACKENDS} backends are killed, everyone gets an answer, and nothing is lost, torn or doubled`,
    async () => {
      const crowd = startCrowd({ ...loaded, bot: { up: async () => {} } }, people, random, PATIENCE_MS);
      const trail = openTrail(server.adminUrl);
      let kills = 0;
      while (kills < BACKENDS && !crowd.failed()) {
        await strikeAt(MOST_CHANGES.backend);
        kills += await killBackend(trail);
        progress("backends killed", kills, BACKENDS);
      }
      await trail.close();
      await crowd.finish();
      expect(kills).toBeGreaterThanOrEqual(BACKENDS);
      await endsWell(crowd, "a backend of PostgreSQL killed during journeys", kills, {});
    },
    240_000 + BACKENDS * 3_000,
  );

  test(
    `when the server is killed ${CRASHES} times, everyone gets an answer, and nothing is lost, torn or doubled`,
    async () => {
      const crowd = startCrowd(loaded, people, random, PATIENCE_MS);
      let longestMs = 0;
      let crashes = 0;
      while (crashes < CRASHES && !crowd.failed()) {
        await strikeAt(MOST_CHANGES.server);
        crashes += 1;
        const from = performance.now();
        await killServer();
        await loaded.ready();
        longestMs = Math.max(longestMs, performance.now() - from);
        progress("crashes", crashes, CRASHES);
      }
      await crowd.finish();
      await endsWell(crowd, "PostgreSQL killed (SIGKILL, fsync on) under load", crashes, {
        longestAwayMs: Math.round(longestMs),
      });
    },
    240_000 + CRASHES * 30_000,
  );
});
