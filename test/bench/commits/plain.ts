import postgres from "postgres";
import type { Database } from "../../../src/postgres/connection/database.js";
import type { CommitItem } from "../../../src/usecases/ports/ports.js";

/** Creates a table with only a primary key for the same bytes: one row per commit. */
export async function makePlainTable(adminUrl: string, appRole: string): Promise<void> {
  const sql = postgres(adminUrl, { max: 1, fetch_types: false, onnotice: () => {} });
  try {
    await sql.unsafe(`
      CREATE SCHEMA plain;
      CREATE TABLE plain.rows (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, command text NOT NULL, stream text NOT NULL,
        version integer NOT NULL, bodies text NOT NULL, texts text NOT NULL, effects text NOT NULL);
      GRANT USAGE ON SCHEMA plain TO ${appRole};
      GRANT INSERT, SELECT ON plain.rows TO ${appRole}`);
  } finally {
    await sql.end();
  }
}

/** A row of the plain table. */
export interface PlainRow {
  readonly command: string;
  readonly stream: string;
  readonly version: number;
  readonly bodies: string;
  readonly texts: string;
  readonly effects: string;
}

/** Converts a commit to a plain row, outside the measured time. */
export function plainRow(item: CommitItem): PlainRow {
  return {
    command: item.commandId,
    stream: item.stream.kind === "bypass" ? `BG-${item.stream.n}` : "system",
    version: item.expectedVersion,
    bodies: item.entries.map(({ body }) => body).join("\n"),
    texts: JSON.stringify(item.entries.map(({ texts }) => texts)),
    effects: JSON.stringify(item.effects),
  };
}

export async function insertPlain(db: Database, row: PlainRow): Promise<void> {
  await db.query(
    (sql) => sql`
      INSERT INTO plain.rows (command, stream, version, bodies, texts, effects)
      VALUES (${row.command}, ${row.stream}, ${row.version}::integer, ${row.bodies}, ${row.texts}, ${row.effects})
      RETURNING seq`,
    { label: "plain insert", deadlineMs: 10_000 },
  );
}
