import { fileURLToPath } from "node:url";

/** The folder of the product's migrations. */
export const REAL_MIGRATIONS = fileURLToPath(new URL("../../drizzle", import.meta.url));

/** The same server and role with another database. */
export function withDatabase(url: string, database: string): string {
  return Object.assign(new URL(url), { pathname: `/${database}` }).href;
}
