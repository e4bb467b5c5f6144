import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serversUnder } from "../support/embedded-bot.js";
import { installProgram, type Program } from "../support/reliability/program.js";

const onLinux = process.platform === "linux";

let program: Program;
let temporary: string;

beforeAll(async () => {
  program = await installProgram();
  temporary = join(program.folder, "tmp");
  await mkdir(temporary);
  await chmod(temporary, 0o1777);
});
afterAll(() => program?.dispose());

/** Runs `npm run demo` with its own folder for temporary files. */
function runDemo() {
  let output = "";
  const demo = spawn(process.execPath, ["dist/demo/main.js"], {
    cwd: program.folder,
    env: { PATH: process.env.PATH ?? "", HOME: program.folder, TMPDIR: temporary },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const storyStarted = new Promise<void>((resolve) => {
    demo.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes("A form opens")) resolve();
    });
  });
  demo.stderr.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  return { demo, output: () => output, storyStarted, ended: once(demo, "exit") };
}

const leftOver = async () => ({
  folders: await readdir(temporary),
  servers: onLinux ? await serversUnder(temporary) : [],
});
const NOTHING = { folders: [], servers: [] };

describe("npm run demo", () => {
  test("plays the story to its end with a trail that verifies, and leaves no files or servers", async () => {
    const { output, ended } = runDemo();
    expect((await ended)[0], output()).toBe(0);
    for (const words of ["A form opens", "nobody approves their own bypass", "Approved by @Dana", "has expired"])
      expect(output()).toContain(words);
    expect(output()).toContain("findings: 0");
    expect(await leftOver()).toEqual(NOTHING);
  });

  test.each([
    ["the reader of its output goes away", 141, (demo: ReturnType<typeof runDemo>["demo"]) => demo.stdout.destroy()],
    ["the terminal is closed", 129, (demo: ReturnType<typeof runDemo>["demo"]) => demo.kill("SIGHUP")],
    ["it is interrupted", 130, (demo: ReturnType<typeof runDemo>["demo"]) => demo.kill("SIGINT")],
  ])("leaves no files or servers when %s", async (_what, code, end) => {
    const { demo, output, storyStarted, ended } = runDemo();
    await Promise.race([storyStarted, ended]);
    end(demo);
    expect((await ended)[0], output()).toBe(code);
    expect(await leftOver()).toEqual(NOTHING);
  });
});
