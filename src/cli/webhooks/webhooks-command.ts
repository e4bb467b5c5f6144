import { FaultyConfiguration, NotRecorded } from "../../lib/errors.js";
import { type CommandIo, EXIT, type ExitCode } from "../command.js";
import { withSubcommands } from "../subcommands.js";
import { listWebhooks } from "./list.js";
import { type Opened, open } from "./opened.js";
import { type ListOptions, readListOptions, readReplayOptions } from "./options.js";
import { replay } from "./replay.js";

const USAGE = [
  "breakglass webhooks list [--url URL] [--policy FILE] [--json]",
  "  prints each webhook of the policy: its events, what waits, what was taken last, what was given up",
  "breakglass webhooks replay (--since SEQ | --bypass BG-n) [--name NAME] [--url URL] [--policy FILE] [--json]",
  "  has entries sent again, from a position of the trail on or of one bypass, to one webhook or to all. Each keeps its id,",
  "  so that a receiver can drop what it has. A running bot sends them; the trail records that they were asked for.",
  "  --url     the run-time URL of the bot's PostgreSQL; default: DATABASE_URL",
  "  --policy  the bot's policy file; default: BREAKGLASS_POLICY, and without it ./breakglass.yaml",
  "  exit 0 done, 1 there is nothing to send, 2 the database does not answer, 78 the policy or the address is faulty",
];

/** `breakglass webhooks …`: shows and repeats what is sent to webhooks. */
export const webhooksCommand = withSubcommands(
  { name: "webhooks", summary: "Show what was sent to webhooks, or have it sent again", usage: USAGE },
  "say what to do: list or replay",
  {
    list: (args, io) => run("list", readListOptions(args), io, listWebhooks),
    replay: (args, io) => run("replay", readReplayOptions(args), io, replay),
  },
);

async function run<Options extends ListOptions>(
  name: string,
  options: Options | string,
  io: CommandIo,
  work: (options: Options, opened: Opened, io: CommandIo) => Promise<ExitCode>,
): Promise<ExitCode> {
  if (typeof options === "string") {
    io.err(`breakglass webhooks ${name}: ${options}`);
    for (const line of USAGE) io.err(line);
    return EXIT.wrongUsage;
  }
  let opened: Opened | null = null;
  try {
    opened = await open(options, io);
    return await work(options, opened, io);
  } catch (fault) {
    if (fault instanceof FaultyConfiguration) {
      io.err(`breakglass webhooks ${name}: nothing was done.`);
      for (const sentence of fault.faults) io.err(`  - ${sentence}`);
      return EXIT.faultyConfiguration;
    }
    if (!(fault instanceof NotRecorded)) throw fault;
    io.err(`breakglass webhooks ${name}: the database did not answer, or refused: ${fault.message}`);
    if (name === "replay") io.err("Part of it may have been queued; breakglass webhooks list shows what waits.");
    return EXIT.couldNotLook;
  } finally {
    await opened?.close();
  }
}
