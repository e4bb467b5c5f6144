import type postgres from "postgres";
import type { EventDefinition } from "../../domain/events/catalogue/define.js";
import { MigrationRefused } from "./files.js";

/** An event type as the database knows it: in which stream it may appear, and by what kind of actor. */
export type EventTypeRow = Pick<EventDefinition, "type" | "stream" | "actor">;

/** Reads the event types that the database knows; none before the first migration. */
export async function storedEventTypes(sql: postgres.ISql): Promise<EventTypeRow[]> {
  const [table] = await sql<{ exists: boolean }[]>`
    SELECT to_regclass('breakglass.event_types') IS NOT NULL AS exists`;
  if (table?.exists !== true) return [];
  return sql<EventTypeRow[]>`SELECT type, stream, actor FROM breakglass.event_types`;
}

/**
 * Returns the event types to add or change. A catalogue only grows, so a type that this release does not know was
 * written by a newer one. Which of two descriptions of one type is newer, only the edition of the functions tells.
 * @param isNewer whether the edition of this release is higher than the database's
 * @throws MigrationRefused `database_newer` or `edited`
 */
export function planEventTypes(
  ours: readonly EventTypeRow[],
  stored: readonly EventTypeRow[],
  isNewer: boolean,
): readonly EventTypeRow[] {
  const known = new Set(ours.map(({ type }) => type));
  const ahead = stored.map(({ type }) => type).filter((type) => !known.has(type));
  if (ahead.length > 0) {
    throw new MigrationRefused(
      "database_newer",
      `The database has event types that this version of Breakglass does not know (${ahead.sort().join(", ")}), so a newer version has used it; start that version.`,
    );
  }
  const byType = new Map(stored.map((row) => [row.type, row]));
  const changed = ours.filter(({ type, stream, actor }) => {
    const row = byType.get(type);
    return row !== undefined && (row.stream !== stream || row.actor !== actor);
  });
  if (changed.length > 0 && !isNewer) {
    throw new MigrationRefused(
      "edited",
      `The database describes event types otherwise than this version of Breakglass (${changed.map(({ type }) => type).join(", ")}), and both have the same edition, so nothing tells which is newer; start the version that used the database last, or raise the number in drizzle/functions/edition.json.`,
    );
  }
  return [...ours.filter(({ type }) => !byType.has(type)), ...changed];
}

/** Adds or changes these event types. `tx` is a transaction of the schema's owner. */
export async function writeEventTypes(tx: postgres.ISql, eventTypes: readonly EventTypeRow[]): Promise<void> {
  for (const { type, stream, actor } of eventTypes) {
    await tx`
      INSERT INTO breakglass.event_types (type, stream, actor) VALUES (${type}, ${stream}, ${actor})
      ON CONFLICT (type) DO UPDATE SET stream = excluded.stream, actor = excluded.actor`;
  }
}
