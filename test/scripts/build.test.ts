import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const run = promisify(execFile);

let clone: string;

/** A clone with two small sources, so that a build takes a second. Its packages are the repository's. */
beforeEach(async () => {
  clone = await mkdtemp(join(tmpdir(), "breakglass-clone-"));
  for (const name of ["scripts", "tsconfig.json", "tsconfig.build.json", "package.json"]) {
    await cp(join(ROOT, name), join(clone, name), { recursive: true });
  }
  await mkdir(join(clone, "node_modules"));
  for (const name of ["typescript", "@typescript", "@types", "undici-types"]) {
    await symlink(join(ROOT, "node_modules", name), join(clone, "node_modules", name));
  }
  await source("main.ts", "export const started = 1;\n");
  await source("gone.ts", "export const gone = 1;\n");
  await source("cli/main.ts", '#!/usr/bin/env node\nconsole.log("0.0.1");\n');
});

afterEach(() => rm(clone, { recursive: true, force: true }));

async function source(name: string, content: string): Promise<void> {
  await mkdir(join(clone, "src", name, ".."), { recursive: true });
  await writeFile(join(clone, "src", name), content);
}

const build = () => run(process.execPath, ["scripts/build.mjs"], { cwd: clone });
const built = (name: string) => join(clone, "dist", "src", name);

/** Looks for a file without pause until it is missing or the watcher is told to stop. */
function watchFor(file: string): { readonly ready: Promise<unknown>; stop(): Promise<string> } {
  const script = `
    const { existsSync } = require("node:fs");
    process.stdout.write("ready ");
    const stop = process.argv[2];
    let n = 0;
    while (existsSync(process.argv[1])) if (++n % 64 === 0 && existsSync(stop)) { process.stdout.write("always there"); process.exit(0); }
    process.stdout.write("missing");`;
  const end = join(clone, "stop");
  const watcher: ChildProcess = spawn(process.execPath, ["-e", script, file, end], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  watcher.stdout?.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const ready = watcher.stdout === null ? Promise.resolve() : once(watcher.stdout, "data");
  const ended = once(watcher, "close");
  return {
    ready,
    stop: async () => {
      await writeFile(end, "");
      await ended;
      return output;
    },
  };
}

describe("a build", () => {
  test("leaves no moment without the program, replaces what changed and removes what has no source", async () => {
    await build();
    const untouched = await stat(built("cli/main.js"));
    await source("main.ts", "export const started = 2;\n");
    await rm(join(clone, "src", "gone.ts"));
    const watcher = watchFor(built("main.js"));
    await watcher.ready;
    await build();
    expect(await watcher.stop()).toBe("ready always there");
    expect(await readFile(built("main.js"), "utf8")).toContain("started = 2");
    expect(await readdir(built(""))).not.toContain("gone.js");
    expect((await stat(built("cli/main.js"))).ino).toBe(untouched.ino);
    expect((await readdir(clone)).filter((name) => name.startsWith(".dist"))).toEqual([]);
  });

  test("that fails leaves the last one as it was", async () => {
    await build();
    await source("main.ts", "export const started: string = 2;\n");
    await expect(build()).rejects.toThrow();
    expect(await readFile(built("main.js"), "utf8")).toContain("started = 1");
    expect((await readdir(clone)).filter((name) => name.startsWith(".dist"))).toEqual([]);
  });
});

test("npx breakglass in a clone builds nothing, installs nothing and needs no home", async () => {
  await build();
  const before = (await stat(built("main.js"))).ino;
  await source("main.ts", "this does not compile");
  const home = join(clone, "home");
  await mkdir(home);
  const { stdout } = await run("npx", ["breakglass", "--version"], {
    cwd: clone,
    env: { PATH: process.env.PATH, HOME: home },
  });
  expect(stdout.trim()).toBe("0.0.1");
  expect((await stat(built("main.js"))).ino).toBe(before);
  expect(await readdir(join(home, ".npm")).catch(() => [])).not.toContain("_npx");
});
