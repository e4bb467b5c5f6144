import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { IDS } from "../../demo/ci/claims.js";
import { type Issuer, openIssuer } from "../../demo/ci/issuer.js";
import { type Journey, openJourney } from "../support/journey/journey.js";
import { type PolicyOnDisk, policyOnDisk, samplePolicy } from "../support/journey/policies.js";

let issuer: Issuer;
let policy: PolicyOnDisk;
let on: Journey;
beforeAll(async () => {
  issuer = await openIssuer("gitlab");
  policy = await policyOnDisk(await samplePolicy());
  on = await openJourney({ policyFile: policy.file });
});
afterAll(async () => {
  await on.close();
  await policy.remove();
  await issuer.stop();
});

/** Waits for the answer of `/readyz`, which may be a second old. */
const readyz = (degraded: readonly unknown[]) =>
  vi.waitFor(async () => expect(JSON.parse((await on.get("/readyz")).body)).toEqual({ down: [], degraded }), 10_000);

it("the bot reads the keys of an issuer as soon as the policy names it, again and again, and says how old they are", async () => {
  await readyz([]);
  await policy.write(`${policy.text}
ci:
  issuers:
    - provider: gitlab
      issuer: ${issuer.url}
      audience: breakglass
      projects: ["${IDS.gitlab.project}"]
`);
  await on.minutesPass(1);
  await vi.waitFor(() => expect(issuer.requests.keys).toBe(1), 10_000);
  await on.minutesPass(6);
  await vi.waitFor(() => expect(issuer.requests.keys).toBe(2), 10_000);

  issuer.fail("away");
  await on.minutesPass(20);
  await readyz([expect.stringMatching(/^ci_keys_stale: http:\/\/127\.0\.0\.1:\d+=\d+m$/)]);
  issuer.fail(null);
  await on.minutesPass(2);
  await readyz([]);

  issuer.fail("away");
  await policy.write(policy.text);
  await on.minutesPass(30);
  await readyz([]);
  await on.endsWell();
});
