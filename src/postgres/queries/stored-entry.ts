import { eq, sql } from "drizzle-orm";
import { QueryBuilder } from "drizzle-orm/pg-core";
import { LONGEST, type StoredText } from "../../domain/verify/stored.js";
import { listOf } from "../connection/query-runner.js";
import { originShows, trail, trailText } from "../schema.js";
import { beginning, firstBytes, NAME_LENGTH, present } from "./verify-bounds.js";

/** The most texts of one entry that are read: far more than any event has. */
const MOST_TEXTS = 50;
/** The most bypasses of one origin that are read: more names than a request has room for. */
const MOST_SHOWN = 65_536;

const query = new QueryBuilder();

const ownLengths = Object.entries(LONGEST.textOf).map(
  ([field, longest]) => sql`WHEN ${sql.raw(`'${field}'`)} THEN ${beginning(trailText.text, longest)}`,
);
const beginningOfText = sql`CASE ${trailText.field} ${sql.join(ownLengths, sql` `)} ELSE ${beginning(trailText.text, LONGEST.text)} END`;

/** The columns of a `StoredEntry`, read from `trail` with bounds: of a body or text that is too long only the beginning. */
export const storedEntryColumns = {
  seq: trail.seq,
  stream: present(beginning(trail.stream, NAME_LENGTH)),
  version: trail.version,
  body: present(beginning(trail.body, LONGEST.body)),
  prev: present(firstBytes(trail.prev)),
  leaf: present(firstBytes(trail.leaf)),
  hash: present(firstBytes(trail.hash)),
  texts: listOf<StoredText>(
    query
      .select({
        text: sql`json_build_object('field', ${present(beginning(trailText.field, NAME_LENGTH))}, 'nonce', encode(${firstBytes(trailText.nonce)}, 'hex'),
              'text', ${beginningOfText})`,
      })
      .from(trailText)
      .where(eq(trailText.seq, trail.seq))
      .limit(MOST_TEXTS),
  ),
  originShows: listOf<number>(
    query.select({ n: originShows.n }).from(originShows).where(eq(originShows.seq, trail.seq)).limit(MOST_SHOWN),
  ),
};
