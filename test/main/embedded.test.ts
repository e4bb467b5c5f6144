import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { CAST, INCIDENTS, peopleTheWorkspace } from "../../demo/cast.js";
import { createSlackDouble, type SlackDouble } from "../../demo/slack/index.js";
import { serversUnder } from "../support/embedded-bot.js";
import { declared, isAccepted } from "../support/reliability/people.js";
import { type BotProcess, installProgram, type Program } from "../support/reliability/program.js";

const onLinux = process.platform === "linux";

let program: Program;
let slack: SlackDouble;
let data: string;

beforeAll(async () => {
  [program, slack] = await Promise.all([
    installProgram(),
    createSlackDouble({ events: ["message.channels", "message.groups", "user_change"] }),
  ]);
  peopleTheWorkspace(slack);
  data = join(program.folder, "data");
});

afterAll(async () => {
  await program?.dispose();
  await slack?.stop();
});

const bots: BotProcess[] = [];
afterEach(async () => {
  for (const bot of bots.splice(0)) {
    bot.signal("SIGKILL");
    await bot.ended;
  }
});

/** Runs `npm start` with only Slack's secrets set. */
function start(env: Readonly<Record<string, string>> = {}): BotProcess {
  const bot = program.start({
    ...env,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_API_URL: slack.apiUrl,
    BREAKGLASS_DATA: data,
  });
  bots.push(bot);
  return bot;
}

async function started(env: Readonly<Record<string, string>> = {}): Promise<BotProcess> {
  const bot = start(env);
  slack.connect({ eventsUrl: `http://127.0.0.1:${await bot.started}/slack/events` });
  return bot;
}

async function show(n: number): Promise<string> {
  const answer = await slack.as(CAST.priya).command(`show BG-${n}`, { channel: INCIDENTS });
  return answer.body;
}

async function stopped(bot: BotProcess): Promise<void> {
  bot.signal("SIGTERM");
  expect(await bot.ended).toEqual({ code: 0, signal: null });
}

describe("npm start with the embedded database", () => {
  test("starts from nothing, and a restart keeps the record and continues the numbering", async () => {
    const first = await started();
    const bypass = await declared(slack);
    expect(bypass.n).toBe(1);
    await stopped(first);
    if (onLinux) expect(await serversUnder(data)).toEqual([]);
    const second = await started();
    expect(await show(1)).toContain(bypass.target);
    expect((await declared(slack)).n).toBe(2);
    await stopped(second);
  }, 60_000);

  test("refuses to start a second time on the same data, says why, and leaves the first bot alone", async () => {
    const first = await started();
    const second = start();
    expect((await second.ended).code).toBe(78);
    expect(second.output()).toContain("Another bot uses the data");
    expect(second.output()).toContain("BREAKGLASS_DATA");
    expect(second.output()).not.toContain("    at ");
    expect(await show(2)).toContain("BG-2");
    await stopped(first);
  }, 60_000);

  test("ignores PG* variables of the environment, and so does the verify command", async () => {
    const otherServers = {
      PGCLIENT_ENCODING: "none",
      PGHOST: "127.0.0.2",
      PGOPTIONS: "-c work_mem=none",
      PGPASSWORD: "none",
      PGSSL: "true",
      PGSSLMODE: "require",
      PGSSLNEGOTIATION: "direct",
      PGTARGETSESSIONATTRS: "any",
    };
    const bot = await started(otherServers);
    expect(await show(2)).toContain("BG-2");
    const verified = await promisify(execFile)(process.execPath, ["dist/src/cli/main.js", "verify"], {
      cwd: program.folder,
      env: { ...otherServers, BREAKGLASS_DATA: data },
    });
    expect(verified.stdout).toContain("findings: 0");
    await stopped(bot);
  }, 60_000);

  test.skipIf(!onLinux)(
    "restarts after kill -9 on the database server that still runs, with everything acknowledged",
    async () => {
      const killed = await started();
      const { n, message, target } = await declared(slack);
      expect(n).toBe(3);
      expect(isAccepted(await slack.as(CAST.dana).click(message, "Approve"))).toBe(true);
      const servers = await serversUnder(data);
      killed.signal("SIGKILL");
      await killed.ended;
      expect(await serversUnder(data)).toEqual(servers);
      const next = await started();
      expect(next.output()).toContain("taken over");
      expect(await serversUnder(data)).toEqual(servers);
      const record = await show(n);
      expect(record).toContain(target);
      expect(record).toContain("active");
      expect((await declared(slack)).n).toBe(4);
      await stopped(next);
      expect(await serversUnder(data)).toEqual([]);
    },
    60_000,
  );
});
