import type { CommandOrigin, Origin } from "../../domain/events/origin.js";
import type { Payload } from "../transport/envelope.js";

/**
 * The origin of what a request does. Whatever we show of a bypass stands beside its name, and neither of Slack's encodings
 * changes a name, so the names in the body are those of all bypasses whose texts it may hold.
 */
export function commandOrigin(origin: Origin, payload: Payload): CommandOrigin {
  // An envelope's id holds nothing of what was typed or shown.
  if (origin.via === "socket-envelope") return { origin, shows: [], isTyped: false };
  const named = origin.body.matchAll(/(?:BG|REV)-([1-9]\d{0,8})/g);
  const shows = [...new Set([...named].map(([, digits]) => Number(digits)))];
  return { origin, shows, isTyped: payload.type !== "block_actions" };
}
