import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { verifyCommand } from "../cli/verify/verify-command.js";
import { startEmbeddedPostgres } from "../db/embedded/start.js";
import { createLogger } from "../lib/logger.js";
import { openStage, type Stage } from "./stage.js";
import { playStory, type Teller } from "./story.js";

const POLICY = resolve(import.meta.dirname, "../../breakglass.yaml");

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const indented = (text: string): string =>
  text
    .split("\n")
    .map((line) => `  │ ${line}`)
    .join("\n");

const teller: Teller = {
  scene: (title) => say(`\n▌ ${title}\n`),
  says: (line) => say(line),
  shows: (what) => say(`${indented(what)}\n`),
};

/** Things to put away again, newest first, whatever happened. */
class Cleanup {
  readonly #steps: (() => Promise<unknown>)[] = [];
  #done: Promise<void> | null = null;

  add(step: () => Promise<unknown>): void {
    this.#steps.unshift(step);
  }

  run(): Promise<void> {
    this.#done ??= (async () => {
      for (const step of this.#steps)
        await step().catch((fault: unknown) => process.stderr.write(`${String(fault)}\n`));
    })();
    return this.#done;
  }
}

async function play(cleanup: Cleanup): Promise<number> {
  say("Breakglass, the whole story in the terminal: the real bot, on an imitation of Slack, with made-up people.");
  say("Starting PostgreSQL, the job queue, the bot and the imitation…");
  const folder = await mkdtemp(join(tmpdir(), "breakglass-demo-"));
  cleanup.add(() => rm(folder, { recursive: true, force: true }));
  const database = await startEmbeddedPostgres({
    dataDir: folder,
    newSecret: () => randomBytes(24).toString("hex"),
    log: () => {},
  });
  cleanup.add(() => database.stop());
  const stage: Stage = await openStage({
    databaseUrl: database.appUrl,
    adminUrl: database.adminUrl,
    jobsUrl: database.jobsUrl,
    policyFile: POLICY,
    overrides: { log: createLogger({ level: "warn" }), say: () => {} },
  });
  cleanup.add(() => stage.close());
  await playStory(stage, teller);
  await stage.slack.settled();
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
      ? "The trail verifies. That was the whole story; nothing is left running."
      : "The trail does NOT verify.",
  );
  return exit;
}

const cleanup = new Cleanup();
const leave = (code: number): void => {
  cleanup.run().then(() => process.exit(code));
};
process.on("SIGINT", () => leave(130));
process.on("SIGTERM", () => leave(143));
play(cleanup).then(leave, (fault: unknown) => {
  process.stderr.write(`The demo stopped: ${fault instanceof Error ? fault.message : String(fault)}\n`);
  leave(1);
});
