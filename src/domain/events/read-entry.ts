import { openBody } from "./body.js";
import { isBypassEvent } from "./catalogue/catalogue.js";
import type { Entry } from "./entries.js";

/** An entry of a bypass from its body. Throws for a body that cannot be read: the trail was altered, or is newer. */
export function readEntry(body: string): Entry {
  const { event, actor, at, version } = openBody(body);
  if (version === null || !isBypassEvent(event))
    throw new Error(`The trail has ${event.type} among the entries of a bypass.`);
  return { event, actor, at, version };
}
