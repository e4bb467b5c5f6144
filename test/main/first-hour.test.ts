import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CAST, INCIDENTS, peopleTheWorkspace } from "../../demo/cast.js";
import { createSlackDouble, type SlackDouble } from "../../demo/slack/index.js";
import { DRILL_TITLE } from "../../src/slack/declare/view.js";
import { cleanUp, serversUnder } from "../support/embedded-bot.js";
import { replies } from "../support/reliability/people.js";
import { type BotProcess, installProgram, type Program } from "../support/reliability/program.js";

const GUIDE = readFileSync(resolve(import.meta.dirname, "../../docs/getting-started.md"), "utf8");
/** The commands of the guide, in their order. */
const COMMANDS = [...GUIDE.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = ""]) => block.trim().split("\n"));

let program: Program;
let slack: SlackDouble;
let folder: string;
let bot: BotProcess | undefined;

beforeAll(async () => {
  [program, slack] = await Promise.all([installProgram(), createSlackDouble()]);
  peopleTheWorkspace(slack);
  folder = mkdtempSync(join(tmpdir(), "breakglass-first-hour-"));
  // A bot that runs as root runs its database under another account.
  chmodSync(folder, 0o755);
});

afterAll(async () => {
  bot?.signal("SIGKILL");
  await bot?.ended;
  await program?.dispose();
  await slack?.stop();
  await cleanUp(folder);
});

/** Runs a line of the guide in a shell, with the built command in place of npx. */
function run(line: string, env: Readonly<Record<string, string>> = {}) {
  expect(COMMANDS).toContain(line);
  const command = line.replace(/^npx breakglass/, `"${process.execPath}" "${program.folder}/dist/src/cli/main.js"`);
  const { status, stdout, stderr } = spawnAsk(command, env);
  return { status, stdout, stderr };
}

function spawnAsk(command: string, env: Readonly<Record<string, string>>) {
  return spawnSync("sh", ["-c", command], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", HOME: folder, ...env },
    encoding: "utf8",
  });
}

/** The environment that `set -a && . ./.env` gives. */
function sourced(): Record<string, string> {
  const { stdout } = spawnAsk(
    `set -a && . ./.env && set +a && "${process.execPath}" -p "JSON.stringify(process.env)"`,
    {},
  );
  return JSON.parse(stdout);
}

test("the guide leads from an empty folder to an approved drill", async () => {
  expect(readdirSync(folder)).toEqual([]);
  const secrets = { SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken, SLACK_API_URL: slack.apiUrl };
  const init = 'npx breakglass init --channel "#incidents" --on-call @on-call --leads @on-call-leads';
  // The double answers in this process, so the command must not block it.
  expect(COMMANDS).toContain(init);
  const written = await inBackground(init.replace(/^npx breakglass /, ""), secrets);
  expect(written, written.output).toMatchObject({ status: 0 });
  expect(readdirSync(folder).sort()).toEqual([".env", "policy.yaml"]);

  expect(run("npx breakglass policy lint policy.yaml")).toMatchObject({ status: 0 });

  expect(COMMANDS).toContain("set -a && . ./.env && set +a && npm start");
  bot = program.start(sourced(), folder);
  const port = await bot.started;
  await slack.until(() => slack.sockets.connections === 1, "the bot's socket");
  await bot.logged("jobs.up");
  expect(COMMANDS).toContain("set -a && . ./.env && set +a && npx breakglass doctor");
  const looked = await inBackground("doctor", { ...sourced(), PORT: String(port), HOST: "127.0.0.1" });
  expect(looked, looked.output).toMatchObject({ status: 0, output: expect.stringContaining("fine     running bot") });

  expect(GUIDE).toContain("\n/breakglass drill\n");
  await slack.as(CAST.priya).command("drill", { channel: INCIDENTS });
  await slack.until(() => slack.view(CAST.priya)?.submit === DRILL_TITLE, "the form of a drill");
  const answer = await slack
    .as(CAST.priya)
    .submit({ Gates: ["e2e-suite"], Target: "acme/shop#1", Incident: "INC-1", Reason: "We rehearse." });
  expect(answer.errors).toBeUndefined();
  const alert = await slack.until(
    () => slack.messages(INCIDENTS).find((one) => /^DRILL BG-1/.test(one.text)),
    "the alert of the drill",
  );
  if (typeof alert === "boolean") throw new Error("There is no alert.");
  await slack.as(CAST.dana).click(alert, "Approve");
  await slack.until(() => replies(slack, alert, /Approved by/).length > 0, "the approval");
  expect(slack.violations).toEqual([]);

  bot.signal("SIGTERM");
  expect(await bot.ended).toEqual({ code: 0, signal: null });
  expect(bot.errors()).toBe("");
  const verified = run("npx breakglass verify");
  expect(verified, verified.stderr).toMatchObject({ status: 0, stdout: expect.stringContaining("findings: 0") });
  expect(verified.stdout).toMatch(/^database: the embedded one in \/.*\.breakglass$/m);
});

test.runIf(process.platform === "linux")("a reader that goes away leaves no database server behind", async () => {
  const child = spawn(process.execPath, [join(program.folder, "dist/src/cli/main.js"), "verify"], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", HOME: folder },
  });
  child.stdout.destroy();
  const [status] = await once(child, "close");
  expect(status).toBe(0);
  expect(await serversUnder(folder)).toEqual([]);
});

test("without its variables the bot points to the .env that nobody has read", () => {
  const { status, stderr } = spawnAsk(`"${process.execPath}" "${program.folder}/dist/src/main.js"`, {});
  expect(status).toBe(78);
  expect(stderr).toContain("set -a && . ./.env && set +a");
  const doctor = spawnAsk(`"${process.execPath}" "${program.folder}/dist/src/cli/main.js" doctor`, {});
  expect(doctor).toMatchObject({ status: 78, stdout: expect.stringContaining("set -a && . ./.env && set +a") });
});

/** Runs the built command without blocking this process. */
async function inBackground(line: string, env: Readonly<Record<string, string>>) {
  const args = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
  const child = spawn(process.execPath, [join(program.folder, "dist/src/cli/main.js"), ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", HOME: folder, ...env },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const [status] = await once(child, "close");
  return { status, output };
}
