import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { freePort } from "./ports.js";

/** A PgBouncer in front of the test server. */
export interface TestPgBouncer {
  /** The same role and database through the pooler. */
  through(url: string): string;
  stop(): Promise<void>;
}

export type PoolMode = "session" | "transaction" | "statement";

/** The account that Debian has for nobody: PgBouncer does not run as root. */
const NOBODY = 65_534;

/**
 * Starts a `pgbouncer` from the PATH on a free port, with the settings that Debian's package comes with but for the mode.
 * Returns `null` when there is none: skip the suite with `describe.skipIf(pooler === null)`.
 */
export async function pgBouncerForTests(
  mode: PoolMode,
  settings: readonly string[] = [],
): Promise<TestPgBouncer | null> {
  const folder = await mkdtemp(join(tmpdir(), "breakglass-pgbouncer-"));
  const port = await freePort();
  const urls = inject("postgresServer");
  const { hostname, port: serverPort } = new URL(urls.adminUrl);
  const accounts = [urls.adminUrl, urls.appUrl, urls.jobsUrl].map((url) => {
    const { username, password } = new URL(url);
    return `"${decodeURIComponent(username)}" "${decodeURIComponent(password)}"\n`;
  });
  const ini = [
    "[databases]",
    `* = host=${hostname} port=${serverPort || 5432}`,
    "[pgbouncer]",
    "listen_addr = 127.0.0.1",
    `listen_port = ${port}`,
    "unix_socket_dir =",
    "auth_type = plain",
    `auth_file = ${folder}/users`,
    `pool_mode = ${mode}`,
    ...settings,
  ];
  await writeFile(join(folder, "users"), accounts.join(""));
  await writeFile(join(folder, "pgbouncer.ini"), `${ini.join("\n")}\n`);
  await chmod(folder, 0o755);
  const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const server = spawn("pgbouncer", [join(folder, "pgbouncer.ini")], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { PATH: `${process.env.PATH}:/usr/sbin` },
    ...asNobody,
  });
  const ready = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false));
    server.once("exit", () => resolve(false));
    let output = "";
    server.stderr.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes("process up")) resolve(true);
    });
  });
  // A worker that is stopped from outside must not leave the server behind.
  process.once("exit", () => server.kill("SIGKILL"));
  if (!ready) {
    await rm(folder, { recursive: true });
    return null;
  }
  return {
    through: (url) => Object.assign(new URL(url), { hostname: "127.0.0.1", port: String(port) }).href,
    stop: async () => {
      const ended = once(server, "exit");
      server.kill("SIGKILL");
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}
