import { readFile } from "node:fs/promises";
import { formatPolicyError, parsePolicy } from "../domain/policy/parse.js";
import { FaultyConfiguration } from "../lib/errors.js";
import type { LoadedPolicy, Log, PolicyCandidate, RenewablePolicy } from "../usecases/ports/ports.js";

export interface PolicyFile extends RenewablePolicy {
  /** Set while the file is worse than the policy in force: what `/readyz` says. */
  trouble(): string | null;
}

/** Reads the policy; throws {@link FaultyConfiguration} with every error when it is bad, so that the start stops. */
export async function openPolicyFile(path: string, log: Log): Promise<PolicyFile> {
  const firstText = await readOrExplain(path);
  const first = parsePolicy(firstText, path);
  if (!first.ok)
    throw new FaultyConfiguration(
      `Breakglass did not start: ${path} is not a policy.`,
      first.errors.map(formatPolicyError),
    );
  let inForce: LoadedPolicy = { policy: first.policy, hash: first.hash, text: firstText };
  /** The text that was parsed last, with what came of it: a file that stays bad is parsed and logged once. */
  let lastRead: { readonly text: string; readonly candidate: PolicyCandidate } | null = null;
  let refusedOnRecord: string | null = null;
  let unreadable = false;

  const candidateOf = (text: string): PolicyCandidate => {
    if (lastRead?.text === text) return lastRead.candidate;
    const next = parsePolicy(text, path);
    const candidate: PolicyCandidate = next.ok
      ? { kind: "changed", policy: { policy: next.policy, hash: next.hash, text } }
      : { kind: "refused", hash: next.hash, errors: next.errors };
    lastRead = { text, candidate };
    if (!next.ok) {
      log.error("policy.refused", {
        errors: next.errors.map(({ line, column }) => `${line}:${column}`),
        hint: `The last good policy stays in force. Run npx breakglass policy lint ${path}`,
      });
    }
    return candidate;
  };

  return {
    current: () => inForce,
    trouble: () => {
      if (unreadable) return "policy file cannot be read; the last good policy stays in force";
      if (lastRead?.candidate.kind !== "refused") return null;
      const { length } = lastRead.candidate.errors;
      return `policy file has ${length} error${length === 1 ? "" : "s"}; the last good policy stays in force`;
    },
    refresh: async () => {
      const text = await readFile(path, "utf8").catch(() => null);
      if (text === null) {
        if (!unreadable) {
          log.error("policy.unreadable", {
            file: path,
            hint: `The last good policy stays in force. Put the file back and run npx breakglass policy lint ${path}`,
          });
        }
        unreadable = true;
        return null;
      }
      unreadable = false;
      if (text === inForce.text) {
        lastRead = null;
        refusedOnRecord = null;
        return null;
      }
      const candidate = candidateOf(text);
      return candidate.kind === "refused" && candidate.hash === refusedOnRecord ? null : candidate;
    },
    accept: (candidate) => {
      if (candidate.kind === "refused") refusedOnRecord = candidate.hash;
      else {
        inForce = candidate.policy;
        refusedOnRecord = null;
      }
    },
  };
}

async function readOrExplain(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    throw new FaultyConfiguration("Breakglass did not start: the policy cannot be read.", [
      `${path}: no such file, or not readable. Set BREAKGLASS_POLICY to your breakglass.yaml.`,
    ]);
  }
}
