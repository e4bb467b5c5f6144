import { drizzle, type PgRemoteDatabase } from "drizzle-orm/pg-proxy";
import type { Database, QueryOptions } from "./client.js";

/** Drizzle's query builder, for reads. It has no transactions. */
export type Reads = PgRemoteDatabase<Record<string, never>>;

/** The driver remembers each template for ever, so the same text must come as the same template. */
const templates = new Map<string, { template: TemplateStringsArray; order: readonly number[] }>();

/** Drizzle's text with `$1`, `$2`… as the template it would have been. */
function templateOf(text: string): { template: TemplateStringsArray; order: readonly number[] } {
  const known = templates.get(text);
  if (known) return known;
  const parts = text.split(/\$(\d+)/);
  const strings = parts.filter((_, at) => at % 2 === 0);
  const order = parts.filter((_, at) => at % 2 === 1).map((number) => Number(number) - 1);
  const made = { template: Object.assign(strings, { raw: [...strings] }), order };
  templates.set(text, made);
  return made;
}

/**
 * Drizzle over `database`; its statements are asked as `options` say. It goes through the same tagged templates as everything else: Drizzle's own driver calls
 * `unsafe`, which hangs under killed connections. Not for writes: a jsonb parameter would arrive as a JSON string.
 * A list of changing length belongs into `= ANY(…)`, else each length is a statement of its own.
 */
export function readsFor(database: Database, options: QueryOptions): Reads {
  const ask = async (text: string, params: unknown[], method: "all" | "execute") => {
    const { template, order } = templateOf(text);
    const values = order.map((at) => parameter(params[at]));
    const rows = await database.query<object>((sql) => {
      const pending = sql(template, ...values);
      return method === "all" ? pending.values() : pending;
    }, options);
    return { rows };
  };
  return drizzle(ask);
}

type Scalar = string | number | boolean | Date | null;

function parameter(value: unknown): Scalar {
  if (value === null || value instanceof Date) return value;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "bigint") return value.toString();
  throw new TypeError("A read through Drizzle takes texts, numbers, flags, times and null as parameters.");
}
