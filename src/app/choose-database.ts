import { Secret } from "../lib/secret.js";

/** Where the trail is stored: a server that the operator runs, or the embedded one on this machine. */
export type DatabaseConfig =
  | { readonly kind: "server"; readonly url: Secret; readonly adminUrl: Secret | null; readonly jobsUrl: Secret | null }
  | { readonly kind: "embedded" };

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
