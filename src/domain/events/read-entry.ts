import { openBody } from "./body.js";
import { isBypassFact } from "./catalogue/catalogue.js";
import type { Entry } from "./entries.js";

/** An entry of a bypass from its body. Throws for a body that cannot be read: the trail was altered, or is newer. */
export function readEntry(body: string): Entry {
  const { fact, actor, at, version } = openBody(body);
  if (version === null || !isBypassFact(fact))
    throw new Error(`The trail has ${fact.type} among the entries of a bypass.`);
  return { fact, actor, at, version };
}
