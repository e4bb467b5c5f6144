import { type SQL, type SQLWrapper, sql } from "drizzle-orm";

/*
 * How a verification reads values: of one that is longer than the bot writes only as much as shows that it is. Whoever can
 * write to the tables can make a single value of a gigabyte.
 */

/** Writes a number into the statement. */
export const constant = (value: number): SQL => sql.raw(String(value));

/** The greatest number that JavaScript counts to. A row with a greater one is on no page, or no page would be the last. */
export const GREATEST = constant(Number.MAX_SAFE_INTEGER);

/** Longer than any name or hash that is compared. */
export const NAME_LENGTH = 200;
/** The longest JSON value that is read. */
const JSON_LENGTH = 262_144;

/** The beginning of a value, with one character more than it may have. */
export const beginning = (of: SQLWrapper, longest: number): SQL<string> =>
  sql<string>`pg_catalog.left(${of}, ${constant(longest + 1)})`;
/** The beginning of a hash or nonce. */
export const firstBytes = (of: SQLWrapper): SQL<Uint8Array> =>
  sql<Uint8Array>`pg_catalog.substr(${of}, 1, ${constant(NAME_LENGTH)})`;

/** A value that no release leaves out: NULL, after its constraint was dropped, reads as empty, which is then a finding. */
export const present = <T>(of: SQL<T>): SQL<T> => sql<T>`coalesce(${of}, '')`;

/** A jsonb value, with more joined to it; a longer one reads as empty, so that whatever it should hold is a finding. */
export const shortJson = <T>(of: SQLWrapper, more?: SQLWrapper): SQL<T> =>
  sql<T>`(CASE WHEN octet_length((${of})::text) > ${constant(JSON_LENGTH)} THEN '{}' ELSE ${more === undefined ? of : sql`${of} || ${more}`} END)`;
