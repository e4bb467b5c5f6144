import { z } from "zod";
import { causesOf, codesOf } from "../lib/causes.js";
import { NotRecorded } from "../lib/errors.js";
import type { CommitItem, CommitResult, Ledger, Log } from "./ports/ports.js";
import { requestMark } from "./request-mark.js";

/** Of a body, which is our own canonical JSON, only the type of its event is logged. */
const typed = z.object({ type: z.string() });

/** Command ids of Slack's requests. All others are made by Breakglass and say what made them, such as `effect:41`. */
const FROM_SLACK = /^(?:click|slash|view|event):/;

/**
 * Writes one line about each commit, so that a bypass can be followed through the log: `request` is the code that the
 * line of the request has, `effects` are the ids that the lines of their delivery have. Never a text.
 */
export function logCommits(ledger: Ledger, log: Log): Ledger {
  const logged = async (item: CommitItem, run: () => Promise<CommitResult>): Promise<CommitResult> => {
    try {
      const result = await run();
      report(item, result);
      return result;
    } catch (fault) {
      const outcome = fault instanceof NotRecorded ? fault.outcome : "fault";
      log.warn("commit.failed", { ...fieldsOf(item), outcome, code: causeCode(fault) });
      throw fault;
    }
  };

  function report(item: CommitItem, result: CommitResult): void {
    const fields = fieldsOf(item);
    if (!result.ok) {
      // Two people at once: the loser is decided again, which is no news.
      if (result.why === "conflict") log.debug("commit.conflict", fields);
      // Two people may redact one text at the same time; any other rejection is a fault of Breakglass.
      else if (result.why === "rejected" && !isRedaction(item)) log.error("commit.rejected", fields);
      else log.info("commit.guarded", { ...fields, why: result.why });
      return;
    }
    const { n, lastSeq: seq, head, duplicate, effects } = result;
    if (duplicate) log.debug("commit.duplicate", { ...fields, bypass: n, seq });
    else log.info("commit", { ...fields, bypass: n, seq, head, effects: effects.map(({ id }) => id) });
  }

  return {
    ...ledger,
    commit: (item) => logged(item, () => ledger.commit(item)),
    redact: (item, ...redaction) => logged(item, () => ledger.redact(item, ...redaction)),
  };
}

const isRedaction = ({ entries }: CommitItem): boolean => entries.some(({ body }) => typeOf(body) === "text.redacted");

const typeOf = (body: string): string => typed.parse(JSON.parse(body)).type;

function fieldsOf({ commandId, stream, entries }: CommitItem): Record<string, unknown> {
  return {
    bypass: stream.kind === "bypass" ? stream.n : null,
    events: entries.map(({ body }) => typeOf(body)),
    request: requestMark(commandId),
    ...(FROM_SLACK.test(commandId) ? {} : { cause: commandId }),
  };
}

/** The innermost code: a SQLSTATE such as `25006`, or one of the driver or the system; `none` without one. */
function causeCode(fault: unknown): string {
  const late = causesOf(fault).some(({ name }) => name === "DeadlineExceeded");
  return codesOf(fault).at(-1) ?? (late ? "deadline" : "none");
}
