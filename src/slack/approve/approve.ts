import { actsAtOnce } from "../bypass/act.js";
import type { Tools } from "../interactions/context.js";
import type { PressHandler } from "../interactions/handlers.js";

/** Approve: the second person's ack. */
export const approves = (tools: Tools): PressHandler => actsAtOnce(tools, { type: "approve" });
