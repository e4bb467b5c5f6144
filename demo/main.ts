import { EXIT } from "../src/cli/command.js";
import { forgetClientSettings } from "../src/postgres/embedded/client-settings.js";
import { hasScreen, openInBrowser } from "./browser.js";
import { Cleanup } from "./cleanup.js";
import { DemoCannot } from "./errors.js";
import { type DemoOptions, readOptions, USAGE } from "./options.js";
import { serve } from "./serve.js";
import { tell } from "./tell.js";

const PARENT_EVERY_MS = 1_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line}\n`);

const cleanup = new Cleanup();
let leaving = false;
const leave = (code: number): void => {
  if (leaving) return;
  leaving = true;
  cleanup.run().then(() => process.exit(code));
};

async function show(options: DemoOptions): Promise<void> {
  const screen = hasScreen(process.platform, process.env);
  const isTerminal = process.stdout.isTTY === true;
  if (options.show === "tell" || (options.show === null && !screen && !isTerminal)) return leave(await tell(cleanup));
  say("Breakglass in a browser: the real bot, on an imitation of Slack, with made-up people. Starting…");
  const url = await serve(cleanup, options, say);
  const opened = options.open && screen && (await openInBrowser(url, process.platform));
  say(`\n  ${url}\n`);
  say(opened ? "It opens in your browser." : "Open this address in a browser on this machine.");
  say("What you do there is kept in .breakglass-demo; `npm run demo -- --fresh` begins anew. Ctrl-C ends it.");
}

// The demo always uses a database of its own and ignores PostgreSQL's environment variables.
forgetClientSettings(process.env);

const options = readOptions(process.argv.slice(2));
process.on("SIGINT", () => leave(130));
process.on("SIGTERM", () => leave(143));
process.on("SIGHUP", () => leave(129));
// The reader of the output is gone, as after `| head`: stop and clean up.
process.stdout.on("error", () => leave(141));
if (process.env.npm_lifecycle_event === "demo") {
  // A killed npm no longer forwards Ctrl-C, so the demo stops when its parent is gone.
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && leave(129), PARENT_EVERY_MS).unref();
}

if ("wrong" in options) {
  complain(`${options.wrong}\n\n${USAGE}`);
  process.exit(EXIT.wrongUsage);
} else if (process.env.NODE_ENV === "production") {
  complain("The demo is not for production: its people, its approvals and its Slack are made up. Nothing was started.");
  process.exit(EXIT.faultyConfiguration);
} else {
  show(options).catch((fault: unknown) => {
    // Errors during the cleanup are expected and not shown.
    const why =
      fault instanceof DemoCannot
        ? fault.message
        : `The demo stopped: ${fault instanceof Error ? fault.message : String(fault)}`;
    if (!leaving) complain(why);
    leave(1);
  });
}
