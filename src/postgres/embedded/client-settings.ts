/**
 * Takes out of an environment what psql and its like are told by it (PGSSLMODE, PGOPTIONS), and what the client libraries
 * read there unasked. It is meant for some other server: the embedded one knows no TLS, and has its settings from us.
 */
export function forgetClientSettings(env: Record<string, string | undefined>): void {
  for (const name of Object.keys(env)) if (name.startsWith("PG")) delete env[name];
}
