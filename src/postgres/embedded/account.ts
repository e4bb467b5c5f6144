import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { EmbeddedPostgresError } from "./errors.js";
import { type Account, run } from "./run.js";

/** The system account that is created when the bot runs as root. */
const OWN_ACCOUNT = "breakglass";

/** Returns the account of that name; undefined if there is none, or it is root. */
export async function lookUp(name: string): Promise<Account | undefined> {
  const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
  if (uid.code !== 0 || gid.code !== 0) return undefined;
  const account = { uid: Number.parseInt(uid.output, 10), gid: Number.parseInt(gid.output, 10) };
  return account.uid > 0 ? account : undefined;
}

/**
 * Returns the account that the server runs as. PostgreSQL refuses to run as root, so a bot that runs as root uses the
 * first of these: the owner of the existing data, `breakglass`, a newly created `breakglass`, `nobody`; never
 * that of a PostgreSQL of the system (see refuseSharedData). Any other bot runs the server under its own account
 * (undefined).
 * @throws EmbeddedPostgresError `no_account`
 */
export async function serverAccount(existingData: string, log: (line: string) => void): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const data = await stat(existingData).catch(() => undefined);
  if (data !== undefined && data.uid > 0) return { uid: data.uid, gid: data.gid };
  return ownAccount(log);
}

/**
 * Returns the account of the embedded server alone, and creates it if it is missing.
 * @throws EmbeddedPostgresError `no_account`
 */
export async function ownAccount(log: (line: string) => void): Promise<Account> {
  const present = await lookUp(OWN_ACCOUNT);
  if (present) return present;
  const made = await makeAccount();
  if (made) {
    log(`PostgreSQL does not run as root: made the system account ${OWN_ACCOUNT} for the embedded database.`);
    return made;
  }
  const nobody = await lookUp("nobody");
  if (nobody) {
    log(
      `PostgreSQL does not run as root and no account could be made: the embedded database runs as nobody. Make a system account named ${OWN_ACCOUNT} where other programs run as nobody too: they could read its data.`,
    );
    return nobody;
  }
  throw new EmbeddedPostgresError(
    "no_account",
    "The bot runs as root, PostgreSQL refuses to, and no other account was found or could be made.",
    `Run the bot as a plain user, or make a system account named ${OWN_ACCOUNT}, or set DATABASE_URL.`,
  );
}

async function makeAccount(): Promise<Account | undefined> {
  const shadow = ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", OWN_ACCOUNT];
  if ((await run("/usr/sbin/useradd", shadow)).code !== 0) {
    await run("/usr/sbin/addgroup", ["-S", OWN_ACCOUNT]);
    await run("/usr/sbin/adduser", ["-S", "-D", "-H", "-G", OWN_ACCOUNT, OWN_ACCOUNT]);
  }
  return lookUp(OWN_ACCOUNT);
}

/**
 * Returns whether `account` can traverse `folder` and every folder above it. The mode bits alone decide: the server
 * starts without supplementary groups.
 */
export async function mayReach(folder: string, account: Account | undefined): Promise<boolean> {
  if (account === undefined) return true;
  for (let at = folder; ; at = dirname(at)) {
    const { uid, gid, mode } = await stat(at);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (at === dirname(at)) return true;
  }
}
