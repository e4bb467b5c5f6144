import { actsAtOnce } from "../bypass/act.js";
import type { PressHandler } from "../receiver/handlers.js";
import type { Tools } from "../receiver/tools.js";

/** Approve: the second person's ack. */
export const approves = (tools: Tools): PressHandler => actsAtOnce(tools, { type: "approve" });
