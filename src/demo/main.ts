import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { verifyCommand } from "../cli/verify/verify-command.js";
import { makeTemporaryFolder } from "../db/embedded/folders.js";
import { startEmbeddedPostgres } from "../db/embedded/start.js";
import { createLogger } from "../lib/logger.js";
import { DEMO_POLICY } from "./policy.js";
import { openStage, type Stage } from "./stage.js";
import { playStory, type Teller } from "./story.js";

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const indented = (text: string): string =>
  text
    .split("\n")
    .map((line) => `  │ ${line}`)
    .join("\n");

/** Tells in paragraphs: one empty line after what people see and before a new scene, never two. */
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

/** Things to put away again, newest first, whatever happened and whenever: one that is still being made is waited for. */
class Cleanup {
  readonly #steps: (() => Promise<unknown>)[] = [];
  #done: Promise<void> | null = null;

  /** Makes something and remembers how to undo it. Once the cleaning has begun, nothing more is made. */
  async hold<T>(make: () => Promise<T>, undo: (made: T) => Promise<unknown>): Promise<T> {
    if (this.#done !== null) throw new Error("The demo is being put away.");
    const making = make();
    // What could not be made has put itself away, and its fault is told to whoever asked for it.
    this.#steps.unshift(() => making.then(undo, () => {}));
    return making;
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
  say("Times are shown in UTC; in Slack everybody reads them in their own zone.");
  say("Starting PostgreSQL, the job queue, the bot and the imitation…");
  const folder = await cleanup.hold(
    () => makeTemporaryFolder("breakglass-demo-"),
    (made) => rm(made, { recursive: true, force: true }),
  );
  const policyFile = join(folder, "breakglass.yaml");
  await writeFile(policyFile, DEMO_POLICY);
  const database = await cleanup.hold(
    () =>
      startEmbeddedPostgres({
        dataDir: join(folder, "data"),
        newSecret: () => randomBytes(24).toString("hex"),
        log: () => {},
        // Nothing of the demo may stay behind elsewhere.
        fallbacks: [],
      }),
    (made) => made.stop(),
  );
  const stage: Stage = await cleanup.hold(
    () =>
      openStage({
        databaseUrl: database.appUrl,
        adminUrl: database.adminUrl,
        jobsUrl: database.jobsUrl,
        policyFile,
        overrides: { log: createLogger({ level: "warn" }), say: () => {} },
      }),
    (made) => made.close(),
  );
  const teller = createTeller();
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
      ? "The trail verifies. The review REV-1 is open, and /breakglass reviews lists it with its due date. Nothing is left running."
      : "The trail does NOT verify.",
  );
  return exit;
}

const cleanup = new Cleanup();
let leaving = false;
const leave = (code: number): void => {
  if (leaving) return;
  leaving = true;
  cleanup.run().then(() => process.exit(code));
};
process.on("SIGINT", () => leave(130));
process.on("SIGTERM", () => leave(143));
process.on("SIGHUP", () => leave(129));
// Whoever read has gone, as `head` does: nothing more can be told, and nothing may stay behind.
process.stdout.on("error", () => leave(141));
play(cleanup).then(leave, (fault: unknown) => {
  // Whatever breaks while it is being put away is no news.
  if (!leaving) process.stderr.write(`The demo stopped: ${fault instanceof Error ? fault.message : String(fault)}\n`);
  leave(1);
});
