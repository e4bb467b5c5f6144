import { z } from "zod";
import { FaultyConfiguration } from "../lib/errors.js";
import { readPostgresAddress } from "../lib/postgres-address/address.js";
import { Secret } from "../lib/secret.js";

const postgresUrl = z.string().superRefine((text, context) => {
  const reading = readPostgresAddress(text);
  if (!("faults" in reading)) return;
  for (const message of reading.faults) context.addIssue({ code: "custom", message });
});

/** The variables that name the database. */
export const DATABASE_VARIABLES = {
  DATABASE_URL: postgresUrl.optional(),
  DATABASE_ADMIN_URL: postgresUrl.optional(),
  DATABASE_JOBS_URL: postgresUrl.optional(),
};

type Environment = Readonly<Record<string, string | undefined>>;

/** The variables that are set. Empty ones count as not set, as in a `.env` file with blanks. */
export function givenIn(env: Environment): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value?.trim() ? [[name, value] as const] : [])),
  );
}

/** The operator's server, by the roles that log in. */
export interface ServerConfig {
  readonly kind: "server";
  readonly url: Secret;
  readonly adminUrl: Secret | null;
  readonly jobsUrl: Secret | null;
}

/** Where the trail is stored: a server that the operator runs, or the embedded one on this machine. */
export type DatabaseConfig = ServerConfig | { readonly kind: "embedded" };

/** The server that the addresses name. Without an address, the embedded PostgreSQL. */
export function chooseDatabase(addresses: {
  readonly DATABASE_URL?: string | undefined;
  readonly DATABASE_ADMIN_URL?: string | undefined;
  readonly DATABASE_JOBS_URL?: string | undefined;
}): DatabaseConfig {
  const { DATABASE_URL: url, DATABASE_ADMIN_URL: adminUrl, DATABASE_JOBS_URL: jobsUrl } = addresses;
  if (!url) return { kind: "embedded" };
  return {
    kind: "server",
    url: new Secret(url),
    adminUrl: adminUrl ? new Secret(adminUrl) : null,
    jobsUrl: jobsUrl ? new Secret(jobsUrl) : null,
  };
}

/** What `breakglass migrate` needs to know. */
export interface MigrationConfig {
  readonly server: ServerConfig;
  /** True if BullMQ runs on PostgreSQL. */
  readonly jobsHere: boolean;
}

/**
 * Reads what `breakglass migrate` needs, and nothing of Slack: the step that holds the administrator's address needs no
 * other secret.
 * @throws FaultyConfiguration with all faults at once
 */
export function readMigrationConfig(env: Environment): MigrationConfig {
  const given = givenIn(env);
  const parsed = z.object(DATABASE_VARIABLES).safeParse(given);
  if (!parsed.success)
    throw new FaultyConfiguration(
      "Nothing was migrated.",
      parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`),
    );
  const server = chooseDatabase(parsed.data);
  if (server.kind === "embedded") {
    throw new FaultyConfiguration("Nothing was migrated.", [
      "DATABASE_URL is not set. The embedded PostgreSQL needs no such step: the bot migrates it at each start.",
    ]);
  }
  return { server, jobsHere: given.REDIS_URL === undefined };
}
