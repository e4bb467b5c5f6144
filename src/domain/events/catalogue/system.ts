import { defineEvent, TEXT_FIELDS } from "./define.js";
import { moment, oneOf, orNull, policyHash, strings, text, whole, wholes } from "./fields.js";

const instance = text("The random id of the running process.");

/** Events of the bot and of its policy, in the stream `system`. */
export const systemEvents = [
  defineEvent({
    type: "bot.started",
    stream: "system",
    actor: "system",
    meaning: "An instance of the bot started.",
    fields: { instance, release: text("Its version."), policyHash },
  }),
  defineEvent({
    type: "bot.stopped",
    stream: "system",
    actor: "system",
    meaning: "An instance of the bot stopped in good order.",
    fields: { instance },
  }),
  defineEvent({
    type: "policy.changed",
    stream: "system",
    actor: "system",
    texts: ["policy"],
    meaning: "Another policy is in force from now on.",
    fields: { policyHash, was: orNull(text("SHA-256 of the policy before it, in hex."), "there was none") },
  }),
  defineEvent({
    type: "policy.refused",
    stream: "system",
    actor: "system",
    meaning: "A changed policy file is faulty; the last good one stays in force.",
    fields: { policyHash, errors: whole("How many errors it has.") },
  }),
  defineEvent({
    type: "trail.unprotected",
    stream: "system",
    actor: "system",
    meaning: "The role that the bot runs as could alter the trail.",
    fields: { reasons: strings("What it may do that it should not, as codes.") },
  }),
  defineEvent({
    type: "trail.gap",
    stream: "system",
    actor: "system",
    meaning: "This trail is a restored backup: what was recorded after the backup is missing from here on.",
    fields: {
      foundBy: oneOf(
        ["published", "operator"],
        "What showed it: messages in Slack of which the trail knows nothing, or the operator (`BREAKGLASS_RESTORED`).",
      ),
      seq: orNull(
        whole("The newest position that a message shows and the trail does not have."),
        "no message shows one",
      ),
      head: orNull(text("Its short head."), "no message shows one"),
      before: moment("What was still to be done at this moment came with the backup."),
    },
  }),
] as const;

/** Events that may stand in either stream. */
export const sharedEvents = [
  defineEvent({
    type: "attempt.refused",
    stream: "both",
    actor: "person",
    meaning: "Somebody tried what they may not do. The first attempt of its kind by an account is recorded.",
    fields: { action: text("What they tried."), code: text("Why it was refused, as a code.") },
  }),
  defineEvent({
    type: "text.redacted",
    stream: "both",
    actor: "person",
    texts: ["reason"],
    meaning: "A text of an earlier entry was removed for good. Its hash stays in that entry.",
    fields: {
      seq: whole("The position of that entry in the trail."),
      field: oneOf(TEXT_FIELDS, "Which text."),
      provenOrigins: wholes(
        "The entries whose origins went with it and were proven before, by the signing secret that the bot had then.",
      ),
    },
  }),
] as const;
