import { parseButtonValue } from "../actions.js";
import type { Reply } from "../interactions/ephemeral-reply.js";
import type { BlockActionHandler } from "../interactions/handlers.js";
import type { BlockAction } from "../interactions/payloads.js";

/** Reads which bypass a button belongs to; one whose value is not ours does nothing and says so. */
export function forBypass(handle: (n: number, click: BlockAction, reply: Reply) => Promise<void>): BlockActionHandler {
  return async (click, reply) => {
    const carried = click.value === null ? null : parseButtonValue(click.value);
    if (carried === null) {
      return reply.tell({
        text: "That button could not be read, so nothing was done. `/breakglass status` shows what is open, with buttons that work.",
      });
    }
    await handle(carried.n, click, reply);
  };
}
