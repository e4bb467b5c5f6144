import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Checkpoint } from "../../domain/verify/chain.js";
import type { OriginOptions } from "../../domain/verify/origins/origins.js";
import { type PostgresAddress, placeOf, readPostgresAddress } from "../../lib/postgres-address/address.js";
import { createDatabase } from "../../postgres/connection/database.js";
import { forgetClientSettings } from "../../postgres/embedded/client-settings.js";
import { type Reachable, reachEmbedded } from "../../postgres/embedded/reach.js";
import { type Command, type CommandIo, EXIT, type ExitCode } from "../command.js";
import { readOriginOptions } from "./origin-options.js";
import { tell, tellUnread } from "./report.js";
import { verifyDatabase } from "./verify-database.js";

/** The interval of progress lines; a shorter run prints none. */
const PROGRESS_EVERY_MS = 2_000;

/** `breakglass verify`: verifies that the trail in the database is the one that was recorded. */
export const verifyCommand: Command = {
  name: "verify",
  summary: "Verify the audit trail of a database, and that its tables follow from it",
  usage: [
    "breakglass verify [--url URL] [--checkpoint SEQ:HEAD]...",
    "                  [--slack-signing-secret-file FILE [--socket-mode]] [--json]",
    "  --url         a PostgreSQL URL that may read the schema breakglass; default: DATABASE_URL,",
    "                and without it the embedded database in BREAKGLASS_DATA (.breakglass)",
    "  --checkpoint  a position and a head (24 to 64 hex digits) that were kept elsewhere, such as in an alert",
    "  --slack-signing-secret-file",
    "                a file with Slack's signing secret, or one per line after a rotation: proves that Slack delivered",
    "                what people did; an act that it does not prove is a finding",
    "  --socket-mode with the secret: the bot uses Socket Mode, where nothing is signed; such acts are only counted",
    "  --json        prints one JSON object, with every finding",
    "  exit 0 nothing wrong was found, 1 something was, 2 something could not be read and nothing wrong was found",
  ],
  run: async (args, io) => {
    const options = parse(args);
    if (typeof options === "string") return usage(io, options);
    const origins = await originOptions(options, io);
    if (origins === null) return EXIT.couldNotLook;
    const place = await findDatabase(options.url, io);
    if (place === null) return noDatabase(io);
    const reading = readPostgresAddress(place.url);
    if ("faults" in reading)
      return badAddress(io, options.url === undefined ? "DATABASE_URL" : "--url", reading.faults);
    const db = createDatabase({
      url: place.url,
      max: 1,
      deadlineMs: 60_000,
      // The bot's own name: a view could show another trail to whoever says that it verifies.
      applicationName: "breakglass",
      // Whether there is a pooler is not worth asking: what works through one works without.
      pooled: true,
    });
    try {
      const { checkpoints, json } = options;
      const announce = (altered: number) =>
        io.err(
          `The database differs from this release in ${altered} place${altered === 1 ? "" : "s"}; the trail is read all the same.`,
        );
      const verification = await verifyDatabase(db, { checkpoints, origins, onProgress: progress(io) }, announce);
      return tell(verification, { json, database: place.says(reading.address) }, io);
    } catch (fault) {
      return tellUnread([fault instanceof Error ? fault.message : String(fault)], io);
    } finally {
      await db.end();
      await place.close();
    }
  },
};

/** The database that was read. Which one it is depends on the environment, so the answer says it. */
interface Place extends Reachable {
  readonly says: (address: PostgresAddress) => string;
}

/** Returns the given database, or else the embedded one, which is started if it is not running. */
async function findDatabase(url: string | undefined, io: CommandIo): Promise<Place | null> {
  forgetClientSettings(io.env);
  const named = url ?? io.env.DATABASE_URL?.trim();
  if (named !== undefined && named !== "") {
    const by = url === undefined ? "DATABASE_URL" : "--url";
    const says = (address: PostgresAddress): string => `${address.database} at ${placeOf(address)} (${by})`;
    return { url: named, close: async () => {}, says };
  }
  const newSecret = (): string => randomBytes(24).toString("hex");
  // An empty variable counts as not set, as for the bot.
  const dataDir = io.env.BREAKGLASS_DATA?.trim() || ".breakglass";
  const reached = await reachEmbedded({ dataDir, newSecret, log: (line) => io.err(line) });
  return reached === null ? null : { ...reached, says: () => `the embedded one in ${resolve(dataDir)}` };
}

/** Says why and returns `null` when the file with the secret cannot be used. */
async function originOptions(
  { secretFile, socketMode }: Pick<VerifyOptions, "secretFile" | "socketMode">,
  io: CommandIo,
): Promise<OriginOptions | null> {
  if (secretFile === undefined) return { read: null, allowSocketMode: true };
  try {
    return await readOriginOptions(secretFile, socketMode, io);
  } catch (fault) {
    const why = fault instanceof Error ? fault.message : String(fault);
    io.err(`breakglass verify: ${secretFile} could not be used, so nothing was checked: ${why}`);
    return null;
  }
}

interface VerifyOptions {
  readonly secretFile: string | undefined;
  readonly socketMode: boolean;
  readonly url: string | undefined;
  readonly checkpoints: readonly Checkpoint[];
  readonly json: boolean;
}

function parse(args: readonly string[]): VerifyOptions | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        url: { type: "string" },
        checkpoint: { type: "string", multiple: true },
        "slack-signing-secret-file": { type: "string" },
        "socket-mode": { type: "boolean", default: false },
        json: { type: "boolean", default: false },
      },
    });
    const checkpoints = (values.checkpoint ?? []).map(readCheckpoint);
    const bad = checkpoints.indexOf(null);
    if (bad >= 0) return `expected a checkpoint as SEQ:HEAD, found ${JSON.stringify(values.checkpoint?.[bad])}`;
    const { url, json, "slack-signing-secret-file": secretFile, "socket-mode": socketMode } = values;
    if (socketMode && secretFile === undefined) return "--socket-mode needs --slack-signing-secret-file";
    return { url, checkpoints: checkpoints.filter((point) => point !== null), secretFile, socketMode, json };
  } catch (fault) {
    return fault instanceof Error ? fault.message : String(fault);
  }
}

function readCheckpoint(text: string): Checkpoint | null {
  const match = /^([1-9]\d{0,14}):([0-9a-f]{24,64})$/.exec(text);
  return match?.[1] === undefined || match[2] === undefined ? null : { seq: Number(match[1]), head: match[2] };
}

function usage(io: CommandIo, problem: string): ExitCode {
  io.err(`breakglass verify: ${problem}`);
  for (const line of verifyCommand.usage) io.err(line);
  return EXIT.wrongUsage;
}

function badAddress(io: CommandIo, name: string, faults: readonly string[]): ExitCode {
  for (const fault of faults) io.err(`breakglass verify: ${name} ${fault}`);
  return name === "--url" ? EXIT.wrongUsage : EXIT.faultyConfiguration;
}

function noDatabase(io: CommandIo): ExitCode {
  io.err("breakglass verify: it is not said which database to look at: give --url or set DATABASE_URL.");
  io.err(
    "There is no embedded database in BREAKGLASS_DATA (.breakglass) either. That of the demo, while it runs, is in",
  );
  io.err("BREAKGLASS_DATA=.breakglass-demo.");
  return EXIT.couldNotLook;
}

/** Prints a progress line to stderr every 2 s. */
function progress(io: CommandIo): (soFar: string) => void {
  let next = io.now().getTime() + PROGRESS_EVERY_MS;
  return (soFar) => {
    const now = io.now().getTime();
    if (now < next) return;
    next = now + PROGRESS_EVERY_MS;
    io.err(`${soFar} so far`);
  };
}
