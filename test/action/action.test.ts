import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { type EndpointDouble, NO, openEndpointDouble, YES } from "../support/gate-checks/endpoint-double.js";

const ROOT = resolve(import.meta.dirname, "../..");
const run = promisify(execFile);
const HEAD = "a".repeat(40);

let double: EndpointDouble;
let folder: string;
beforeAll(async () => {
  double = await openEndpointDouble();
});
afterAll(() => double?.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "breakglass-action-"));
  const event = { pull_request: { number: 4821, head: { sha: HEAD } } };
  await writeFile(join(folder, "event.json"), JSON.stringify(event));
  for (const name of ["output", "summary"]) await writeFile(join(folder, name), "");
  return () => rm(folder, { recursive: true });
});

/** Runs the committed file as GitHub's runner does: in a folder without packages, with nothing but its environment. */
async function act(inputs: Readonly<Record<string, string>> = {}, env: Readonly<Record<string, string>> = {}) {
  const given = Object.entries({ gate: "e2e-suite", url: double.url, ...inputs });
  const { stdout } = await run(process.execPath, [join(ROOT, "action/check.mjs")], {
    cwd: folder,
    env: {
      GITHUB_ACTIONS: "true",
      GITHUB_EVENT_PATH: join(folder, "event.json"),
      GITHUB_OUTPUT: join(folder, "output"),
      GITHUB_STEP_SUMMARY: join(folder, "summary"),
      GITHUB_REPOSITORY: "acme/payments-api",
      GITHUB_REPOSITORY_ID: "123",
      GITHUB_RUN_ID: "456",
      GITHUB_RUN_ATTEMPT: "1",
      GITHUB_SHA: "b".repeat(40),
      ...double.githubIdentity,
      ...Object.fromEntries(given.map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
      ...env,
    },
  });
  const output = await readFile(join(folder, "output"), "utf8");
  const outputs = Object.fromEntries(
    output
      .trimEnd()
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  return { stdout, outputs, summary: await readFile(join(folder, "summary"), "utf8") };
}

describe("the action", () => {
  test("asks with the job's identity for the head of its pull request, and says that the gate may be skipped", async () => {
    double.behave({ answer: YES });
    const { stdout, outputs, summary } = await act({ "receipt-file": join(folder, "receipt.jwt") });
    expect(double.asked).toEqual([
      {
        token: "oidc.for.breakglass",
        question: { gate: "e2e-suite", target: "acme/payments-api#4821", commit: HEAD, run: "github:123/456/1" },
      },
    ]);
    const why = "Skip e2e-suite: BG-42 is active for another 41 min, approved by U0DANA.";
    expect(stdout).toBe(`${why}\n`);
    expect(outputs).toEqual({ skip: "true", reason: "active_grant", grant: "BG-42", receipt: YES.receipt, why });
    expect(summary).toMatch(/^\*\*Breakglass\*\* · ⏭️ skipped · Skip e2e\\-suite: BG\\-42 is active/);
    expect(summary).toContain(`trail 57:${YES.trail.head}`);
    expect(await readFile(join(folder, "receipt.jwt"), "utf8")).toBe(`${YES.receipt}\n`);
  });

  test("says why the gate runs, without a warning, because that is as always", async () => {
    double.behave({ answer: NO });
    const { stdout, outputs, summary } = await act();
    expect(stdout).toBe("Run e2e-suite: no active bypass covers it for acme/payments-api#4821 (no_grant).\n");
    expect(outputs).toMatchObject({ skip: "false", reason: "no_grant", grant: "", receipt: "" });
    expect(summary).toContain("▶️ runs");
  });

  test.each([
    [
      "a bot that refuses",
      {},
      {},
      { problem: { type: "about:blank", title: "Forbidden", status: 403 } },
      /answers 403: Forbidden/,
    ],
    ["no address", { url: "" }, {}, { answer: YES }, /BREAKGLASS_URL, the address of the bot, is not set/],
    [
      "no permission for a token, as in a fork",
      {},
      { ACTIONS_ID_TOKEN_REQUEST_TOKEN: "" },
      { answer: YES },
      /id-token: write/,
    ],
    [
      "a token that GitHub does not give",
      {},
      { ACTIONS_ID_TOKEN_REQUEST_TOKEN: "x" },
      { answer: YES },
      /GitHub answers 403/,
    ],
    ["a gate that is none", { gate: "No Gate" }, {}, { answer: YES }, /is not the name of a gate/],
  ])("%s makes a warning, and the job goes on to the gate", async (_what, inputs, env, behaviour, why) => {
    double.behave(behaviour);
    const { stdout, outputs } = await act(inputs, env);
    expect(outputs).toMatchObject({ skip: "false", why: expect.stringMatching(why) });
    const [line, warning] = stdout.split("\n");
    expect(warning).toBe(`::warning title=Breakglass::${line}`);
  });

  test("words of the bot set no output and no command, and are neither Markdown nor HTML in the summary", async () => {
    const detail = "x\n::error::y\nskip=true\n<img src=x> [a](https://evil.example.com) @everyone";
    double.behave({ problem: { type: "about:blank", title: "No", status: 403, detail } });
    const { stdout, outputs, summary } = await act();
    expect(outputs.skip).toBe("false");
    expect(stdout.split("\n").filter((line) => line.startsWith("::"))).toEqual([
      expect.stringMatching(/^::warning title=/),
    ]);
    for (const part of ["<img", "[a](", "@everyone", "\nskip"]) expect(summary).not.toContain(part);
  });

  test("takes another audience, target, commit and token", async () => {
    double.behave({ answer: YES });
    await act({ audience: "https://breakglass.example.com", target: "service:payments", commit: "c".repeat(40) });
    await act({ token: "bg_token" });
    expect(double.asked.map(({ token }) => token)).toEqual(["oidc.for.https://breakglass.example.com", "bg_token"]);
    expect(double.asked[0]?.question).toMatchObject({ target: "service:payments", commit: "c".repeat(40) });
  });
});

describe("the same file with arguments", () => {
  const args = ["--gate", "e2e-suite", "--target", "service:payments", "--commit", HEAD, "--run", "jenkins:payments/7"];
  const command = async (given: readonly string[], url = double.url): Promise<{ code: unknown; stdout: string }> => {
    const env = { BREAKGLASS_URL: url, BREAKGLASS_TOKEN: "bg_token" };
    try {
      const { stdout } = await run(process.execPath, [join(ROOT, "action/check.mjs"), ...given], { cwd: folder, env });
      return { code: 0, stdout };
    } catch (fault) {
      if (!(fault instanceof Error && "code" in fault && "stdout" in fault)) throw fault;
      return { code: fault.code, stdout: String(fault.stdout) };
    }
  };

  test("is breakglass check, with its exit codes", async () => {
    double.behave({ answer: YES });
    expect(await command(args)).toEqual({ code: 0, stdout: expect.stringMatching(/^Skip e2e-suite: BG-42 is active/) });
    double.behave({ answer: NO });
    expect(await command(args)).toEqual({
      code: 1,
      stdout: expect.stringMatching(/^Run e2e-suite: .*\(no_grant\)\.\n$/),
    });
    expect(await command(["--gates", "e2e-suite"])).toMatchObject({ code: 64 });
    expect(await command(args, "")).toMatchObject({ code: 78 });
    double.behave({ raw: { status: 200, body: "<html>" } });
    expect(await command(args)).toMatchObject({ code: 2 });
  });
});

const metadata = z.strictObject({
  name: z.string(),
  description: z.string(),
  inputs: z.record(
    z.string(),
    z.strictObject({ description: z.string(), required: z.boolean().optional(), default: z.string().optional() }),
  ),
  outputs: z.record(z.string(), z.strictObject({ description: z.string() })),
  runs: z.strictObject({ using: z.literal("node24"), main: z.string() }),
  branding: z.strictObject({ icon: z.string(), color: z.string() }),
});

describe("what GitHub reads of it", () => {
  test("action.yml names every input that the program reads and every output that it writes, and no other", async () => {
    const { inputs, outputs, runs } = metadata.parse(parse(await readFile(join(ROOT, "action.yml"), "utf8")));
    const source = await readFile(join(ROOT, "src/cli/check/client/act.ts"), "utf8");
    const read = new Set([...source.matchAll(/input\("([a-z-]+)"\)/g)].map(([, name]) => name));
    expect(Object.keys(inputs).sort()).toEqual([...read].sort());
    double.behave({ answer: YES });
    expect(Object.keys(outputs).sort()).toEqual(Object.keys((await act()).outputs).sort());
    expect(runs.main).toBe("action/check.mjs");
  });

  test("action/check.mjs imports nothing but Node's own modules", async () => {
    const text = await readFile(join(ROOT, "action/check.mjs"), "utf8");
    const imported = [...text.matchAll(/(?:^import\s[^"]*|\bfrom\s|\bimport\(|\brequire\()\s*"([^"]+)"/gm)].map(
      ([, name]) => name,
    );
    expect(imported.length).toBeGreaterThan(0);
    expect(imported.filter((name) => name?.startsWith("node:") !== true)).toEqual([]);
  });

  test("action/check.mjs is what the sources make today", async () => {
    const script = join(ROOT, "scripts/build-action.mjs");
    await expect(run(process.execPath, [script, "--check"], { cwd: ROOT })).resolves.toBeDefined();
  });
});
