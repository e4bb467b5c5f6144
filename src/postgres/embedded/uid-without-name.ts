import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EmbeddedPostgresError, folderFault } from "./errors.js";
import { type Account, BARE_ENVIRONMENT, run } from "./run.js";

/** Where Linux distributions install nss_wrapper, which answers look-ups of accounts from a file. */
const WRAPPERS: readonly string[] = [
  ...["x86_64", "aarch64", "arm", "powerpc64le", "i386"].map((cpu) => `/usr/lib/${cpu}-linux-gnu/libnss_wrapper.so`),
  "/usr/lib64/libnss_wrapper.so",
  "/usr/lib/libnss_wrapper.so",
];

const GROUPS = "/etc/group";

/**
 * Returns the environment of `initdb` and of PostgreSQL's single-user mode. Both refuse a user id without a name, which is what OpenShift and
 * `docker run --user` give. Where nss_wrapper is installed, they get one from a file in `home`.
 * @throws EmbeddedPostgresError `no_account` when the id has no name and there is no nss_wrapper
 */
export async function environmentOfInitdb(
  account: Account | undefined,
  home: string,
): Promise<Readonly<Record<string, string>>> {
  const uid = process.getuid?.();
  if (account !== undefined || uid === undefined || (await run("id", ["-un"])).code === 0) return BARE_ENVIRONMENT;
  const wrapper = await firstThere(WRAPPERS);
  if (wrapper === undefined) {
    throw new EmbeddedPostgresError(
      "no_account",
      `The bot runs as user id ${uid}, which has no name in /etc/passwd, and PostgreSQL's initdb needs one.`,
      "Set DATABASE_URL to a PostgreSQL server of your own; or install libnss-wrapper, as an image built with --build-arg EMBEDDED_POSTGRES=yes does.",
    );
  }
  const names = join(home, "passwd");
  const entry = `breakglass:x:${uid}:${process.getgid?.() ?? 0}:Breakglass:/:/usr/sbin/nologin\n`;
  await writeFile(names, entry).catch((fault: unknown) => {
    throw folderFault(fault, home);
  });
  return { ...BARE_ENVIRONMENT, LD_PRELOAD: wrapper, NSS_WRAPPER_PASSWD: names, NSS_WRAPPER_GROUP: GROUPS };
}

async function firstThere(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const there = await access(path).then(
      () => true,
      () => false,
    );
    if (there) return path;
  }
  return undefined;
}
