import { actImmediately } from "../bypass/act.js";
import type { HandlerContext } from "../interactions/context.js";
import type { BlockActionHandler } from "../interactions/handlers.js";

/** Approve: the second person's ack. */
export const approves = (context: HandlerContext): BlockActionHandler => actImmediately(context, { type: "approve" });
