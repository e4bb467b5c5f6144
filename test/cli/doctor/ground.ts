import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { peopleTheWorkspace } from "../../../demo/cast.js";
import { DEMO_POLICY } from "../../../demo/policy.js";
import { createSlackDouble, type DoubleOptions, type SlackDouble } from "../../../demo/slack/index.js";
import { runCli } from "../../../src/cli/main.js";

const report = z.strictObject({
  findings: z.array(
    z.strictObject({
      check: z.string(),
      word: z.string().nullable(),
      problem: z.string(),
      fix: z.string(),
      configuration: z.boolean(),
    }),
  ),
  fine: z.array(z.string()),
  skipped: z.array(z.strictObject({ check: z.string(), why: z.string() })),
});

/** A set-up that is well, to be broken in one place. */
export interface Ground {
  readonly slack: SlackDouble;
  /** Runs `breakglass doctor --json` with these variables changed. */
  doctor(env?: Readonly<Record<string, string>>): Promise<{ code: number; output: string } & z.infer<typeof report>>;
  /** Runs it for people. */
  doctorInWords(env?: Readonly<Record<string, string>>): Promise<{ code: number; output: string }>;
  /** Writes a policy and returns the variable that names it. */
  policy(text: string): { BREAKGLASS_POLICY: string };
  /** Milliseconds added to the clock of the command. */
  clockOffMs: number;
  close(): Promise<void>;
}

/** Opens the ground on this database. Nothing listens on its port, so no running bot is asked. */
export async function openGround(databases: Readonly<Record<string, string>>, double?: DoubleOptions): Promise<Ground> {
  const slack = await createSlackDouble(double);
  peopleTheWorkspace(slack);
  const folder = mkdtempSync(join(tmpdir(), "breakglass-doctor-"));
  let count = 0;
  const policy = (text: string) => {
    count += 1;
    const file = join(folder, `policy-${count}.yaml`);
    writeFileSync(file, text);
    return { BREAKGLASS_POLICY: file };
  };
  const well = {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_API_URL: slack.apiUrl,
    PORT: "1",
    ...databases,
    ...policy(DEMO_POLICY),
  };
  const run = async (args: readonly string[], env: Readonly<Record<string, string>>) => {
    const out: string[] = [];
    const err: string[] = [];
    const code = await runCli(["doctor", ...args], {
      out: (line) => out.push(line),
      err: (line) => err.push(line),
      readFile: (path) => readFile(path),
      env: { ...well, ...env },
      now: () => new Date(Date.now() + ground.clockOffMs),
    });
    return { code, out: out.join("\n"), output: [...out, ...err].join("\n") };
  };
  const ground: Ground = {
    slack,
    policy,
    clockOffMs: 0,
    doctor: async (env = {}) => {
      const { code, out, output } = await run(["--json"], env);
      return { code, output, ...report.parse(JSON.parse(out)) };
    },
    doctorInWords: (env = {}) => run([], env),
    close: async () => {
      await slack.stop();
      rmSync(folder, { recursive: true });
    },
  };
  return ground;
}
