import { z } from "zod";
import type { Act, Asked, AskedAbout, AskedWhat } from "../../domain/verify/origins/asked.js";
import { BUTTONS, parseActionValue, parseBypassValue } from "../actions.js";
import { parseBlockAction, parseSlashCommand, parseSubmission, parseThreadReply } from "../interactions/payloads.js";
import type { Payload } from "../transport/envelope.js";
import { askedByForm } from "./by-form.js";
import { askedByCommand, askedByThread } from "./by-text.js";

const id = z.string().min(1);
const named = z.object({ id }).nullish();
/** Where a request comes from, in the fields of its kind. */
const sent = z.object({ enterprise_id: id.nullish(), team_id: id.nullish(), enterprise: named, team: named });

/** Reads from a request what it asks Breakglass to record; `null` when it asks for nothing of that kind. */
export function askedBy(payload: Payload): Asked | null {
  const from = sent.safeParse(payload);
  if (!from.success) return null;
  const { enterprise_id, enterprise, team_id, team } = from.data;
  const workspace = enterprise_id ?? enterprise?.id ?? team_id ?? team?.id ?? null;
  try {
    const read = readBy(payload);
    return read === null ? null : { ...read, workspace };
  } catch {
    // The parsers throw at a payload of their kind that is not as they know it.
    return null;
  }
}

function readBy(payload: Payload): Omit<Asked, "workspace"> | null {
  switch (payload.type) {
    case undefined: {
      const command = parseSlashCommand(payload);
      return withSender(command, askedByCommand(command.text));
    }
    case "block_actions":
      return withSender(parseBlockAction(payload), askedByPress(payload));
    case "view_submission": {
      const submission = parseSubmission(payload);
      return withSender(submission, askedByForm(submission.view));
    }
    case "event_callback": {
      const reply = parseThreadReply(payload);
      return reply === null ? null : withSender(reply, askedByThread(reply));
    }
    default:
      return null;
  }
}

const withSender = (
  { user, commandId }: { readonly user: string; readonly commandId: string },
  what: AskedWhat | null,
): Omit<Asked, "workspace"> | null => (what === null ? null : { ...what, user, command: commandId });

const pressed = z.object({ actions: z.tuple([z.object({ action_id: z.string() })]).rest(z.unknown()) });

/** The buttons that act at once. All others open a form, or record nothing. */
function askedByPress(payload: Payload): AskedWhat | null {
  const { value } = parseBlockAction(payload);
  const [action] = pressed.parse(payload).actions;
  const button = Object.values(BUTTONS).find(({ id }) => id === action.action_id);
  if (button === undefined || value === null) return null;
  if ("act" in button.does) return press(button.does.act, bypassAbout(parseBypassValue(value)));
  if (button !== BUTTONS.actionDone) return null;
  const named = parseActionValue(value);
  const about =
    named === null ? null : ({ kind: "action", n: named.n, version: named.at, identity: named.identity } as const);
  return press("end_action", about, { outcome: ["done"] });
}

const press = (act: Act, about: AskedAbout | null, fields: AskedWhat["fields"] = {}): AskedWhat | null =>
  about === null ? null : { act, about, texts: {}, fields };

function bypassAbout(ref: { readonly n: number; readonly identity?: string } | null): AskedAbout | null {
  return ref === null ? null : { kind: "bypass", n: ref.n, identity: ref.identity ?? null };
}
