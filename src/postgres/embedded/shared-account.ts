import { stat } from "node:fs/promises";
import { lookUp, ownAccount } from "./account.js";
import { EmbeddedPostgresError } from "./errors.js";
import { SECRETS_FILE } from "./secrets.js";

/** The accounts that packages of PostgreSQL create: Debian, Red Hat, Alpine, SUSE, Homebrew, macOS, FreeBSD, EDB. */
const SYSTEM_ACCOUNTS: readonly string[] = ["postgres", "_postgres", "pgsql", "enterprisedb"];

async function systemAccountOf(uid: number): Promise<string | undefined> {
  for (const name of SYSTEM_ACCOUNTS) if ((await lookUp(name))?.uid === uid) return name;
  return undefined;
}

/** Existing data that belong to the account of a PostgreSQL of the system. */
export interface SharedData {
  readonly data: string;
  readonly owner: string;
}

/**
 * Returns the data if the bot runs as root and they belong to the account of a PostgreSQL of the system, else undefined.
 * That server's SQL (`COPY … FROM`, `pg_read_file`) reads every file of its account: the passwords of the embedded
 * server, and what it has recorded.
 */
export async function findSharedData(data: string): Promise<SharedData | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const found = await stat(data).catch(() => undefined);
  const owner = found === undefined || found.uid === 0 ? undefined : await systemAccountOf(found.uid);
  return owner === undefined ? undefined : { data, owner };
}

/**
 * Refuses shared data, and says how to hand them over. The bot does not do that itself: root would change the owner of
 * whatever the other account has put there.
 * @throws EmbeddedPostgresError `shared_account`
 */
export async function refuseSharedData({ data, owner }: SharedData, log: (line: string) => void): Promise<never> {
  const { uid, gid } = await ownAccount(log);
  throw new EmbeddedPostgresError(
    "shared_account",
    `The embedded database in ${data} belongs to the account ${owner}, as which a PostgreSQL of this system may run: its SQL could read the passwords and the record. No database was started, and the data were left as they are.`,
    `Run "chown -R ${uid}:${gid} '${data}' && rm '${data}/${SECRETS_FILE}'" and start again: it then belongs to an account of its own, and gets new passwords.`,
  );
}

/**
 * Tells the operator when the bot itself runs under the account of a PostgreSQL of the system. That was their choice, so
 * it starts.
 */
export async function warnOfSharedAccount(log: (line: string) => void): Promise<void> {
  const uid = process.getuid?.() ?? 0;
  const owner = uid === 0 ? undefined : await systemAccountOf(uid);
  if (owner === undefined) return;
  log(
    `The bot runs under the account ${owner}, as which a PostgreSQL of this system may run: its SQL could read the passwords of the embedded database, and the bot's secrets. Give the bot an account of its own.`,
  );
}
