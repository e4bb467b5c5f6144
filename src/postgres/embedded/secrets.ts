import { access, chown, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { folderFault, systemCode } from "./errors.js";
import type { Account } from "./run.js";

const secret = z.string().regex(/^[A-Za-z0-9_-]{20,}$/);
const secrets = z.strictObject({ superuser: secret, app: secret, jobs: secret });

/** The passwords of the three login roles. Their file is in the data folder, which only its owner and root can read. */
export type Secrets = z.infer<typeof secrets>;

/** The superuser that `initdb` creates. */
export const SUPERUSER = "postgres";

/** The file of the passwords, in the data folder. */
export const SECRETS_FILE = "breakglass-secrets.json";

/** Makes the three passwords. They hold only characters that need no quoting in a statement or an address. */
export function makeSecrets(newSecret: () => string): Secrets {
  return secrets.parse({ superuser: newSecret(), app: newSecret(), jobs: newSecret() });
}

/** Reads the passwords from the data folder. */
export async function readSecrets(data: string): Promise<Secrets> {
  try {
    return secrets.parse(JSON.parse(await readFile(join(data, SECRETS_FILE), "utf8")));
  } catch (fault) {
    throw folderFault(fault, data);
  }
}

/** Returns whether the data folder has its passwords. */
export function hasSecrets(data: string): Promise<boolean> {
  return access(join(data, SECRETS_FILE)).then(
    () => true,
    // A file that cannot be read is there, and reading it says why.
    (fault: unknown) => systemCode(fault) !== "ENOENT",
  );
}

/** Writes the passwords into the data folder: all of the file, or none of it. */
export async function writeSecrets(data: string, passwords: Secrets, account: Account | undefined): Promise<void> {
  const path = join(data, SECRETS_FILE);
  await writePrivately(`${path}.new`, JSON.stringify(passwords), account);
  await rename(`${path}.new`, path);
}

/** Writes a file that only `account` and root can read, replacing an existing one. */
export async function writePrivately(path: string, text: string, account: Account | undefined): Promise<void> {
  await rm(path, { force: true });
  await writeFile(path, text, { mode: 0o600, flag: "wx" });
  if (account) await chown(path, account.uid, account.gid);
}
