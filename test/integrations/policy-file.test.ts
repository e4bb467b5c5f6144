import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DEMO_POLICY } from "../../demo/policy.js";
import { openPolicyFile, type PolicyFile } from "../../src/integrations/policy-file.js";
import { FaultyConfiguration } from "../../src/lib/errors.js";
import type { PolicyCandidate } from "../../src/usecases/ports/ports.js";
import { tallyLog } from "../jobs/tally.js";

let folder: string;
let path: string;
let good: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "breakglass-policy-"));
  path = join(folder, "breakglass.yaml");
  good = DEMO_POLICY;
  await writeFile(path, good);
});
afterEach(() => rm(folder, { recursive: true }));

const opened = async () => {
  const { log, lines } = tallyLog();
  return { policy: await openPolicyFile(path, log), lines: lines.seen };
};
const stricter = () => good.replace("expires_after: 60m", "expires_after: 30m");
const bad = () => good.replace("version: 1", "version: 2");

async function candidateOf(policy: PolicyFile): Promise<PolicyCandidate> {
  const candidate = await policy.refresh();
  if (candidate === null) throw new Error("The file says nothing new.");
  return candidate;
}

describe("A changed policy file", () => {
  test("is in force once it was accepted, and not before", async () => {
    const { policy } = await opened();
    const { hash } = policy.current();
    expect(await policy.refresh()).toBeNull();
    await writeFile(path, stricter());
    const candidate = await candidateOf(policy);
    expect(candidate).toMatchObject({ kind: "changed", policy: { text: stricter() } });
    expect(policy.current()).toMatchObject({ hash, text: good });
    policy.accept(candidate);
    expect(policy.current().text).toBe(stricter());
    expect(policy.current().policy.paths.emergency_deploy?.expiresAfterSeconds).toBe(1_800);
    expect(await policy.refresh()).toBeNull();
  });

  test("comes again until it was accepted, so that a change that could not be recorded is not lost", async () => {
    const { policy } = await opened();
    await writeFile(path, stricter());
    const first = await candidateOf(policy);
    expect(await policy.refresh()).toEqual(first);
    expect(policy.current().text).toBe(good);
  });

  test("that is put back before it was accepted changes nothing", async () => {
    const { policy } = await opened();
    await writeFile(path, stricter());
    await candidateOf(policy);
    await writeFile(path, good);
    expect(await policy.refresh()).toBeNull();
    expect(policy.trouble()).toBeNull();
  });
});

describe("A bad policy file", () => {
  test("leaves the last good one in force, is told again until it was accepted, and logged once with what to do", async () => {
    const { policy, lines } = await opened();
    await writeFile(path, bad());
    const candidate = await candidateOf(policy);
    expect(candidate).toMatchObject({ kind: "refused", hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await policy.refresh()).toEqual(candidate);
    policy.accept(candidate);
    expect(await policy.refresh()).toBeNull();
    expect(policy.current().text).toBe(good);
    expect(policy.trouble()).toContain("1 error;");
    expect(lines.map(({ level, event }) => `${level} ${event}`)).toEqual(["error policy.refused"]);
    expect(lines[0]?.fields.hint).toContain(`npx breakglass policy lint ${path}`);
  });

  test("that is mended is no trouble any more; broken again it is told again", async () => {
    const { policy } = await opened();
    await writeFile(path, bad());
    policy.accept(await candidateOf(policy));
    await writeFile(path, good);
    expect(await policy.refresh()).toBeNull();
    expect(policy.trouble()).toBeNull();
    await writeFile(path, bad());
    expect(await policy.refresh()).toMatchObject({ kind: "refused" });
  });

  test("that is gone is trouble while it is gone, and says so once", async () => {
    const { policy, lines } = await opened();
    await rm(path);
    expect([await policy.refresh(), await policy.refresh()]).toEqual([null, null]);
    expect(policy.trouble()).toContain("cannot be read");
    await writeFile(path, good);
    await policy.refresh();
    expect(policy.trouble()).toBeNull();
    expect(lines.map(({ event }) => event)).toEqual(["policy.unreadable"]);
  });

  test("stops a start, with every error", async () => {
    await writeFile(path, bad().replace("expires_after: 60m", "expires_after: 60x"));
    await expect(opened()).rejects.toSatisfy(
      (fault) => fault instanceof FaultyConfiguration && fault.faults.length === 2,
    );
  });
});
