import { z } from "zod";
import { NotRecorded } from "../../lib/errors.js";
import type { Log } from "../../usecases/ports/ports.js";
import { requestMark } from "../../usecases/request-mark.js";
import type { AckOnce } from "../transport/ack.js";
import type { Fallbacks } from "../transport/dispatcher.js";
import type { Payload } from "../transport/envelope.js";
import { eventId } from "./command-ids.js";
import type { EphemeralReply, Recipient } from "./ephemeral-reply.js";
import { isLogLine } from "./log-line.js";
import { parseBlockAction, parseSlashCommand, parseSubmission, parseThreadReply } from "./payloads.js";

const LATE =
  "This takes longer than Slack waits for, and it is not known yet whether it was recorded. Doing the same again is safe: it is done at most once. `/breakglass status` shows how things stand.";
const UNKNOWN =
  "This version of Breakglass does not know that button or form, so nothing was done. `/breakglass status` shows what is open, with buttons that work.";

const actionIn = z.looseObject({ actions: z.array(z.looseObject({ action_id: z.string() })) });

/** Makes sure that the person always gets an answer, even when the listener is late, missing or fails. */
export function createFallbacks(replyEphemerally: EphemeralReply, log: Log): Fallbacks {
  return {
    handled(payload, outcome, ms) {
      const fields = {
        request: requestMark(commandIdOf(payload)),
        kind: kindOf(payload),
        ...nameOf(payload),
        outcome,
        ms,
      };
      // A channel's every message is an event.
      if (payload.type === "event_callback" && outcome === "answered") log.debug("slack.request", fields);
      else log.info("slack.request", fields);
    },
    late: (payload, ack) => say(payload, ack, ack.lateText ?? LATE),
    unknown(payload, ack) {
      if (payload.type === "event_callback") return void ack.answer();
      log.warn("slack.nobody_listens", { kind: kindOf(payload) });
      // After closing a modal, or while a menu loads, nobody expects a text.
      if (payload.type === "view_closed" || payload.type === "block_suggestion") return void ack.answer();
      say(payload, ack, UNKNOWN);
    },
    broken(payload, ack, fault, retryNum) {
      const mark = requestMark(commandIdOf(payload));
      if (fault instanceof NotRecorded)
        log.warn("slack.not_recorded", { kind: kindOf(payload), outcome: fault.outcome, request: mark });
      else
        log.error("slack.listener_broke", {
          kind: kindOf(payload),
          request: mark,
          fault: faultName(fault),
          at: faultPlace(fault),
        });
      say(payload, ack, apology(fault, mark));
      // Only at the first delivery, however often Slack repeats it.
      if (payload.type === "event_callback" && retryNum === null) replyInThread(payload, fault, mark);
    },
  };

  /** Shows the text in the way that this kind of request allows. */
  function say(payload: Payload, ack: AckOnce, text: string): void {
    if (payload.type === "event_callback") return void ack.redeliver();
    if (payload.type === "view_submission") return void ack.answer(inputError(payload, text));
    if (typeof payload.command === "string") {
      if (ack.answer({ response_type: "ephemeral", text })) return;
    } else {
      ack.answer();
    }
    const recipient = recipientOf(payload);
    if (recipient !== null) void replyEphemerally(recipient, { text });
  }

  function replyInThread(payload: Payload, fault: unknown, mark: string): void {
    const reply = attempt(() => parseThreadReply(payload));
    if (!reply || !isLogLine(reply.text)) return;
    const again = "Slack delivers your line again within five minutes; you are told here when it is recorded.";
    const recipient = { user: reply.user, channel: reply.channel, threadTs: reply.threadTs, responseUrl: null };
    void replyEphemerally(recipient, { text: `${apology(fault, mark)} ${again}` });
  }
}

/** The sentence for an error. `mark` identifies the error in the log. */
export function apology(fault: unknown, mark: string): string {
  if (fault instanceof NotRecorded) {
    return fault.outcome === "not_recorded" ? `Not recorded. ${fault.message}` : fault.message;
  }
  return `Something broke on our side, and it is not known whether this was recorded. Look at \`/breakglass status\` before you try again; the same press is done at most once. (Error ${mark}: whoever runs Breakglass finds it in the log.)`;
}

function inputError(payload: Payload, text: string): unknown {
  const block = attempt(() => parseSubmission(payload))?.view.inputs.at(-1);
  return block === undefined ? undefined : { response_action: "errors", errors: { [block]: text.replaceAll("`", "") } };
}

function recipientOf(payload: Payload): Recipient | null {
  const command = attempt(() => parseSlashCommand(payload));
  if (command)
    return { user: command.user, channel: command.channel, threadTs: null, responseUrl: command.responseUrl };
  const click = attempt(() => parseBlockAction(payload));
  if (click) return click;
  const url = payload.response_url;
  return typeof url === "string" && URL.canParse(url)
    ? { user: "", channel: null, threadTs: null, responseUrl: url }
    : null;
}

function commandIdOf(payload: Payload): string {
  const parsed =
    attempt(() => parseSlashCommand(payload)) ??
    attempt(() => parseBlockAction(payload)) ??
    attempt(() => parseSubmission(payload));
  return parsed?.commandId ?? (typeof payload.event_id === "string" ? eventId(payload.event_id) : kindOf(payload));
}

/** The result of `parse`, or `undefined` when the payload is of another kind. */
function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

function kindOf(payload: Payload): string {
  return typeof payload.type === "string" ? payload.type : "command";
}

/** Which button, form or event it is, by our own ids, and whose. What was typed is in none of them. */
function nameOf(payload: Payload): Record<string, unknown> {
  const click = attempt(() => parseBlockAction(payload));
  if (click) return { user: click.user, name: actionIn.safeParse(payload).data?.actions[0]?.action_id };
  const submission = attempt(() => parseSubmission(payload));
  if (submission) return { user: submission.user, name: submission.view.callbackId };
  const command = attempt(() => parseSlashCommand(payload));
  return command ? { user: command.user } : {};
}

/** The class of the error. Its message may quote what people typed, so it must not be logged. */
function faultName(fault: unknown): string {
  return fault instanceof Error ? fault.name : typeof fault;
}

/** Longer than a line of a stack; the message above the frames may quote what people typed, at any length. */
const FRAME_MAX = 500;

/** The innermost stack frame in our own code. */
function faultPlace(fault: unknown): string | undefined {
  if (!(fault instanceof Error)) return undefined;
  const frames = (fault.stack ?? "")
    .split("\n")
    .filter((line) => line.startsWith("    at ") && line.length <= FRAME_MAX);
  const places = frames.flatMap((frame) => /\((?:file:\/\/)?[^()]*\/((?:src|dist)\/[^()]+)\)/.exec(frame)?.[1] ?? []);
  return places[0];
}
