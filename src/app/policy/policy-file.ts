import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { formatPolicyError, type PolicyError, parsePolicy } from "../../domain/policy/parse.js";
import { FaultyConfiguration } from "../../lib/errors.js";
import type { Log, PolicyInForce, PolicySource } from "../../usecases/ports/ports.js";

/** A policy with the text of its file, which is recorded in the trail. */
export interface LoadedPolicy extends PolicyInForce {
  readonly text: string;
}

/** Records what happened to a changed file. A rejected promise means that nothing was recorded. */
export interface PolicyRecorder {
  changed(policy: LoadedPolicy): Promise<void>;
  /** `hash` is that of the bad text; `errors` is the number of errors. */
  refused(hash: string, errors: number): Promise<void>;
}

/** The policy in force and its file. */
export interface PolicyFile extends PolicySource {
  /** The path of the file, as configured. */
  readonly file: string;
  /** The policy from the start, or the last one that {@link renew} loaded. */
  current(): LoadedPolicy;
  /**
   * Reads the file again. A changed policy is recorded first and then put in force. When it cannot be recorded, nothing
   * changes and the next call retries. A bad file is logged and recorded once, and the last good policy stays in force.
   * @returns whether another policy is in force now
   */
  renew(recorder: PolicyRecorder): Promise<boolean>;
  /** What is wrong with the file, for `/readyz`; `null` while the file is the policy in force. */
  trouble(): string | null;
}

/** A file text with errors. */
interface BadFile {
  readonly text: string;
  readonly hash: string;
  readonly errors: readonly PolicyError[];
  readonly recorded: boolean;
}

/** Reads the policy. @throws FaultyConfiguration with every error in the file, so that the start stops */
export async function openPolicyFile(path: string, log: Log): Promise<PolicyFile> {
  let inForce = await firstPolicy(path);
  let bad: BadFile | null = null;
  let unreadable = false;

  const readAgain = async (): Promise<string | null> => {
    const text = await readFile(path, "utf8").catch(() => null);
    if (text === null && !unreadable) {
      log.error("policy.unreadable", {
        file: path,
        hint: `The last good policy stays in force. Put the file back and run npx breakglass policy lint ${path}`,
      });
    }
    unreadable = text === null;
    return text;
  };

  const refuse = async (file: BadFile, recorder: PolicyRecorder): Promise<void> => {
    bad = file;
    if (file.recorded) return;
    await recorder.refused(file.hash, file.errors.length);
    bad = { ...file, recorded: true };
  };

  return {
    file: path,
    current: () => inForce,
    trouble: () => {
      if (unreadable) return "policy file cannot be read; the last good policy stays in force";
      if (bad === null) return null;
      const { length } = bad.errors;
      return `policy file has ${length} error${length === 1 ? "" : "s"}; the last good policy stays in force`;
    },
    renew: async (recorder) => {
      const text = await readAgain();
      if (text === null) return false;
      if (text === inForce.text) {
        bad = null;
        return false;
      }
      if (bad?.text === text) {
        await refuse(bad, recorder);
        return false;
      }
      const parsed = parsePolicy(text, path);
      if (!parsed.ok) {
        log.error("policy.refused", {
          errors: parsed.errors.map(({ line, column }) => `${line}:${column}`),
          hint: `The last good policy stays in force. Run npx breakglass policy lint ${path}`,
        });
        await refuse({ text, hash: parsed.hash, errors: parsed.errors, recorded: false }, recorder);
        return false;
      }
      bad = null;
      const changed = { policy: parsed.policy, hash: parsed.hash, text };
      await recorder.changed(changed);
      inForce = changed;
      log.info("policy.in_force", { hash: changed.hash });
      return true;
    },
  };
}

async function firstPolicy(path: string): Promise<LoadedPolicy> {
  const text = await readOrExplain(path);
  const parsed = parsePolicy(text, path);
  if (parsed.ok) return { policy: parsed.policy, hash: parsed.hash, text };
  const errors = parsed.errors.map(formatPolicyError);
  throw new FaultyConfiguration(`Breakglass did not start: ${path} is not a policy.`, errors);
}

async function readOrExplain(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    throw new FaultyConfiguration("Breakglass did not start: the policy cannot be read.", [
      `${resolve(path)}: no such file, or not readable. Set BREAKGLASS_POLICY to your policy; npx breakglass init writes one.`,
    ]);
  }
}
