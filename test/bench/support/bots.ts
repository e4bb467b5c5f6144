import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import postgres from "postgres";
import { INCIDENTS, peopleTheWorkspace } from "../../../demo/cast.js";
import type { SlackDouble } from "../../../demo/slack/index.js";
import { createTestDatabase, type TestDatabase } from "../../support/postgres.js";
import type { BotProcess, Program } from "../../support/reliability/program.js";

const ROOT = resolve(import.meta.dirname, "../../..");

/** The people who may declare. */
export const PEOPLE = Array.from({ length: 50 }, (_, at) => `U0BENCH${String(at).padStart(2, "0")}`);

export const personOf = (at: number): string => PEOPLE[at % PEOPLE.length] ?? "U0BENCH00";

/** Adds the cast and 50 engineers, who alone are on call. */
export function peopleTheBench(slack: SlackDouble): void {
  peopleTheWorkspace(slack);
  for (const id of PEOPLE) slack.people.add({ id, name: id.toLowerCase() });
  slack.groups.set("S0ONCALL", PEOPLE);
}

/** A program that serves Slack's requests in a process of its own. */
export interface Running {
  readonly process: BotProcess;
  readonly url: string;
  readonly port: number;
  readonly database: TestDatabase;
}

/** With `BREAKGLASS_BENCH_PROFILE`, a folder, each bot writes a CPU profile there, for Chrome's developer tools. */
function profiled(): Readonly<Record<string, string>> {
  const folder = process.env.BREAKGLASS_BENCH_PROFILE;
  if (folder === undefined) return {};
  const script = join(ROOT, "test", "bench", "programs", "profile.mjs");
  return { NODE_OPTIONS: `--import ${script}`, BREAKGLASS_BENCH_PROFILE: resolve(folder) };
}

const slackEnv = (slack: SlackDouble) => ({
  SLACK_BOT_TOKEN: slack.botToken,
  SLACK_SIGNING_SECRET: slack.signingSecret,
  SLACK_API_URL: slack.apiUrl,
  SLACK_PACE: "none",
});

/** Starts the built bot as `npm start` does, on a database of its own. */
export async function startBot(
  program: Program,
  slack: SlackDouble,
  more: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const database = await createTestDatabase();
  const bot = program.start({
    ...slackEnv(slack),
    DATABASE_URL: database.appUrl,
    DATABASE_ADMIN_URL: database.adminUrl,
    DATABASE_JOBS_URL: database.jobsUrl,
    BREAKGLASS_POLICY: join(program.folder, "breakglass.yaml"),
    ...profiled(),
    ...more,
  });
  return running(bot, database);
}

/** Compiles and starts the bare Bolt app of `programs/bare.ts`, on a database of its own. */
export async function startBare(program: Program, slack: SlackDouble): Promise<Running> {
  const database = await createTestDatabase();
  const sql = postgres(database.adminUrl, { max: 1, fetch_types: false, onnotice: () => {} });
  await sql.unsafe(`
    CREATE SCHEMA plain;
    CREATE TABLE plain.declarations (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), gates text NOT NULL,
      target text NOT NULL, incident text NOT NULL, reason text NOT NULL, requester text NOT NULL);
    GRANT USAGE ON SCHEMA plain TO ${database.appRole};
    GRANT INSERT ON plain.declarations TO ${database.appRole}`);
  await sql.end();
  const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const flags = ["--ignoreConfig", "--noCheck", "--target", "es2022", "--module", "nodenext", "--types", "node"];
  const source = join("test", "bench", "programs", "bare.ts");
  await promisify(execFile)(process.execPath, [tsc, ...flags, "--outDir", join(program.folder, "bench"), source], {
    cwd: ROOT,
  });
  const bare = program.run(join("bench", "bare.js"), {
    ...slackEnv(slack),
    DATABASE_URL: database.appUrl,
    BENCH_CHANNEL: INCIDENTS,
  });
  return running(bare, database);
}

/** Stops the programs by SIGTERM and drops their databases. */
export async function stopAll(all: readonly (Running | undefined)[]): Promise<void> {
  for (const each of all) {
    if (each === undefined) continue;
    each.process.signal("SIGTERM");
    await each.process.ended;
    await each.database.drop();
  }
}

async function running(process: BotProcess, database: TestDatabase): Promise<Running> {
  const port = await process.started;
  return { process, database, port, url: `http://127.0.0.1:${port}/slack/events` };
}
