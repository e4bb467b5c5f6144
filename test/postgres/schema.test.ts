import { is } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as schema from "../../src/postgres/schema.js";
import { createTestDatabase, type TestDatabase } from "../support/postgres.js";

let testDatabase: TestDatabase;
let admin: postgres.Sql;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  admin = postgres(testDatabase.adminUrl, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  await admin.end();
  await testDatabase.drop();
});

const tables = Object.values(schema)
  .filter((value) => is(value, PgTable))
  .map((table) => getTableConfig(table));

test("the Drizzle schema has the same tables and columns as the database", async () => {
  const stored = await admin<{ place: string }[]>`
    SELECT format('%s.%s %s%s', c.table_name, c.column_name,
      format_type(a.atttypid, a.atttypmod), CASE c.is_nullable WHEN 'NO' THEN ' not null' ELSE '' END) AS place
    FROM information_schema.columns c
    JOIN pg_attribute a ON a.attrelid = format('breakglass.%I', c.table_name)::regclass AND a.attname = c.column_name
    WHERE c.table_schema = 'breakglass' ORDER BY 1`;
  const declared = tables.flatMap(({ name, columns }) =>
    columns.map((column) => {
      const type = column.getSQLType();
      return `${name}.${column.name} ${type}${column.notNull ? " not null" : ""}`;
    }),
  );
  expect(declared.sort()).toEqual(stored.map(({ place }) => place).sort());
});

test("the Drizzle schema has the same primary keys as the database", async () => {
  const stored = await admin<{ key: string }[]>`
    SELECT format('%s: %s', c.relname, string_agg(a.attname, ', ' ORDER BY a.attnum)) AS key
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
    WHERE i.indisprimary AND c.relnamespace = 'breakglass'::regnamespace GROUP BY c.relname ORDER BY 1`;
  const declared = tables.map(({ name, columns, primaryKeys }) => {
    const single = columns.filter(({ primary }) => primary);
    const key = single.length > 0 ? single : (primaryKeys[0]?.columns ?? []);
    return `${name}: ${key.map((column) => column.name).join(", ")}`;
  });
  expect(declared.sort()).toEqual(stored.map(({ key }) => key).sort());
});
