import { join } from "node:path";
import type { EventDefinition } from "../../domain/events/catalogue/define.js";
import { PACKAGE_ROOT } from "../../lib/package-root.js";
import { type Database, DatabaseUnavailable } from "../connection/database.js";
import { readFunctions } from "../migrations/functions.js";
import { type Guarded, readRights, runTimeRight } from "../migrations/rights.js";
import { differencesOf, type FunctionSource, presentSources, readFunctionSource } from "./function-source.js";
import { presentStructure, releasedStructure, structureFaults } from "./structure.js";
import { readSurroundings, surroundingsFaults } from "./surroundings.js";

type EventType = Pick<EventDefinition, "type" | "stream" | "actor">;

/** How the database differs from what this release makes. */
export interface Inspection {
  /** Each difference as a sentence. */
  readonly altered: readonly string[];
  /** How far the demo or a test has moved the clock, in milliseconds; `null` for the real clock. */
  readonly movedClockMs: number | null;
}

/** Said of a database where nothing was ever set up, and of one that lost everything. */
export const SCHEMA_MISSING = "The schema breakglass is missing.";

const CLOCK = "now";
/** The body that the demo and the tests give the clock. */
const MOVED = /^\s*BEGIN\s+RETURN pg_catalog\.clock_timestamp\(\) \+ interval '(-?\d+) milliseconds';\s+END\s*$/;

/**
 * Compares functions, tables with all that belongs to them, rights, owners and event types of the database with this
 * release: what only the owner of the schema, or a superuser, can change. Needs no right but to log in. Whoever can change them can change what
 * is recorded, too; whether they have, the trail alone cannot show.
 */
export async function inspectDatabase(
  database: Database,
  eventTypes: readonly EventType[],
  deadlineMs = 10_000,
): Promise<Inspection> {
  const { files, edition } = await readFunctions(join(PACKAGE_ROOT, "drizzle"));
  const ask = { label: "inspect the database", deadlineMs };
  const [surroundings] = await database.query(readSurroundings, ask);
  const rights = await database.query(async (sql) => readRights(sql), ask);
  if (surroundings === undefined || rights.length === 0) return { altered: [SCHEMA_MISSING], movedClockMs: null };
  const newest = await editionOf(database, rights, deadlineMs);
  if (newest !== null && newest !== edition) {
    const what = `its functions are of edition ${newest}, those of this release of ${edition}`;
    return {
      altered: [`Another release made the database, and only that one can compare it: ${what}.`],
      movedClockMs: null,
    };
  }
  const present = await database.query(presentSources, ask);
  const clock = present.filter(({ name }) => name === CLOCK);
  const moved = clock.length === 1 ? MOVED.exec(clock[0]?.body ?? "")?.[1] : undefined;
  const released = files.map(({ text }) => readFunctionSource(text));
  const functions = differencesOf(released, moved === undefined ? present : withRealClock(present, released));
  const altered = [
    ...functions.map(({ name, what }) => `The function ${name} ${what}.`),
    ...structureFaults(await releasedStructure(), await database.query(presentStructure, ask)),
    ...surroundingsFaults(surroundings),
    ...rightFaults(rights),
  ];
  const types = await database
    .query<EventType>((sql) => sql`SELECT type, stream, actor FROM breakglass.event_types`, ask)
    .catch((fault: unknown) => {
      // The only table that is read, and so the only one that can keep the rest from being told.
      if (altered.length > 0 && !(fault instanceof DatabaseUnavailable)) return null;
      throw fault;
    });
  return {
    altered: [...altered, ...(types === null ? [] : typeFaults(eventTypes, types))],
    movedClockMs: moved === undefined ? null : Number(moved),
  };
}

/** A moved clock differs in its body; whatever else is wrong with it still counts. */
function withRealClock(present: readonly FunctionSource[], released: readonly FunctionSource[]): FunctionSource[] {
  const real = released.find(({ name }) => name === CLOCK);
  return present.map((one) =>
    one.name === CLOCK && real !== undefined ? { ...one, body: real.body, comment: real.comment } : one,
  );
}

/** The edition on record; `null` if the table is missing, or may not be read by this role. */
async function editionOf(database: Database, rights: readonly Guarded[], deadlineMs: number): Promise<number | null> {
  if (!rights.some(({ name }) => name === "breakglass_migrations.functions")) return null;
  const rows = await database
    .query<{ edition: number | null }>(
      (sql) => sql`SELECT max(edition) AS edition FROM breakglass_migrations.functions`,
      { label: "edition of the functions", deadlineMs },
    )
    .catch(() => []);
  return rows[0]?.edition ?? null;
}

/** Nobody but the owner may have a right that the run-time role does not need. Who that role is, the database does not say. */
function rightFaults(rights: readonly Guarded[]): readonly string[] {
  const owner = rights.find(({ kind, name }) => kind === "SCHEMA" && name === "breakglass")?.owner;
  return rights.flatMap((object) => {
    const { kind, name } = object;
    const due = runTimeRight(object);
    const what = kind.toLowerCase();
    const surplus = object.rights.filter(
      ({ grantee, privilege, grantable }) => grantee === null || privilege !== due || grantable,
    );
    return [
      ...surplus.map(
        ({ grantee, privilege, grantable }) =>
          `${grantee ?? "Everybody (PUBLIC)"} has ${privilege} on the ${what} ${name}${grantable ? ", and may give it to others" : ""}.`,
      ),
      ...(object.owner === owner
        ? []
        : [`The ${what} ${name} belongs to ${object.owner}, not to the owner of the schema.`]),
    ];
  });
}

function typeFaults(ours: readonly EventType[], stored: readonly EventType[]): readonly string[] {
  const line = ({ type, stream, actor }: EventType) => `${type} ${stream} ${actor}`;
  const known = new Set(ours.map(line));
  const there = new Set(stored.map(line));
  const missing = ours.filter((one) => !there.has(line(one))).map(({ type }) => type);
  const foreign = stored.filter((one) => !known.has(line(one))).map(({ type }) => type);
  const wrong = [...new Set([...missing, ...foreign])];
  return wrong.length === 0 ? [] : [`The table of event types is not that of this release: ${wrong.join(", ")}.`];
}
