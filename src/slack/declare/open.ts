import type { Offer } from "../../usecases/api.js";
import type { PolicyInForce } from "../../usecases/ports.js";
import { opensBypass } from "../bypass/button.js";
import type { Tools } from "../interactions/context.js";
import type { Reply, Told } from "../interactions/ephemeral-reply.js";
import type { PressHandler, SlashHandler } from "../interactions/handlers.js";
import { openPrepared, type Prepared } from "../interactions/open-modal.js";
import { entryOf, sceneOf } from "../messages/context.js";
import { refusalText } from "../refusals.js";
import { DRILL_TITLE, type Draft, declareView, emptyDraft, FORM_TITLE } from "./view.js";

const LATE = "The form could not be opened in time, and nothing was declared. Type `/breakglass` again.";

/** `/breakglass` alone, and `drill`: the modal with what is open to this person, or whom to ask. */
export function openDeclare(tools: Tools, drill = false): SlashHandler {
  return (slash, reply) => openEmpty(tools, slash, reply, drill);
}

/** The same by a button of the App Home. */
export function openDeclareAtHome(tools: Tools, drill: boolean): PressHandler {
  return (press, reply) => openEmpty(tools, press, reply, drill);
}

async function openEmpty(
  { breakglass, screen }: Tools,
  { user, triggerId }: { readonly user: string; readonly triggerId: string },
  reply: Reply,
  drill: boolean,
): Promise<void> {
  reply.ifLate(LATE);
  const prepared = breakglass
    .offer({ user })
    .then((offer) => prepare(offer, breakglass.inForce(), (path) => emptyDraft(path, drill)));
  await openPrepared({ screen, triggerId, title: drill ? DRILL_TITLE : FORM_TITLE, prepared, reply });
}

/** Break Glass Again: the same modal, holding what the old bypass was declared with, as far as this person may read it. */
export function openAgain(tools: Tools): PressHandler {
  const { breakglass, screen } = tools;
  return opensBypass(async (n, press, reply) => {
    reply.ifLate(LATE);
    const who = { user: press.user };
    const prepared = Promise.all([breakglass.offer(who), breakglass.show(who, n)]).then(([offer, shown]): Prepared => {
      const inForce = breakglass.inForce();
      if (!shown.ok) return notOffered(inForce, { refusal: shown.refusal, n });
      const { record, texts } = shown.seen;
      const scene = sceneOf(record, inForce.policy, { texts });
      const typed = texts ? (entryOf(scene, "bypass.declared")?.texts ?? {}) : {};
      return prepare(offer, inForce, (first, paths) => ({
        path: paths.includes(record.state.path) ? record.state.path : first,
        gates: record.state.gates,
        target: typed.target_typed ?? "",
        incident: texts ? (record.state.incident ?? "") : "",
        reason: typed.reason ?? "",
        duration: null,
        again: n,
        drill: record.state.kind === "drill",
      }));
    });
    await openPrepared({ screen, triggerId: press.triggerId, title: FORM_TITLE, prepared, reply });
  });
}

function prepare(
  offer: Offer,
  inForce: PolicyInForce,
  draft: (first: string, paths: readonly string[]) => Draft,
): Prepared {
  if (offer.kind === "refused") return notOffered(inForce, { refusal: { code: offer.code }, n: null });
  if (offer.kind === "nothing") {
    return notOffered(offer.inForce, { refusal: { code: "not_entitled" }, n: null, askRoles: offer.askRoles });
  }
  const [first] = offer.paths;
  const view = first === undefined ? null : declareView(offer.inForce.policy, offer.paths, draft(first, offer.paths));
  return view === null ? notOffered(inForce, { refusal: { code: "not_entitled" }, n: null }) : { view };
}

/** Why no form is opened. */
function notOffered(
  inForce: PolicyInForce,
  attempt: Pick<Parameters<typeof refusalText>[0], "refusal" | "n" | "askRoles">,
): { readonly refused: Told } {
  return { refused: { text: refusalText({ tried: "declare", record: null, style: "mrkdwn", inForce, ...attempt }) } };
}
