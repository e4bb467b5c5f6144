import type postgres from "postgres";

/**
 * Arrays of PostgreSQL's own types. The driver can ask each new connection for them (`fetch_types`), but a connection that breaks just
 * then ends in a rejection that nobody can catch, which would end the bot (seen under kills). The numbers are
 * fixed in PostgreSQL's catalogue, so nothing has to be asked.
 */
const ARRAYS = [
  { element: "bool", oid: 1000, parse: (text: string) => text === "t" },
  { element: "int2", oid: 1005, parse: Number },
  { element: "int4", oid: 1007, parse: Number },
  { element: "int8", oid: 1016, parse: String },
  { element: "text", oid: 1009, parse: String },
  { element: "varchar", oid: 1015, parse: String },
  { element: "uuid", oid: 2951, parse: String },
  { element: "timestamptz", oid: 1185, parse: (text: string) => new Date(text) },
  { element: "jsonb", oid: 3807, parse: (text: string): unknown => JSON.parse(text) },
] as const;

type Item = string | number | bigint | boolean | Date | null;

function item(value: Item): string {
  if (value === null) return "NULL";
  const text = value instanceof Date ? value.toISOString() : String(value);
  return `"${text.replace(/[\\"]/g, "\\$&")}"`;
}

/** A flat list in PostgreSQL's array notation; text that is in that notation already stays as it is. */
function arrayText(values: readonly Item[] | string): string {
  return typeof values === "string" ? values : `{${values.map(item).join(",")}}`;
}

/** The items of a flat array in PostgreSQL's notation, still as text. */
function arrayItems(text: string): (string | null)[] {
  if (text.startsWith("[") || text.startsWith("{{")) throw new RangeError("Only flat arrays that begin at 1 are read.");
  const items = text.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/gs);
  return [...items].map(([, quoted, bare]) => {
    if (quoted !== undefined) return quoted.replace(/\\(.)/gs, "$1");
    return bare === undefined || bare === "NULL" ? null : bare;
  });
}

/** For the driver's option `types`. */
export const ARRAY_TYPES: Record<string, postgres.PostgresType> = Object.fromEntries(
  ARRAYS.map(({ element, oid, parse }) => [
    `${element}_array`,
    {
      to: oid,
      from: [oid],
      serialize: arrayText,
      parse: (text: string) => arrayItems(text).map((part) => (part === null ? null : parse(part))),
    },
  ]),
);
