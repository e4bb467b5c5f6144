/** A stored row of a projection, by column. */
export type StoredRow = Readonly<Record<string, unknown>>;

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
