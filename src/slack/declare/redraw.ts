import type { HandlerContext } from "../interactions/context.js";
import type { BlockActionHandler } from "../interactions/handlers.js";
import { messageModal } from "../interactions/modal-client.js";
import { blockOf, typedIn } from "./fields.js";
import { readMetadata } from "./metadata.js";
import { declareView, FORM_TITLE } from "./view.js";

/** Another path was chosen: its gates, durations and words are drawn, and what was typed stays. */
export function redrawForPath({ breakglass, modals }: HandlerContext): BlockActionHandler {
  return async (click, reply) => {
    const { view, value: path } = click;
    const metadata = view === null ? null : readMetadata(view.metadata);
    if (view === null || metadata === null || path === null) {
      return reply.tell({
        text: "That form could not be read, and nothing was done. Type `/breakglass` for a new one.",
      });
    }
    const { policy } = breakglass.inForce();
    const offered = (view.offers.get(blockOf(view, "path") ?? "") ?? []).filter((id) => policy.paths[id] !== undefined);
    const drawn = declareView(policy, offered, {
      path,
      gates: typedIn(view, "gates"),
      target: typedIn(view, "target")[0] ?? "",
      incident: typedIn(view, "incident")[0] ?? "",
      reason: typedIn(view, "reason")[0] ?? "",
      duration: typedIn(view, "duration")[0] ?? null,
      again: metadata.again,
      drill: metadata.drill,
    });
    const gone = messageModal(
      FORM_TITLE,
      "The policy has changed, and that path is gone. Nothing was declared. Type `/breakglass` again.",
    );
    // A hash that no longer fits means that a newer choice is being drawn already.
    await modals.update(view, drawn ?? gone);
    reply.done();
  };
}
