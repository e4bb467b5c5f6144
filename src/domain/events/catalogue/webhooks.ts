import { defineEvent } from "./define.js";
import { orNull, text, whole } from "./fields.js";

const webhook = text("The name of the webhook in the policy.");

/** Events of webhooks, in the stream `system`. What was delivered is not among them: an event for each would double the trail. */
export const webhookEvents = [
  defineEvent({
    type: "webhook.failed",
    stream: "system",
    actor: "system",
    meaning:
      "An entry was not delivered to a webhook and is not tried any more. `breakglass webhooks replay` sends it.",
    fields: {
      webhook,
      seq: whole("The position of the entry in the trail."),
      ofBypass: orNull(whole("The number of the bypass that the entry belongs to."), "it belongs to none"),
      ofVersion: orNull(whole("Its version in the stream of that bypass."), "it belongs to none"),
      attempts: whole("How often it was tried."),
      code: text("Why the last attempt failed, as a code."),
    },
  }),
  defineEvent({
    type: "webhook.replayed",
    stream: "system",
    actor: "system",
    meaning: "Somebody who holds the run-time password had entries sent to a webhook again.",
    fields: {
      webhook,
      firstSeq: whole("The position of the first entry that is sent again."),
      lastSeq: whole("The position of the last one."),
      count: whole(
        "How many entries are sent again. Those between them of which the webhook is not told are left out.",
      ),
    },
  }),
] as const;
