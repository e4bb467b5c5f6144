import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Config, readConfig } from "../../app/config.js";
import { formatPolicyError, type Policy, parsePolicy } from "../../domain/policy/parse.js";
import { FaultyConfiguration } from "../../lib/errors.js";
import type { Outbound } from "../../lib/outbound.js";
import type { CommandIo } from "../command.js";
import { unreadEnvFile } from "../unread-env.js";
import type { Finding } from "./finding.js";

/** What the checks look at. */
export interface Setup {
  readonly config: Config;
  /** `null` if the file cannot be read or has errors, which are findings already. */
  readonly policy: Policy | null;
  readonly now: () => Date;
  /** The way out, through the proxy of the environment. */
  readonly out: Outbound;
}

const faulty = (check: string, problem: string, fix: string): Finding => ({
  check,
  word: null,
  problem,
  fix,
  configuration: true,
});

/** Reads the environment as the bot does. @returns the faults when the bot would not start with it */
export function readSetupConfig(env: CommandIo["env"]): Config | readonly Finding[] {
  try {
    return readConfig(env);
  } catch (fault) {
    if (!(fault instanceof FaultyConfiguration)) throw fault;
    const fix = unreadEnvFile(env) ?? "Correct the variable; .env.example lists all of them.";
    return fault.faults.map((problem) => faulty("configuration", problem, fix));
  }
}

/** Reads the policy file as the bot does. */
export async function readSetupPolicy(path: string): Promise<Policy | readonly Finding[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch {
    const fix = "Set BREAKGLASS_POLICY to your policy; npx breakglass init writes one.";
    return [faulty("policy", `${resolve(path)}: no such file, or not readable.`, fix)];
  }
  const parsed = parsePolicy(text, path);
  if (parsed.ok) return parsed.policy;
  return parsed.errors.map((error) =>
    faulty("policy", formatPolicyError(error), "Correct the file; docs/policy-reference.md lists every key."),
  );
}
