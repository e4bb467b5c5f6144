import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DEMO_POLICY } from "../../../demo/policy.js";
import { openPolicyFile, type PolicyRecorder } from "../../../src/app/policy/policy-file.js";
import { FaultyConfiguration } from "../../../src/lib/errors.js";
import { tallyLog } from "../../jobs/tally.js";

/** A regular file of several megabytes whose size is given as 0. */
const ENDLESS = "/proc/kallsyms";

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

/** The opened file and a recorder that can fail. */
const opened = async () => {
  const { log, lines } = tallyLog();
  const policy = await openPolicyFile(path, log);
  const recorded: string[] = [];
  let broken = false;
  const record = async (line: string): Promise<void> => {
    if (broken) throw new Error("The trail cannot be written.");
    recorded.push(line);
  };
  const recorder: PolicyRecorder = {
    // A policy that is in force before it is recorded would show up here.
    changed: ({ text, hash }) =>
      record(`changed to ${nameOf(text)}${policy.current().hash === hash ? ", too late" : ""}`),
    refused: (hash, errors) => record(`refused ${hash.length} digits, ${errors} errors`),
  };
  return {
    policy,
    recorded,
    lines: lines.seen,
    renew: () => policy.renew(recorder),
    breakRecord: (is: boolean) => {
      broken = is;
    },
  };
};
const stricter = () => good.replace("expires_after: 60m", "expires_after: 30m");
const bad = () => good.replace("version: 1", "version: 2");
const worse = () => bad().replace("expires_after: 60m", "expires_after: 60x");
const nameOf = (text: string): string => (text === stricter() ? "stricter" : text === good ? "good" : "another");

describe("A changed policy file", () => {
  test("is recorded once and then put in force", async () => {
    const { policy, recorded, lines, renew } = await opened();
    expect(await renew()).toBe(false);
    await writeFile(path, stricter());
    expect(await renew()).toBe(true);
    expect(policy.current().text).toBe(stricter());
    expect(policy.current().policy.paths.emergency_deploy?.expiresAfterSeconds).toBe(1_800);
    expect(await renew()).toBe(false);
    expect(recorded).toEqual(["changed to stricter"]);
    expect(lines.map(({ event, fields }) => [event, fields.hash])).toEqual([
      ["policy.in_force", policy.current().hash],
    ]);
  });

  test("is not in force until it can be recorded", async () => {
    const { policy, recorded, renew, breakRecord } = await opened();
    const { hash } = policy.current();
    await writeFile(path, stricter());
    breakRecord(true);
    await expect(renew()).rejects.toThrow("cannot be written");
    expect(policy.current()).toMatchObject({ hash, text: good });
    breakRecord(false);
    expect(await renew()).toBe(true);
    expect(recorded).toEqual(["changed to stricter"]);
  });

  test("changes nothing when it is reverted before it could be recorded", async () => {
    const { policy, recorded, renew, breakRecord } = await opened();
    await writeFile(path, stricter());
    breakRecord(true);
    await expect(renew()).rejects.toThrow();
    breakRecord(false);
    await writeFile(path, good);
    expect(await renew()).toBe(false);
    expect([policy.trouble(), recorded]).toEqual([null, []]);
  });

  test("can be changed back and is put in force again", async () => {
    const { recorded, renew } = await opened();
    for (const text of [stricter(), good]) {
      await writeFile(path, text);
      expect(await renew()).toBe(true);
    }
    expect(recorded).toEqual(["changed to stricter", "changed to good"]);
  });
});

const NO_FILE: readonly (readonly [what: string, become: () => unknown, why: string])[] = [
  ["a pipe that nobody writes to", () => execFileSync("mkfifo", [path]), "expected a regular file"],
  ["a device without end", () => symlink("/dev/zero", path), "expected a regular file"],
  ["a folder", () => mkdir(path), "expected a regular file"],
  ["a sparse file of two gigabytes", () => execFileSync("truncate", ["-s", "2G", path]), "found 2147483648"],
  ["a file of more than 256 KB", () => writeFile(path, `${good}\n#${"x".repeat(256 * 1024)}`), "at most 262144 bytes"],
  // Linux alone has one.
  ...(existsSync(ENDLESS)
    ? [["a large file that tells no size", () => symlink(ENDLESS, path), "found more"] as const]
    : []),
];

describe("A bad policy file", () => {
  test("leaves the last good one in force, and is recorded and logged once with a hint", async () => {
    const { policy, recorded, lines, renew } = await opened();
    await writeFile(path, bad());
    expect([await renew(), await renew()]).toEqual([false, false]);
    expect(policy.current().text).toBe(good);
    expect(policy.trouble()).toContain("1 error;");
    expect(recorded).toEqual(["refused 64 digits, 1 errors"]);
    expect(lines.map(({ level, event }) => `${level} ${event}`)).toEqual(["error policy.refused"]);
    expect(lines[0]?.fields.hint).toContain(`npx breakglass policy lint ${path}`);
  });

  test("is logged once even when it can only be recorded later", async () => {
    const { policy, recorded, lines, renew, breakRecord } = await opened();
    await writeFile(path, bad());
    breakRecord(true);
    await expect(renew()).rejects.toThrow("cannot be written");
    await expect(renew()).rejects.toThrow("cannot be written");
    expect(policy.trouble()).toContain("1 error;");
    breakRecord(false);
    expect([await renew(), await renew()]).toEqual([false, false]);
    expect(recorded).toHaveLength(1);
    expect(lines).toHaveLength(1);
  });

  test("is recorded and logged again when its errors change", async () => {
    const { policy, recorded, lines, renew } = await opened();
    for (const text of [bad(), worse()]) {
      await writeFile(path, text);
      await renew();
    }
    expect(policy.trouble()).toContain("2 errors;");
    expect(recorded).toEqual(["refused 64 digits, 1 errors", "refused 64 digits, 2 errors"]);
    expect(lines).toHaveLength(2);
  });

  test("is no longer reported once it is fixed, and is recorded again when it breaks again", async () => {
    const { policy, recorded, renew } = await opened();
    for (const text of [bad(), good]) {
      await writeFile(path, text);
      expect(await renew()).toBe(false);
    }
    expect(policy.trouble()).toBeNull();
    await writeFile(path, bad());
    await renew();
    expect(recorded).toHaveLength(2);
  });

  test("is no longer reported once another good one replaces it", async () => {
    const { policy, renew } = await opened();
    await writeFile(path, bad());
    await renew();
    await writeFile(path, stricter());
    expect(await renew()).toBe(true);
    expect(policy.trouble()).toBeNull();
  });

  test("is reported while it is missing, and logged once", async () => {
    const { policy, lines, renew } = await opened();
    await rm(path);
    expect([await renew(), await renew()]).toEqual([false, false]);
    expect(policy.trouble()).toContain("cannot be read");
    await writeFile(path, good);
    await renew();
    expect(policy.trouble()).toBeNull();
    expect(lines.map(({ level, event }) => `${level} ${event}`)).toEqual([
      "error policy.unreadable",
      "info policy.readable_again",
    ]);
  });

  test.each(NO_FILE)(
    "that has become %s is not read, and says why; the next good one is read",
    async (_, become, why) => {
      const { policy, lines, renew } = await opened();
      await rm(path);
      await become();
      const before = process.memoryUsage().rss;
      expect([await renew(), await renew()]).toEqual([false, false]);
      expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
      expect(policy.trouble()).toContain("cannot be read");
      expect(lines).toMatchObject([
        { level: "error", event: "policy.unreadable", fields: { hint: expect.stringContaining(why) } },
      ]);
      await rm(path, { recursive: true });
      await writeFile(path, stricter());
      expect(await renew()).toBe(true);
      expect(policy.trouble()).toBeNull();
    },
  );

  test("is read through symbolic links, as Kubernetes mounts it", async () => {
    const { renew } = await opened();
    await writeFile(join(folder, "data.yaml"), stricter());
    await rm(path);
    await symlink("data.yaml", path);
    expect(await renew()).toBe(true);
  });

  test("stops the start when it is no regular file", async () => {
    await rm(path);
    execFileSync("mkfifo", [path]);
    await expect(opened()).rejects.toSatisfy(
      (fault) => fault instanceof FaultyConfiguration && /expected a regular file/.test(fault.faults.join()),
    );
  });

  test("stops the start and lists every error", async () => {
    await writeFile(path, worse());
    await expect(opened()).rejects.toSatisfy(
      (fault) => fault instanceof FaultyConfiguration && fault.faults.length === 2,
    );
  });
});
