import { access, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Binaries } from "./binaries.js";
import { EmbeddedPostgresError, folderFault, serverFault } from "./errors.js";
import { renewPasswords } from "./new-passwords.js";
import { ownFolder, type Place } from "./place.js";
import { type Account, run } from "./run.js";
import {
  hasSecrets,
  makeSecrets,
  readSecrets,
  type Secrets,
  SUPERUSER,
  writePrivately,
  writeSecrets,
} from "./secrets.js";
import { environmentOfInitdb } from "./uid-without-name.js";

/**
 * Returns the passwords of the database in `place`, and creates the database if there is none. A new database is built
 * beside its final path and moved there when complete, so a killed start leaves nothing that looks like a database. A
 * database whose file of passwords is gone gets new ones.
 * @throws EmbeddedPostgresError `other_version` when another major version of PostgreSQL wrote the data
 */
export async function ensureCluster(
  place: Place,
  binaries: Binaries,
  account: Account | undefined,
  options: { newSecret: () => string; fast: boolean },
): Promise<Secrets> {
  const version = await readFile(join(place.data, "PG_VERSION"), "utf8").catch(() => undefined);
  if (version === undefined) await makeCluster(place, binaries, account, options);
  else if (version.trim() !== binaries.major) {
    throw new EmbeddedPostgresError(
      "other_version",
      `The data in ${place.data} was written by PostgreSQL ${version.trim()}; this bot brings ${binaries.major}.`,
      "Start the version of Breakglass that wrote it, or move the data with pg_dump of that PostgreSQL version.",
    );
  }
  if (!(await hasSecrets(place.data))) return renewPasswords(place, binaries, account, options.newSecret);
  return readSecrets(place.data);
}

/** Returns whether `data` holds a complete database. */
export async function hasCluster(data: string): Promise<boolean> {
  return access(join(data, "PG_VERSION")).then(
    () => true,
    () => false,
  );
}

/** Makes the names of this process's incomplete databases unique. */
let attempts = 0;

async function makeCluster(
  place: Place,
  binaries: Binaries,
  account: Account | undefined,
  { newSecret, fast }: { newSecret: () => string; fast: boolean },
): Promise<void> {
  const passwords = makeSecrets(newSecret);
  attempts += 1;
  const incomplete = `${place.data}.new-${process.pid}-${attempts}`;
  const passwordFile = `${incomplete}.password`;
  try {
    await ownFolder(incomplete, account);
    await writePrivately(passwordFile, passwords.superuser, account);
    const { code, output } = await run(
      binaries.initdb,
      [
        `--pgdata=${incomplete}`,
        `--username=${SUPERUSER}`,
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--data-checksums",
        "--no-instructions",
        ...(fast ? ["--no-sync"] : []),
      ],
      account,
      await environmentOfInitdb(account, place.home),
    );
    if (code !== 0) throw await serverFault(output, place.home);
    await writeSecrets(incomplete, passwords, account);
    await moveUnlessExists(incomplete, place.data);
  } catch (fault) {
    throw folderFault(fault, place.home);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(incomplete, { recursive: true, force: true });
  }
}

/** Two starts may create a database at the same time. The first to move it wins, and the other uses that one. */
async function moveUnlessExists(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (fault) {
    await access(join(to, "PG_VERSION")).catch(() => {
      throw fault;
    });
  }
}

/** The path of the server's own log, which holds neither statements nor values. */
export const serverLog = (place: Place) => join(dirname(place.data), "server.log");
