import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { verifyCommand } from "../src/cli/verify/verify-command.js";
import { createLogger } from "../src/lib/logger.js";
import { makeTemporaryFolder } from "../src/postgres/embedded/folders.js";
import { startEmbeddedPostgres } from "../src/postgres/embedded/start.js";
import type { Cleanup } from "./cleanup.js";
import { type DemoEnvironment, openDemoEnvironment } from "./environment.js";
import { postGuard } from "./guard.js";
import { DEMO_POLICY } from "./policy.js";
import { playStory, type Teller } from "./story.js";

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const indented = (text: string): string =>
  text
    .split("\n")
    .map((line) => `  │ ${line}`)
    .join("\n");

/** Writes paragraphs: one empty line after what people see and before a new scene, never two. */
function createTeller(): Teller {
  let atNewParagraph = false;
  return {
    scene: (title) => {
      say(`${atNewParagraph ? "" : "\n"}▌ ${title}\n`);
      atNewParagraph = true;
    },
    says: (line) => {
      say(line);
      atNewParagraph = false;
    },
    shows: (what) => {
      say(`${indented(what)}\n`);
      atNewParagraph = true;
    },
  };
}

/** Plays the story in the terminal, on a temporary database. Resolves with the exit code. */
export async function tell(cleanup: Cleanup): Promise<number> {
  say("Breakglass, the whole story in the terminal: the real bot, on an imitation of Slack, with made-up people.");
  say("Times are shown in UTC; in Slack everybody reads them in their own zone.");
  say("Starting PostgreSQL, the job queue, the bot and the imitation…");
  const folder = await cleanup.hold(
    () => makeTemporaryFolder("breakglass-demo-"),
    (made) => rm(made, { recursive: true, force: true }),
  );
  await cleanup.hold(
    async () => postGuard({ folder: join(folder, "data"), remove: folder }),
    async (guard) => guard.dismiss(),
  );
  const policyFile = join(folder, "breakglass.yaml");
  await writeFile(policyFile, DEMO_POLICY);
  const database = await cleanup.hold(
    () =>
      startEmbeddedPostgres({
        dataDir: join(folder, "data"),
        newSecret: () => randomBytes(24).toString("hex"),
        log: () => {},
        // No fallback folders, so that the demo leaves nothing behind elsewhere.
        fallbacks: [],
      }),
    (made) => made.stop(),
  );
  const environment: DemoEnvironment = await cleanup.hold(
    () =>
      openDemoEnvironment({
        databaseUrl: database.appUrl,
        adminUrl: database.adminUrl,
        jobsUrl: database.jobsUrl,
        policyFile,
        overrides: { log: createLogger({ level: "warn" }), say: () => {} },
      }),
    (made) => made.close(),
  );
  const teller = createTeller();
  await playStory(environment, teller);
  await environment.slack.settled();
  teller.scene("The trail");
  say("Every step is an entry in a hash chain that the bot itself cannot change. breakglass verify says:");
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line);
  const exit = await verifyCommand.run(["--url", database.appUrl], {
    out: write,
    err: write,
    readFile: () => Promise.reject(new Error("nothing to read")),
    env: {},
    now: () => new Date(),
  });
  teller.shows(lines.join("\n"));
  say(
    exit === 0
      ? "The trail verifies. The review REV-1 is open, and /breakglass reviews lists it with its due date. Nothing is left running."
      : "The trail does NOT verify.",
  );
  return exit;
}
