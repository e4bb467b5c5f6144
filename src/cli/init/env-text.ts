/** What goes into the `.env` that `init` writes. */
export interface EnvAnswers {
  readonly botToken: string;
  /** `null` if it was not given: the line stays empty. */
  readonly signingSecret: string | null;
  readonly appToken: string | null;
  /** Written only if it was set: a proxy or a test double. */
  readonly apiUrl: string | null;
  /** Path of the policy, as the bot is to find it. */
  readonly policyFile: string;
}

/** A value for a file that both a shell and `docker compose` read. */
function shellValue(text: string): string {
  return /^[\w.:/@%+=,-]*$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Writes the `.env`: what was answered, and the variables that are worth knowing in the first hour. */
export function envText({ botToken, signingSecret, appToken, apiUrl, policyFile }: EnvAnswers): string {
  const given = (name: string, value: string | null): string => `${name}=${shellValue(value ?? "")}`;
  return `# Written by "breakglass init". It holds secrets: keep it out of version control. .env.example lists every variable.
${given("SLACK_BOT_TOKEN", botToken)}
# One of the two: the signing secret (Slack reaches the bot over HTTP), or the app-level token (Socket Mode).
${given("SLACK_SIGNING_SECRET", signingSecret)}
${given("SLACK_APP_TOKEN", appToken)}
${apiUrl === null ? "" : `${given("SLACK_API_URL", apiUrl)}\n`}${given("BREAKGLASS_POLICY", policyFile)}

# Without these, an embedded PostgreSQL keeps the trail in .breakglass, on this machine.
# DATABASE_URL=postgres://breakglass_app:PASSWORD@HOST:5432/breakglass
# Make its tables with "npx breakglass migrate", with DATABASE_ADMIN_URL in that command's environment only.
# REDIS_URL=redis://HOST:6379
`;
}
