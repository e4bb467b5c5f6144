import { parseButtonValue } from "../actions.js";
import type { Reply } from "../interactions/ephemeral-reply.js";
import type { PressHandler } from "../interactions/handlers.js";
import type { Press } from "../interactions/payloads.js";

/** Reads which bypass a button belongs to; one whose value is not ours does nothing and says so. */
export function opensBypass(handle: (n: number, press: Press, reply: Reply) => Promise<void>): PressHandler {
  return async (press, reply) => {
    const carried = press.value === null ? null : parseButtonValue(press.value);
    if (carried === null) {
      return reply.tell({
        text: "That button could not be read, so nothing was done. `/breakglass status` shows what is open, with buttons that work.",
      });
    }
    await handle(carried.n, press, reply);
  };
}
