import { openBody } from "./body.js";
import { isBypassEvent } from "./catalogue/catalogue.js";
import type { Entry } from "./entries.js";

/**
 * Parses the body of a bypass's entry.
 * @throws when the body cannot be read: the trail was altered, or a newer version wrote it
 */
export function readEntry(body: string): Entry {
  const { event, actor, at, version } = openBody(body);
  if (version === null || !isBypassEvent(event))
    throw new Error(`The trail has ${event.type} among the entries of a bypass.`);
  return { event, actor, at, version };
}
