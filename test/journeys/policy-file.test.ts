import { execFileSync } from "node:child_process";
import { rm } from "node:fs/promises";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type Journey, openJourney } from "../support/journey/journey.js";
import { type PolicyOnDisk, policyOnDisk, samplePolicy } from "../support/journey/policies.js";

let on: Journey;
let policy: PolicyOnDisk;
beforeAll(async () => {
  policy = await policyOnDisk(await samplePolicy());
  on = await openJourney({ policyFile: policy.file, errorsExpected: ["policy.unreadable"] });
});
afterAll(async () => {
  await on.close();
  await policy.remove();
});

/** Waits for the answer of `/readyz`, which may be a second old. */
const readyz = (degraded: readonly string[]) =>
  vi.waitFor(async () => expect(JSON.parse((await on.get("/readyz")).body)).toEqual({ down: [], degraded }), 10_000);

it("while a pipe lies in place of the policy file, what becomes due is done, and /readyz names the file until it is back", async () => {
  await on.priya.declares();
  await on.alert("BG-1");
  await rm(policy.file);
  execFileSync("mkfifo", [policy.file]);
  await on.minutesPass(6);
  await on.threadSays("BG-1", "BG-1 escalated");
  await on.minutesPass(30);
  await on.alertSays("BG-1", "BG-1 lapsed");
  await readyz(["policy_file"]);
  await rm(policy.file);
  await policy.write(policy.text);
  await on.minutesPass(1);
  await readyz([]);
  await on.endsWell();
});
