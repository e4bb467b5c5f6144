import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Snapshot } from "../../demo/workspace/contract.js";
import { startDemo } from "../support/demo/demo-program.js";
import { serversUnder } from "../support/embedded-bot.js";
import { installProgram, type Program } from "../support/reliability/program.js";

const run = promisify(execFile);
const onLinux = process.platform === "linux";

let program: Program;
let folders = 0;

beforeAll(async () => {
  program = await installProgram();
});
afterAll(() => program?.dispose());

/** Creates a folder to start the demo in. */
async function newFolder(): Promise<string> {
  folders += 1;
  const folder = join(program.folder, `at-${folders}`);
  await mkdir(folder);
  await chmod(folder, 0o755);
  return folder;
}

const start = (cwd: string, ...args: string[]) =>
  startDemo({ program: program.folder, cwd, args: ["--page", ...args] });

const say = (page: string, text: string) =>
  fetch(`${page}api/act/U0PRIYA`, {
    method: "POST",
    body: JSON.stringify({ do: "write", channel: "C0INCIDENTS", text }),
  });

/** Reads Priya's screen. */
async function screen(page: string): Promise<Snapshot> {
  const reading = new AbortController();
  const response = await fetch(`${page}api/screen/U0PRIYA`, { signal: reading.signal });
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.includes("\n\n")) break;
  }
  reading.abort();
  return JSON.parse(text.slice("data: ".length, text.indexOf("\n\n")));
}

/** The texts that Priya sees in #incidents. */
async function seen(page: string): Promise<readonly string[]> {
  const { conversations } = await screen(page);
  return conversations.find(({ id }) => id === "C0INCIDENTS")?.messages.map(({ text }) => text) ?? [];
}

const expectNoServerUnder = (folder: string) =>
  expect.poll(() => (onLinux ? serversUnder(folder) : []), { timeout: 30_000 }).toEqual([]);

describe("npm run demo with the page", () => {
  it("leaves nothing running after Ctrl-C and restores the workspace at the next start", async () => {
    const folder = await newFolder();
    const first = start(folder);
    await say(await first.page, "Is anybody awake?");
    first.signal("SIGINT");
    expect(await first.ended, first.output()).toBe(130);
    const data = join(folder, ".breakglass-demo");
    expect(first.output().trimEnd().split("\n").at(-1)).toBe(`Stopped. The workspace is kept in ${data}.`);
    expect(await readFile(join(data, "workspace.json"), "utf8")).toContain("Is anybody awake?");
    await expectNoServerUnder(folder);

    const second = start(folder);
    expect(await seen(await second.page)).toEqual(["Is anybody awake?"]);
    second.signal("SIGTERM");
    expect(await second.ended, second.output()).toBe(143);

    const fresh = start(folder, "--fresh");
    expect(await seen(await fresh.page)).toEqual([]);
    fresh.signal("SIGINT");
    await fresh.ended;
    await expectNoServerUnder(folder);
  });

  it("reports the address of the running demo when it is started twice, and leaves that one alone", async () => {
    const folder = await newFolder();
    const first = start(folder);
    const page = await first.page;
    const second = start(folder, "--fresh");
    await expect(second.page).rejects.toThrow("The demo runs already");
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(page);
    expect((await say(page, "still here")).status).toBe(200);
    expect(await seen(page)).toEqual(["still here"]);
    first.signal("SIGINT");
    expect(await first.ended).toBe(130);
    await expectNoServerUnder(folder);
  });

  it("names a port that is taken and starts nothing", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const folder = await newFolder();
    const demo = start(folder, "--port", String(port));
    await expect(demo.page).rejects.toThrow(`Port ${port} on 127.0.0.1 is taken`);
    expect(await demo.ended).toBe(1);
    await expectNoServerUnder(folder);
    taken.close();
  });

  it.runIf(onLinux)(
    "leaves no PostgreSQL running when it is killed, and restores the workspace at the next start",
    async () => {
      const folder = await newFolder();
      const killed = start(folder);
      await say(await killed.page, "Before the power went");
      // Wait until the message is on disk before the kill.
      await expect
        .poll(() => run("cat", [join(folder, ".breakglass-demo", "workspace.json")]).then(({ stdout }) => stdout))
        .toContain("Before the power went");
      killed.signal("SIGKILL");
      await killed.ended;
      await expectNoServerUnder(folder);
      const next = start(folder);
      expect(await seen(await next.page)).toEqual(["Before the power went"]);
      next.signal("SIGINT");
      await next.ended;
      await expectNoServerUnder(folder);
    },
  );

  it.runIf(onLinux)("leaves no PostgreSQL running when it is killed while PostgreSQL starts", async () => {
    const folder = await newFolder();
    const killed = start(folder);
    const pidFile = join(folder, ".breakglass-demo", "postgres", "data", "postmaster.pid");
    await expect.poll(() => existsSync(pidFile), { interval: 5, timeout: 30_000 }).toBe(true);
    killed.signal("SIGKILL");
    await killed.ended;
    expect(killed.output()).not.toContain("Ctrl-C ends it");
    await expectNoServerUnder(folder);
  });

  it.runIf(onLinux)("keeps the moved clock, even when nothing happens on the way", async () => {
    const folder = await newFolder();
    const killed = start(folder);
    await fetch(`${await killed.page}api/clock`, { method: "POST", body: '{"to":"hour"}' });
    const kept = async (): Promise<number> =>
      JSON.parse(await readFile(join(folder, ".breakglass-demo", "workspace.json"), "utf8").catch(() => "{}")).aheadMs;
    await expect.poll(kept).toBeGreaterThan(3_500_000);
    killed.signal("SIGKILL");
    await killed.ended;
    await expectNoServerUnder(folder);
  });

  it("sets an unreadable workspace aside, refuses an unreadable database, and starts over with --fresh", async () => {
    const folder = await newFolder();
    const data = join(folder, ".breakglass-demo");
    const later = '{"version":2,"workspace":"of a later demo"}';
    const first = start(folder);
    await first.page;
    first.signal("SIGINT");
    await first.ended;

    await writeFile(join(data, "workspace.json"), later);
    const second = start(folder);
    expect(await seen(await second.page)).toEqual([]);
    second.signal("SIGINT");
    await second.ended;
    const [aside = ""] = /\S+workspace\.unreadable\S+json/.exec(second.output()) ?? [];
    expect(await readFile(aside, "utf8")).toBe(later);

    await writeFile(join(data, "postgres", "data", "PG_VERSION"), "99");
    const broken = start(folder);
    await expect(broken.page).rejects.toThrow("--fresh");
    expect(await readFile(aside, "utf8")).toBe(later);
    const fresh = start(folder, "--fresh");
    expect(await seen(await fresh.page)).toEqual([]);
    fresh.signal("SIGINT");
    await fresh.ended;
    expect(existsSync(aside)).toBe(false);
    await expectNoServerUnder(folder);
  });

  it.runIf(onLinux)("stops when the npm that started it is killed", async () => {
    const folder = await newFolder();
    const parent = join(folder, "parent.mjs");
    await writeFile(
      parent,
      `import { spawn } from "node:child_process";
       spawn(process.execPath, [${JSON.stringify(join(program.folder, "dist/demo/main.js"))}, "--page"], { stdio: "inherit" });`,
    );
    const npm = startDemo({
      program: program.folder,
      cwd: folder,
      script: parent,
      args: [],
      env: { npm_lifecycle_event: "demo" },
    });
    await npm.page;
    expect(await serversUnder(folder)).not.toEqual([]);
    npm.signal("SIGKILL");
    await expectNoServerUnder(folder);
    await npm.ended;
  });

  it.runIf(onLinux && process.getuid?.() === 0)("reports a full disk and keeps the old data", async (context) => {
    const disk = await newFolder();
    const mounted = await run("mount", ["-t", "tmpfs", "-o", "size=160m,mode=0755", "tmpfs", disk]).then(
      () => true,
      () => false,
    );
    if (!mounted) return context.skip("this machine does not allow mounting a small disk");
    try {
      const first = start(disk);
      await say(await first.page, "while there was room");
      first.signal("SIGINT");
      await first.ended;
      await run("dd", ["if=/dev/zero", `of=${join(disk, "filler")}`, "bs=1M"]).catch(() => {});
      const full = start(disk);
      const page = await full.page.catch(() => null);
      if (page !== null) {
        await say(page, "no room for this");
        await expect.poll(full.output).toContain("cannot be kept on the disk");
      }
      full.signal("SIGINT");
      await full.ended;
      expect(full.output()).toMatch(/full|No space|ENOSPC|no room|cannot be kept/i);
      await expectNoServerUnder(disk);
      await run("rm", [join(disk, "filler")]);
      const after = start(disk);
      expect(await seen(await after.page)).toContain("while there was room");
      after.signal("SIGINT");
      await after.ended;
      await expectNoServerUnder(disk);
    } finally {
      await run("umount", ["-l", disk]);
    }
  });

  it("ignores databases and Slack settings in the environment", async () => {
    const demo = startDemo({
      program: program.folder,
      cwd: await newFolder(),
      env: {
        DATABASE_URL: "postgres://nobody:none@127.0.0.1:1/none",
        HOST: "0.0.0.0",
        HTTP_PROXY: "http://127.0.0.1:9",
        PGHOST: "127.0.0.2",
        PGOPTIONS: "-c work_mem=none",
        PGSSL: "true",
        PGSSLMODE: "require",
        SLACK_API_URL: "http://127.0.0.1:1/api/",
        SLACK_BOT_TOKEN: "xoxb-real",
      },
    });
    const page = await demo.page;
    expect(new URL(page).hostname).toBe("127.0.0.1");
    expect((await say(page, "/breakglass help")).status).toBe(200);
    const shown = async () => (await screen(page)).conversations.flatMap(({ messages }) => messages);
    await expect.poll(shown).toMatchObject([{ onlyYou: true }]);
    demo.signal("SIGINT");
    expect(await demo.ended, demo.output()).toBe(130);
  });

  it.each([
    [["--port", "http"], 64, "--port takes a number"],
    [["--page", "--tell"], 64, "exclude each other"],
    [["--what"], 64, "npm run demo [-- options]"],
  ])("explains its usage for the arguments %j", async (args, code, message) => {
    const demo = startDemo({ program: program.folder, cwd: await newFolder(), args });
    expect(await demo.ended).toBe(code);
    expect(demo.output()).toContain(message);
  });

  it("refuses to start in production", async () => {
    const folder = await newFolder();
    const demo = startDemo({ program: program.folder, cwd: folder, env: { NODE_ENV: "production" } });
    expect(await demo.ended).toBe(78);
    expect(demo.output()).toContain("not for production");
  });
});
