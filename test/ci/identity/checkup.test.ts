import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { IDS } from "../../../demo/ci/claims.js";
import { type Issuer, openIssuer } from "../../../demo/ci/issuer.js";
import { checkIssuers } from "../../../src/ci/identity/checkup.js";
import type { CiIssuer } from "../../../src/domain/policy/policy.js";

let issuer: Issuer;
beforeAll(async () => {
  issuer = await openIssuer("gitlab");
});
afterEach(() => issuer.fail(null));
afterAll(() => issuer.stop());

const named = (audience: string): CiIssuer => ({
  provider: "gitlab",
  issuer: issuer.url,
  audience,
  unprovenCommit: "closed",
  projects: [IDS.gitlab.project],
});

describe("a look at the issuers of a policy", () => {
  test("finds nothing where the keys can be read, and reads them once for two audiences", async () => {
    expect(await checkIssuers([named("a"), named("b")], fetch)).toEqual([]);
    expect(issuer.requests.keys).toBe(1);
  });

  test("names an issuer whose keys cannot be read, and why", async () => {
    issuer.fail({ status: 404 });
    expect(await checkIssuers([named("a")], fetch)).toEqual([
      { word: "ci_keys_stale", problem: `The keys of ${issuer.url} cannot be read (http_404).` },
    ]);
  });

  test("names one that has no key which could be used", async () => {
    issuer.fail({ keys: { keys: [{ kty: "oct", kid: "a", k: "c2VjcmV0" }] } });
    expect(await checkIssuers([named("a")], fetch)).toMatchObject([
      { word: "ci_keys_stale", problem: expect.stringContaining("publishes no key for RS256") },
    ]);
  });
});
