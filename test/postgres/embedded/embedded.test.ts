import { readFile, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createDatabase } from "../../../src/postgres/connection/database.js";
import { serverFault } from "../../../src/postgres/embedded/errors.js";
import { installBot, serversUnder } from "../../support/embedded-bot.js";
import { ask, embeddedGround, note, noted, refusal } from "../../support/embedded-ground.js";

const onLinux = process.platform === "linux";

const ground = embeddedGround();

function takePort(): Promise<{ port: number; server: Server }> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve({ server, port: typeof address === "object" && address ? address.port : 0 });
    });
  });
}

describe("the embedded database", () => {
  test("starts from nothing, stops without a trace, and starts again with its data", async () => {
    const first = await ground.start();
    await note(first.adminUrl);
    await first.stop();
    if (onLinux) expect(await serversUnder(ground.folder())).toEqual([]);
    const second = await ground.start();
    expect(second.adopted).toBe(false);
    expect(await noted(second.adminUrl)).toEqual([{ n: 42 }]);
    expect(second.appUrl).toContain("breakglass_app");
  });

  test("is durable, listens only on 127.0.0.1, and requires a password", async () => {
    const server = await ground.start({ fast: false });
    const rows = await ask<{ name: string; setting: string }>(
      server.adminUrl,
      `SELECT name, setting FROM pg_settings WHERE name IN
        ('fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses', 'unix_socket_directories', 'data_checksums')`,
    );
    expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
      fsync: "on",
      synchronous_commit: "on",
      full_page_writes: "on",
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      data_checksums: "on",
    });
    for (const url of [server.adminUrl, server.appUrl, server.jobsUrl]) {
      const stranger = Object.assign(new URL(url), { password: "guess" }).href;
      await expect(ask(stranger, "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
    }
  });

  test("keeps its passwords private, and gives the run-time roles no rights at first", async () => {
    const server = await ground.start();
    const { mode } = await stat(join(server.dataDir, "breakglass-secrets.json"));
    expect((mode & 0o777).toString(8)).toBe("600");
    for (const url of [server.appUrl, server.jobsUrl]) {
      await expect(ask(url, "CREATE TABLE public.mine (id int)")).rejects.toMatchObject({ code: "42501" });
      await expect(ask(url, "CREATE TEMP TABLE mine (id int)")).rejects.toMatchObject({ code: "42501" });
      await expect(ask(url, "CREATE ROLE another")).rejects.toMatchObject({ code: "42501" });
    }
    expect(ground.logs().join()).not.toContain(new URL(server.adminUrl).password);
  });

  test("writes neither statements nor values into its log", async () => {
    const server = await ground.start();
    await ask(server.adminUrl, "CREATE TABLE once (word text PRIMARY KEY)");
    const twice = "INSERT INTO once VALUES ('private-word'), ('private-word')";
    await expect(ask(server.adminUrl, twice)).rejects.toMatchObject({ code: "23505" });
    const written = await readFile(join(server.dataDir, "..", "server.log"), "utf8");
    expect(written).toContain("once_pkey");
    expect(written).not.toContain("private-word");
  });

  test.skipIf(!onLinux)("is restarted on the same port after its server was killed", async () => {
    const server = await ground.start();
    await note(server.adminUrl);
    const [pid] = await serversUnder(ground.folder());
    if (pid === undefined) throw new Error("No server runs.");
    const up = new Promise<void>((resolve) => {
      ground.logs().push = (...lines) => {
        if (lines.some((line) => line.includes("is up again"))) resolve();
        return lines.length;
      };
    });
    process.kill(pid, "SIGKILL");
    await up;
    expect(await noted(server.adminUrl)).toEqual([{ n: 42 }]);
    await server.stop();
    expect(await serversUnder(ground.folder())).toEqual([]);
  });
});

describe("a second bot", () => {
  test("on the same data is refused, and the first keeps running", async () => {
    const first = await ground.start();
    expect(await refusal(ground.start())).toBe("already_running");
    await expect(ask(first.adminUrl, "SELECT 1 AS n")).resolves.toEqual([{ n: 1 }]);
  });

  test("that starts on new data at the same time: one of the two runs, with a complete database", async () => {
    const outcomes = await Promise.allSettled([ground.start(), ground.start()]);
    const failed = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(failed.map(({ reason }) => reason.code)).toEqual(["already_running"]);
    const [survivor] = ground.running;
    if (survivor === undefined) throw new Error("No server runs.");
    await expect(ask(survivor.appUrl, "SELECT 1 AS n")).resolves.toEqual([{ n: 1 }]);
  });
});

describe.skipIf(!onLinux)("after kill -9 of the bot", () => {
  test("its server still runs, without the bot's secrets, and the next bot adopts it with the data", async () => {
    const script = await installBot(ground.folder());
    const data = join(ground.folder(), "data");
    const killed = await ground.bot(script, [data], {}, { SLACK_BOT_TOKEN: "xoxb-very-secret" });
    if (!("started" in killed.outcome)) throw new Error(JSON.stringify(killed.outcome));
    await note(killed.outcome.adminUrl);
    await killed.end("SIGKILL");
    const [pid] = await serversUnder(ground.folder());
    expect(await readFile(`/proc/${pid}/environ`, "utf8")).not.toContain("xoxb");

    const next = await ground.start({ dataDir: data });
    expect(next.adopted).toBe(true);
    expect(next.port).toBe(killed.outcome.port);
    expect(await noted(next.adminUrl)).toEqual([{ n: 42 }]);
    await next.stop();
    expect(await serversUnder(ground.folder())).toEqual([]);
  });

  test("and of its server, a pid file that names another process does not stop the next start", async () => {
    const first = await ground.start();
    await note(first.adminUrl);
    await first.stop();
    const [, ...rest] = ["", first.dataDir, "1", "5432", "", "127.0.0.1", "  1  1", "ready   ", ""];
    await writeFile(join(first.dataDir, "postmaster.pid"), [String(process.pid), ...rest].join("\n"));
    const second = await ground.start();
    expect(second.adopted).toBe(false);
    expect(await noted(second.adminUrl)).toEqual([{ n: 42 }]);
  });
});

describe("a port", () => {
  test("that was requested is used", async () => {
    const { port, server } = await takePort();
    await new Promise((resolve) => server.close(resolve));
    expect((await ground.start({ port })).port).toBe(port);
  });

  test("that is taken is refused, and nothing is left running", async () => {
    const { port, server } = await takePort();
    expect(await refusal(ground.start({ port }))).toBe("port_taken");
    if (onLinux) expect(await serversUnder(ground.folder())).toEqual([]);
    server.close();
    await expect(ground.start()).resolves.toMatchObject({ adopted: false });
  });
});

describe("a data folder", () => {
  test("that is a file is refused", async () => {
    await writeFile(join(ground.folder(), "data"), "");
    expect(await refusal(ground.start())).toBe("folder_unusable");
  });

  test.skipIf(!onLinux)("that cannot be created is refused at once", async () => {
    expect(await refusal(ground.start({ dataDir: "/proc/breakglass/data" }))).toBe("folder_unusable");
  });

  test("written by another major version is refused and left alone", async () => {
    const { dataDir, stop } = await ground.start();
    await stop();
    await writeFile(join(dataDir, "PG_VERSION"), "17\n");
    expect(await refusal(ground.start())).toBe("other_version");
    expect(await readFile(join(dataDir, "PG_VERSION"), "utf8")).toBe("17\n");
  });

  test("on a full disk is reported as disk_full", async () => {
    const output = 'initdb: error: could not write to file "x": No space left on device';
    expect(await serverFault(output, "/data")).toMatchObject({ code: "disk_full" });
  });
});

describe("a suspended server", () => {
  test.skipIf(!onLinux)("makes statements fail at their deadline, and is used again when it resumes", async () => {
    const server = await ground.start();
    const database = createDatabase({ url: server.adminUrl, max: 2, applicationName: "stopped" });
    const [backend] = await database.query<{ pid: number }>((sql) => sql`SELECT pg_backend_pid() AS pid`, {
      label: "pid",
    });
    const frozen = [...(await serversUnder(ground.folder())), backend?.pid ?? 0].filter((pid) => pid > 1);
    for (const pid of frozen) process.kill(pid, "SIGSTOP");
    const asked = [1, 2, 3].map(() =>
      database
        .query((sql) => sql`SELECT 1`, { label: "frozen", deadlineMs: 300 })
        .then(
          () => "answered",
          (fault: unknown) => (fault instanceof Error ? fault.name : "unknown"),
        ),
    );
    expect(await Promise.all(asked)).toEqual(["DeadlineExceeded", "DeadlineExceeded", "DeadlineExceeded"]);
    for (const pid of frozen) process.kill(pid, "SIGCONT");
    await expect(database.query((sql) => sql`SELECT 1 AS n`, { label: "thawed" })).resolves.toEqual([{ n: 1 }]);
    await database.end();
  });
});
