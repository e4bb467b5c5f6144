/**
 * Removes libpq's variables (PGSSLMODE, PGOPTIONS and so on) from an environment, because the client libraries read
 * them too, each by its own rules. Addresses say everything, and the embedded server gets its settings from the bot.
 */
export function forgetClientSettings(env: Record<string, string | undefined>): void {
  for (const name of Object.keys(env)) if (name.startsWith("PG")) delete env[name];
}
