import { readFile } from "node:fs/promises";
import { sha256Hex } from "../domain/audit/canonical.js";
import { formatPolicyError, type PolicyError, parsePolicy } from "../domain/policy/parse.js";
import { FaultyConfiguration } from "../lib/errors.js";
import type { Log, PolicyInForce, PolicySource } from "../usecases/ports.js";

/** A policy as it was read, with the text that goes into the trail. */
export interface LoadedPolicy extends PolicyInForce {
  readonly text: string;
}

export type PolicyNews =
  | { readonly kind: "changed"; readonly was: string; readonly now: LoadedPolicy }
  /** A bad file: the last good policy stays in force. */
  | { readonly kind: "refused"; readonly hash: string; readonly errors: readonly PolicyError[] };

export interface PolicyFile extends PolicySource {
  current(): LoadedPolicy;
  /** Reads the file again; tells each change, and each bad text, once. */
  refresh(): Promise<PolicyNews | null>;
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
  let lastSeen = inForce.text;
  let trouble: string | null = null;

  return {
    current: () => inForce,
    trouble: () => trouble,
    refresh: async () => {
      const text = await readFile(path, "utf8").catch(() => null);
      if (text === null) {
        if (trouble === null) log.error("policy.unreadable", { file: path });
        trouble = "policy file cannot be read; the last good policy stays in force";
        return null;
      }
      if (text === lastSeen) {
        if (text === inForce.text) trouble = null;
        return null;
      }
      lastSeen = text;
      const next = parsePolicy(text, path);
      if (!next.ok) {
        trouble = `policy file has ${next.errors.length} errors; the last good policy stays in force`;
        log.error("policy.refused", { errors: next.errors.map((e) => `${e.line}:${e.column}`) });
        return { kind: "refused", hash: sha256Hex(text), errors: next.errors };
      }
      trouble = null;
      const was = inForce.hash;
      inForce = { policy: next.policy, hash: next.hash, text };
      return was === next.hash ? null : { kind: "changed", was, now: inForce };
    },
  };
}

async function readOrExplain(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    throw new FaultyConfiguration(`Breakglass did not start: the policy cannot be read.`, [
      `${path}: no such file, or not readable. Set BREAKGLASS_POLICY to your breakglass.yaml.`,
    ]);
  }
}
