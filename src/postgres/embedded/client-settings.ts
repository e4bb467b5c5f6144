/**
 * Removes libpq's variables (PGSSLMODE, PGOPTIONS and so on) from an environment, because the client libraries read
 * them too. They are meant for another server: the embedded one has no TLS and gets its settings from the bot.
 */
export function forgetClientSettings(env: Record<string, string | undefined>): void {
  for (const name of Object.keys(env)) if (name.startsWith("PG")) delete env[name];
}
