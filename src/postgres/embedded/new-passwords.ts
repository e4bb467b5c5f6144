import type { Binaries } from "./binaries.js";
import { NAMES } from "./databases.js";
import { serverFault } from "./errors.js";
import type { Place } from "./place.js";
import { type Account, run } from "./run.js";
import { makeSecrets, type Secrets, SUPERUSER, writeSecrets } from "./secrets.js";
import { environmentOfInitdb } from "./uid-without-name.js";

const SETTINGS = ["password_encryption=scram-sha-256", "log_min_error_statement=panic", "log_error_verbosity=terse"];

/** A role may be missing where an earlier start was killed before it had made it. */
const ifThere = (role: string, password: string): string =>
  `DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN ALTER ROLE ${role} PASSWORD '${password}'; END IF; END $$`;

/**
 * Gives the roles of existing data new passwords, without the old ones: the file that held them was removed, because
 * somebody else could have read it. No server may run on the data. PostgreSQL's single-user mode takes one statement a
 * line. The file is written last, so a start that is killed meanwhile leaves all to the next one.
 * @throws EmbeddedPostgresError `start_failed` or `disk_full`
 */
export async function renewPasswords(
  place: Place,
  binaries: Binaries,
  account: Account | undefined,
  newSecret: () => string,
): Promise<Secrets> {
  const passwords = makeSecrets(newSecret);
  const statements = [
    `ALTER ROLE ${SUPERUSER} PASSWORD '${passwords.superuser}'`,
    ifThere(NAMES.app, passwords.app),
    ifThere(NAMES.jobs, passwords.jobs),
  ];
  const settings = SETTINGS.flatMap((setting) => ["-c", setting]);
  const args = ["--single", "-D", place.data, ...settings, "postgres"];
  const input = `${statements.join("\n")}\n`;
  const env = await environmentOfInitdb(account, place.home);
  const { code, output } = await run(binaries.postgres, args, account, env, input);
  if (code !== 0 || /\b(?:ERROR|FATAL|PANIC):/.test(output)) throw await serverFault(output, place.home);
  await writeSecrets(place.data, passwords, account);
  return passwords;
}
