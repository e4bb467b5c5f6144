import { randomBytes } from "node:crypto";
import { join } from "node:path";
import postgres from "postgres";
import { afterEach, beforeEach, expect } from "vitest";
import { EmbeddedPostgresError } from "../../src/postgres/embedded/errors.js";
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from "../../src/postgres/embedded/start.js";
import { type Bot, cleanUp, openFolder, startBot } from "./embedded-bot.js";

/**
 * A folder for each test. The servers and bots started in it are stopped, and the folder is removed, after the test.
 */
export interface EmbeddedGround {
  folder(): string;
  /** Log lines of the servers of this test. */
  logs(): string[];
  /** The servers that this test started in this process. */
  readonly running: readonly EmbeddedPostgres[];
  start(over?: Partial<EmbeddedPostgresOptions>): Promise<EmbeddedPostgres>;
  bot(...args: Parameters<typeof startBot>): Promise<Bot>;
}

/** Registers the hooks. Call it once at the top of a test file. */
export function embeddedGround(): EmbeddedGround {
  let folder = "";
  let logs: string[] = [];
  const running: EmbeddedPostgres[] = [];
  const bots: Bot[] = [];

  beforeEach(async () => {
    folder = await openFolder();
    logs = [];
  });

  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.stop().catch(() => {})));
    await Promise.all(bots.splice(0).map((bot) => bot.end("SIGKILL")));
    await cleanUp(folder);
  });

  return {
    folder: () => folder,
    logs: () => logs,
    running,
    start: async (over = {}) => {
      const server = await startEmbeddedPostgres({
        dataDir: join(folder, "data"),
        newSecret: () => randomBytes(18).toString("hex"),
        log: (line) => logs.push(line),
        fallbacks: [join(folder, "fallback")],
        fast: true,
        ...over,
      });
      running.push(server);
      return server;
    },
    bot: async (...args) => {
      const started = await startBot(...args);
      bots.push(started);
      return started;
    },
  };
}

/** Runs one statement on its own connection. */
export async function ask<Row extends object>(url: string, statement: string): Promise<Row[]> {
  const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => {} });
  try {
    return [...(await sql.unsafe<Row[]>(statement))];
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Stores a row that `noted` reads back. */
export const note = (url: string) => ask(url, "CREATE TABLE kept AS SELECT 42 AS n");
export const noted = (url: string) => ask<{ n: number }>(url, "SELECT n FROM kept");

/** The code of the refusal. Also expects a hint on what to do. */
export async function refusal(attempt: Promise<unknown>): Promise<string> {
  const fault: unknown = await attempt.catch((error: unknown) => error);
  if (!(fault instanceof EmbeddedPostgresError)) throw new Error(`Expected a refusal, got ${String(fault)}`);
  expect(fault.whatToDo.length).toBeGreaterThan(20);
  return fault.code;
}
