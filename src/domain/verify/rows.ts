/** A stored row of a projection, by column. */
export type StoredRow = Readonly<Record<string, unknown>>;

/** The sentences about the differences of one table. */
export interface RowSentences {
  readonly missing: (key: unknown) => string;
  readonly surplus: (key: unknown) => string;
  readonly wrong: (key: unknown, column: string) => string;
}

/**
 * Compares the rows of a table, matched by the column `key`. A row whose entries cannot be folded is expected as
 * `null` and not compared.
 */
export function compareRows(
  expected: readonly (readonly [string | number, object | null])[],
  stored: readonly StoredRow[],
  key: string,
  say: RowSentences,
): readonly string[] {
  const left = new Map(stored.map((row) => [row[key], row]));
  const differences = expected.flatMap(([value, row]): readonly string[] => {
    const found = left.get(value);
    left.delete(value);
    if (row === null) return [];
    if (found === undefined) return [say.missing(value)];
    return wrongColumns(row, found).map((column) => say.wrong(value, column));
  });
  return [...differences, ...[...left.keys()].map(say.surplus)];
}

/**
 * The columns in which a stored row differs from the expected one. Property `dueAt` is compared with column `due_at`.
 */
export function wrongColumns(expected: object, stored: StoredRow): readonly string[] {
  return Object.entries(expected)
    .map(([name, value]) => ({ column: snakeCase(name), value }))
    .filter(({ column, value }) => !same(value, stored[column]))
    .map(({ column }) => column);
}

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Compares times as instants: the database writes them with other fraction digits and its own time zone. */
function same(expected: unknown, stored: unknown): boolean {
  if (Array.isArray(expected)) return JSON.stringify(expected) === JSON.stringify(stored);
  if (typeof expected === "string" && typeof stored === "string" && /^\d{4}-\d\d-\d\dT/.test(expected)) {
    return Date.parse(expected) === Date.parse(stored);
  }
  return expected === stored;
}
