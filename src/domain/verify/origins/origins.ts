import { isSameActor } from "../../decisions/same-person.js";
import type { OpenedBody } from "../../events/body.js";
import type { EventType } from "../../events/catalogue/catalogue.js";
import { readOrigin, SIGNATURE_TOLERANCE_SECONDS, type SignedRequest } from "../../events/origin.js";
import type { Found } from "../findings.js";
import type { StoredEntry } from "../stored.js";
import type { RequestReader } from "./asked.js";
import { differences } from "./fits.js";
import { createFollowUps } from "./follow-ups.js";
import { createLostOrigins, type LostOrigins } from "./lost-origins.js";
import { createRecordSoFar } from "./record-so-far.js";
import { createSecretsInUse } from "./secrets-in-use.js";

/** How many acts of people are proven by what. Refused attempts do not count. */
export interface OriginCounts {
  readonly acts: number;
  /** They carry a request with a signature. */
  readonly signed: number;
  /** Slack signed that request, and it asks for what was recorded. `null`: not checked, without a secret. */
  readonly proven: number | null;
  /** They name an envelope of Socket Mode, which proves nothing. */
  readonly socket: number;
  /** Their origin was removed with a redaction. */
  readonly removed: number;
  /** Of those: the redaction says that the bot had proven them. */
  readonly provenBefore: number;
  /** Positions of the first of the others. */
  readonly removedAt: readonly number[];
  /** They carry no origin, or none that can be read. */
  readonly without: number;
}

/** How origins are judged. */
export interface OriginOptions {
  /** Checks requests by the signing secret; `null`: there is none, and origins are only counted. */
  readonly read: RequestReader | null;
  /** Whether acts may have come over Socket Mode. */
  readonly allowSocketMode: boolean;
  /** Takes the position of each act that is proven with all that follows it. */
  readonly proven?: (seq: number) => void;
  /**
   * Whether the time that a request names is compared with that of its entry without a secret as well: Slack's clock and the
   * database's are two, so that neither is moved alone unseen. Default: only with a secret.
   */
  readonly comparesTimes?: boolean;
}

/** Takes every entry in the order of `seq`, oldest first. */
export interface OriginCheck {
  entry(stored: StoredEntry, opened: OpenedBody): void;
  /** A redaction, with every entry whose origin it removed. */
  readonly removed: LostOrigins["redaction"];
  /** Reports what the last act asked for, and what does not follow it, and acts that lost their origin unproven. */
  finish(): void;
  counts(): OriginCounts;
}

/** What belongs to an act of one of these types right before it, by the same command, and needs no origin of its own. */
const FOLLOWS: Readonly<Partial<Record<EventType, readonly EventType[]>>> = {
  "bypass.activated": ["bypass.declared", "ack.given", "bypass.proceeded_alone"],
  "action.opened": ["review.submitted", "review.amended"],
};

/**
 * How far the time of a request may lie from that of its entry: as far as the bot's clock may when it takes the request, and
 * a minute for the clocks of bot and database and for the commit.
 */
const APART_MS = (SIGNATURE_TOLERANCE_SECONDS + 60) * 1_000;

/** How many positions are named in a sentence. */
export const MOST_LISTED = 20;

/** Checks where acts of people came from. Keeps in memory the signature of every request, and what requests may name. */
export function createOriginCheck(options: OriginOptions, found: Found): OriginCheck {
  const { read, allowSocketMode, proven, comparesTimes = false } = options;
  const counts = { acts: 0, signed: 0, proven: 0, socket: 0, removed: 0, without: 0 };
  const lost = createLostOrigins();
  const record = createRecordSoFar();
  /** The command that each signature was used for. */
  const used = new Map<string, string>();
  const secrets = createSecretsInUse();
  let workspace: string | null = null;
  let lastAct: OpenedBody | null = null;

  const wrongOrigin = (seq: number, what: string) => found({ seq, kind: "origin", message: `Entry ${seq}: ${what}.` });
  /** The position of the last act, as long as it is proven: one of which one part differs is not. */
  let provenSeq: number | null = null;
  const followUps = createFollowUps((seq, what) => {
    if (provenSeq !== null) counts.proven -= 1;
    provenSeq = null;
    wrongOrigin(seq, what);
  });
  const finishAct = () => {
    followUps.finish();
    if (provenSeq !== null) proven?.(provenSeq);
    provenSeq = null;
  };

  /** What is wrong with a signed request, each as the rest of "Entry 12: its request …". */
  const faults = (by: RequestReader, request: SignedRequest, { seq, texts }: StoredEntry, opened: OpenedBody) => {
    const result = by(request);
    if (result.kind === "forged") return ["was not signed by Slack"];
    if (result.kind === "unreadable") return ["asks for nothing that could be recorded"];
    const { asked, secret } = result;
    const wrong = [...differences(asked, { opened, texts, before: record })];
    if (wrong.length === 0 && opened.event.type !== "attempt.refused") followUps.expect(seq, asked.follows ?? []);
    if (isApart(request, opened)) wrong.push("is of another time");
    if (secrets.isReplaced(secret, opened.at)) wrong.push("was signed with a secret that another one had replaced");
    // Strangers in a shared channel have a workspace of their own; what they try is refused.
    if (opened.event.type !== "attempt.refused") {
      if (workspace !== null && asked.workspace !== workspace) wrong.push("comes from another workspace");
      workspace ??= asked.workspace;
    }
    // One redaction of a target removes two texts, by commands that differ in their end only.
    const command = opened.event.type === "text.redacted" ? asked.command : opened.command;
    const earlier = used.get(request.signature);
    if (earlier !== undefined && earlier !== command) wrong.push("was used for another entry before");
    used.set(request.signature, command);
    return wrong;
  };

  const faultsUnread = (request: SignedRequest, opened: OpenedBody): readonly string[] =>
    comparesTimes && isApart(request, opened) ? ["is of another time"] : [];

  /** Whether the entry is a part of the act before it. */
  const follows = ({ event, actor, command, n }: OpenedBody): boolean =>
    lastAct !== null &&
    lastAct.command === command &&
    lastAct.n === n &&
    isSameActor(lastAct.actor, actor) &&
    (FOLLOWS[event.type]?.includes(lastAct.event.type) ?? false);

  return {
    entry: (stored, opened) => {
      if (read !== null) record.entry(stored, opened);
      const { event, actor } = opened;
      if (actor.kind !== "person") return;
      const kept = stored.texts.find(({ field }) => field === "origin");
      const isAttempt = event.type === "attempt.refused";
      if (kept === undefined) {
        if (isAttempt) return;
        if (follows(opened)) return followUps.entry(stored, opened, record.officeHours(opened.at));
      }
      finishAct();
      lastAct = opened;
      const count = (what: keyof typeof counts) => {
        if (!isAttempt) counts[what] += 1;
      };
      count("acts");
      if (kept?.text === null) {
        if (!isAttempt) lost.act(stored.seq, opened.at);
        return count("removed");
      }
      const origin = kept === undefined ? null : readOrigin(kept.text);
      if (origin === null) {
        count("without");
        if (read !== null) wrongOrigin(stored.seq, "nothing shows that Slack delivered what it records");
      } else if (origin.via === "socket-envelope") {
        count("socket");
        if (read !== null && !allowSocketMode)
          wrongOrigin(stored.seq, "it says that it came over Socket Mode, where nothing is signed");
      } else {
        count("signed");
        const wrong = read === null ? faultsUnread(origin, opened) : faults(read, origin, stored, opened);
        for (const what of wrong) wrongOrigin(stored.seq, `its request ${what}`);
        if (wrong.length > 0 || read === null) return;
        count("proven");
        provenSeq = isAttempt ? null : stored.seq;
      }
    },
    removed: lost.redaction,
    finish: () => {
      finishAct();
      if (read === null || allowSocketMode) return;
      for (const { seq, by, ifReplaced } of lost.unproven()) {
        if (ifReplaced !== null && secrets.isAnyNew(ifReplaced.from, ifReplaced.until)) continue;
        wrongOrigin(seq, `its origin went with the redaction in entry ${by}, which does not list it as proven`);
      }
    },
    counts: () => ({
      ...counts,
      provenBefore: lost.proven(),
      removedAt: lost.positions().slice(0, MOST_LISTED),
      proven: read === null ? null : counts.proven,
    }),
  };
}

const isApart = ({ timestamp }: SignedRequest, { at }: OpenedBody): boolean =>
  Math.abs(Date.parse(at) - Number(timestamp) * 1_000) > APART_MS;
