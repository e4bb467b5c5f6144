import type { AvailablePaths } from "../../usecases/api.js";
import type { PolicyInForce } from "../../usecases/ports/ports.js";
import { forBypass } from "../bypass/act.js";
import { shownAgain } from "../forms/shown-again.js";
import type { ReplyContent } from "../interactions/ephemeral-reply.js";
import { messageModal } from "../interactions/modal-client.js";
import { type ModalOrRefusal, openModal } from "../interactions/open-modal.js";
import type { BlockActionHandler, HandlerContext, SlashCommandHandler } from "../interactions/register.js";
import type { Reply } from "../interactions/replies.js";
import { entryOf, messageContextOf } from "../messages/context.js";
import { refusalText } from "../refusals.js";
import { declareMetadata } from "./fields.js";
import { DRILL_TITLE, type Draft, declareView, draftIn, emptyDraft, FORM_TITLE } from "./view.js";

const LATE = "The form could not be opened in time, and nothing was declared. Type `/breakglass` again.";

/** `/breakglass` alone, and `drill`: opens the form with the paths open to this person, or says whom to ask. */
export function openDeclare(context: HandlerContext, drill = false): SlashCommandHandler {
  return (command, reply) => openEmpty(context, command, reply, drill);
}

/** The same, by a button on the App Home. */
export function openDeclareAtHome(context: HandlerContext, drill: boolean): BlockActionHandler {
  return (click, reply) => openEmpty(context, click, reply, drill);
}

async function openEmpty(
  { breakglass, modals }: HandlerContext,
  { user, triggerId }: { readonly user: string; readonly triggerId: string },
  reply: Reply,
  drill: boolean,
): Promise<void> {
  reply.ifLate(LATE);
  const content = breakglass
    .availablePaths({ user })
    .then((availablePaths) => prepare(availablePaths, breakglass.inForce(), (path) => emptyDraft(path, drill)));
  await openModal({ modals, user, triggerId, title: drill ? DRILL_TITLE : FORM_TITLE, content, reply });
}

/** Break Glass Again: the same form, filled in from the old bypass as far as this person may read it. */
export function openAgain(context: HandlerContext): BlockActionHandler {
  const { breakglass, modals } = context;
  return forBypass(async (ref, click, reply) => {
    reply.ifLate(LATE);
    const who = { user: click.user };
    const content = Promise.all([breakglass.availablePaths(who), breakglass.show(who, ref)]).then(
      ([availablePaths, shown]): ModalOrRefusal => {
        const inForce = breakglass.inForce();
        if (!shown.ok) return refusedForm(inForce, { refusal: shown.refusal, n: ref.n });
        const { record, texts } = shown.seen;
        const context = messageContextOf(record, inForce.policy, { texts });
        const typed = texts ? (entryOf(context, "bypass.declared")?.texts ?? {}) : {};
        return prepare(availablePaths, inForce, (first, paths) => ({
          path: paths.includes(record.state.path) ? record.state.path : first,
          gates: record.state.gates,
          target: typed.target_typed ?? "",
          incident: texts ? (record.state.incident ?? "") : "",
          reason: typed.reason ?? "",
          duration: null,
          again: ref,
          drill: record.state.kind === "drill",
        }));
      },
    );
    await openModal({ modals, user: click.user, triggerId: click.triggerId, title: FORM_TITLE, content, reply });
  });
}

function prepare(
  availablePaths: AvailablePaths,
  inForce: PolicyInForce,
  draft: (first: string, paths: readonly string[]) => Draft,
): ModalOrRefusal {
  if (availablePaths.kind === "refused") return refusedForm(inForce, { refusal: availablePaths, n: null });
  if (availablePaths.kind === "nothing") {
    return refusedForm(availablePaths.inForce, {
      refusal: { code: "not_entitled" },
      n: null,
      askRoles: availablePaths.askRoles,
    });
  }
  const [first] = availablePaths.paths;
  const view =
    first === undefined
      ? null
      : declareView(availablePaths.inForce.policy, availablePaths.paths, draft(first, availablePaths.paths));
  return view === null ? refusedForm(inForce, { refusal: { code: "not_entitled" }, n: null }) : { view };
}

/** A refusal that says why no form opens. */
function refusedForm(
  inForce: PolicyInForce,
  attempt: Pick<Parameters<typeof refusalText>[0], "refusal" | "n" | "askRoles">,
): { readonly refused: ReplyContent } {
  return { refused: { text: refusalText({ tried: "declare", record: null, style: "mrkdwn", inForce, ...attempt }) } };
}

/** After another path is chosen: shows its gates, durations and notes, and keeps what was typed. */
export function rerenderForPath({ breakglass, modals }: HandlerContext): BlockActionHandler {
  return async (click, reply) => {
    const { view, value: path } = click;
    const metadata = view === null ? null : declareMetadata.read(view.metadata);
    if (view === null || metadata === null || path === null) {
      return reply.tell({
        text: "That form could not be read, and nothing was done. Type `/breakglass` for a new one.",
      });
    }
    const available = await breakglass.availablePaths({ user: click.user });
    const rerendered = prepare(available, breakglass.inForce(), () => draftIn(view, metadata, path));
    const isGone = available.kind === "paths" && !available.paths.includes(path);
    if ("refused" in rerendered && !isGone) return reply.tell(rerendered.refused);
    const gone = messageModal(
      FORM_TITLE,
      "The policy has changed, and that path is gone. Nothing was declared. Type `/breakglass` again.",
    );
    // On a hash conflict a newer choice is already shown.
    await modals.update(view, isGone || "refused" in rerendered ? gone : shownAgain(rerendered.view));
    reply.done();
  };
}
