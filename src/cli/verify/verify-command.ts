import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { EVENT_TYPES } from "../../domain/events/catalogue/catalogue.js";
import { shortHead } from "../../domain/events/hash.js";
import type { Judged } from "../../domain/verify/by-policy/judge.js";
import type { Checkpoint } from "../../domain/verify/chain.js";
import type { OriginOptions } from "../../domain/verify/origins/origins.js";
import { type PostgresAddress, placeOf, readPostgresAddress } from "../../lib/postgres-address/address.js";
import { createDatabase } from "../../postgres/connection/database.js";
import { forgetClientSettings } from "../../postgres/embedded/client-settings.js";
import { type Reachable, reachEmbedded } from "../../postgres/embedded/reach.js";
import { type Inspection, inspectDatabase } from "../../postgres/integrity/inspect.js";
import { createVerifySource } from "../../postgres/queries/verify-source.js";
import { type Command, type CommandIo, EXIT, type ExitCode, printJson } from "../command.js";
import { originLine, readOriginOptions } from "./origin-options.js";
import { type TrailVerification, verifyTrail } from "./verify-trail.js";

/** The interval of progress lines; a shorter run prints none. */
const PROGRESS_EVERY_MS = 2_000;
/** The most findings to print: one fault early in the chain may break every later entry. */
const MAX_FINDINGS = 100;

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
    "  exit 0 nothing wrong was found, 1 something was, 2 the database could not be read",
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
      const source = createVerifySource(db);
      const { checkpoints, json } = options;
      const trail = await verifyTrail({ source, checkpoints, origins, onProgress: progress(io) });
      const verification = withInspection(trail, await inspectDatabase(db, EVENT_TYPES));
      const read = place.says(reading.address);
      if (json) printJson(io, { ...asJson(verification), database: read }, 2);
      else report(verification, read, io);
      return verification.findings.length === 0 ? EXIT.fine : EXIT.foundWrong;
    } catch (fault) {
      io.err(
        `breakglass verify: the trail could not be read: ${fault instanceof Error ? fault.message : String(fault)}`,
      );
      io.err("Nothing is said about it. Check the URL, and that its role may read the schema breakglass.");
      return EXIT.couldNotLook;
    } finally {
      await db.end();
      await place.close();
    }
  },
};

/** Adds how the database differs from this release. A clock that was moved by the demo's own means is told, not held against it. */
function withInspection(trail: TrailVerification, { altered, movedClockMs }: Inspection): TrailVerification {
  const moved =
    movedClockMs === null
      ? []
      : [
          `Whether the times are true: the owner of the database has moved its clock by ${movedClockMs / 1_000} s, as the demo does. A start of the bot puts it back.`,
        ];
  return {
    ...trail,
    findings: [...trail.findings, ...altered.map((message) => ({ seq: 0, kind: "database" as const, message }))],
    cannotFind: [...trail.cannotFind, ...moved],
  };
}

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

/** The result for programs: as it is printed, but with the whole hash and every finding. */
function asJson({ entries, head, findings, judged, origins, cannotFind }: TrailVerification) {
  const short = head === null ? null : { seq: head.seq, hash: head.hash, short: shortHead(head.hash) };
  return { entries, head: short, findings, judged, origins, cannotFind };
}

function report(verification: TrailVerification, database: string, io: CommandIo): void {
  const { entries, head, findings, judged, origins, cannotFind } = verification;
  io.out(`entries: ${entries}`);
  io.out(head === null ? "head: none, the trail is empty" : `head: ${shortHead(head.hash)} at entry ${head.seq}`);
  io.out(`findings: ${findings.length}`);
  for (const { kind, message } of findings.slice(0, MAX_FINDINGS)) io.out(`  ${kind}: ${message}`);
  if (findings.length > MAX_FINDINGS) io.out(`  and ${findings.length - MAX_FINDINGS} more`);
  io.out(`database: ${database}`);
  for (const line of judgedLines(judged)) io.out(line);
  io.out(originLine(origins));
  io.out("cannot be found this way:");
  for (const line of cannotFind) io.out(`  ${line}`);
}

/** What was judged by the policies on record, and what could not be. */
function judgedLines({ entries, policies, newest, onlyOutsideCanTell, notJudged }: Judged): readonly string[] {
  return [
    `judged by the policy on record: ${entries} ${entries === 1 ? "entry" : "entries"}, after ${policies} policy change${policies === 1 ? "" : "s"}`,
    // To be compared with sha256sum of the file that the bot reads.
    ...(newest === null ? [] : [`  newest policy: entry ${newest.seq}, SHA-256 ${newest.hash}`]),
    `  of these, only Slack or PagerDuty can tell who may: ${onlyOutsideCanTell}`,
    `  acts of people that were not judged, since no readable policy was on record: ${notJudged}`,
  ];
}
