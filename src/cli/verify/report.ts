import { shortHead } from "../../domain/events/hash.js";
import type { Judged } from "../../domain/verify/by-policy/judge.js";
import { type CommandIo, EXIT, type ExitCode, printJson } from "../command.js";
import { originLine } from "./origin-options.js";
import type { TrailVerification } from "./verify-trail.js";

/** The most findings to print: one fault early in the chain may break every later entry. */
const MAX_FINDINGS = 100;

/** How the result is told. */
interface Telling {
  readonly json: boolean;
  /** Which database was read. */
  readonly database: string;
}

/**
 * Prints the result. A finding counts whatever could not be read beside it; without one, what could not be read leaves it
 * open whether anything is wrong.
 */
export function tell(verification: TrailVerification, { json, database }: Telling, io: CommandIo): ExitCode {
  const { findings, unread, seen } = verification;
  const isOpen = findings.length === 0 && unread.length > 0;
  if (isOpen && seen === "beginning") return tellUnread(unread, io);
  if (json) printJson(io, { ...asJson(verification), database }, 2);
  else report(verification, database, io);
  if (isOpen) io.err("breakglass verify: nothing wrong was found, but not everything could be read.");
  return findings.length > 0 ? EXIT.foundWrong : isOpen ? EXIT.couldNotLook : EXIT.fine;
}

/** Says that nothing is known about the trail. */
export function tellUnread(unread: readonly string[], io: CommandIo): ExitCode {
  for (const line of unread) io.err(`breakglass verify: the trail could not be read: ${line}`);
  io.err("Nothing is said about it. Check the URL, and that its role may read the schema breakglass.");
  return EXIT.couldNotLook;
}

/** The result for programs: as it is printed, but with the whole hash and every finding. */
function asJson({ entries, head, findings, judged, origins, unread, cannotFind }: TrailVerification) {
  const short = head === null ? null : { seq: head.seq, hash: head.hash, short: shortHead(head.hash) };
  return { entries, head: short, findings, judged, origins, unread, cannotFind };
}

function report(verification: TrailVerification, database: string, io: CommandIo): void {
  const { entries, head, findings, judged, origins, unread, cannotFind } = verification;
  io.out(`entries: ${entries}`);
  io.out(headLine(verification, head));
  io.out(`findings: ${findings.length}`);
  for (const { kind, message } of findings.slice(0, MAX_FINDINGS)) io.out(`  ${kind}: ${message}`);
  if (findings.length > MAX_FINDINGS) io.out(`  and ${findings.length - MAX_FINDINGS} more`);
  if (unread.length > 0) {
    io.out("could not be read, so that nothing is said about it:");
    for (const line of unread) io.out(`  ${line}`);
  }
  io.out(`database: ${database}`);
  for (const line of judgedLines(judged)) io.out(line);
  io.out(originLine(origins));
  io.out("cannot be found this way:");
  for (const line of cannotFind) io.out(`  ${line}`);
}

function headLine({ seen }: TrailVerification, head: TrailVerification["head"]): string {
  if (seen === "beginning") return "head: unknown, not all entries could be read";
  return head === null ? "head: none, the trail is empty" : `head: ${shortHead(head.hash)} at entry ${head.seq}`;
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
