import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Claims, Provider } from "../../../demo/ci/claims.js";
import type { Minting } from "../../../demo/ci/issuer.js";
import type { TokenRefusal } from "../../../src/usecases/ports/ci-identity.js";
import { ALL_PROVIDERS, AUDIENCE, type CiGround, openCiGround } from "../../support/ci/ground.js";

let ground: CiGround;
beforeAll(async () => {
  ground = await openCiGround();
});
afterAll(() => ground.stop());

const OTHER_UUID = "00000000-0000-4000-8000-000000000001";

/** Why a token that differs in this is refused, after a genuine one of the provider was taken. */
async function refusalOf(provider: Provider, minting: Minting): Promise<TokenRefusal | null> {
  expect((await ground.identify(await ground.mint(provider))).ok, "the genuine token").toBe(true);
  const result = await ground.identify(await ground.mint(provider, minting));
  return result.ok ? null : result.why;
}

/** Claims of one provider that lead to a refusal. */
const CLAIMS: Readonly<Record<Provider, readonly (readonly [string, Claims, TokenRefusal])[]>> = {
  github: [
    ["another repository", { repository_id: "70107787" }, "not_bound"],
    ["the same repository of another owner", { repository_owner_id: "1342005" }, "not_bound"],
    ["the names of the bound repository with other ids", { repository_id: "1", repository_owner_id: "2" }, "not_bound"],
    ["a repository id as a number", { repository_id: 70_107_786 }, "missing_claim"],
    ["a repository id with a zero before it", { repository_id: "070107786" }, "missing_claim"],
    ["no repository id", { repository_id: undefined }, "missing_claim"],
    ["no owner id", { repository_owner_id: undefined }, "missing_claim"],
    ["no run", { run_id: undefined }, "missing_claim"],
    ["no attempt", { run_attempt: undefined }, "missing_claim"],
    ["no event", { event_name: undefined }, "missing_claim"],
    ["no jti", { jti: undefined }, "missing_claim"],
    ["an empty jti", { jti: "" }, "missing_claim"],
    ["a run id that holds a path", { run_id: "1/2" }, "missing_claim"],
    ["a sha that is none", { sha: "main" }, "missing_claim"],
    ["pull_request_target", { event_name: "pull_request_target" }, "forbidden_event"],
    ["workflow_run", { event_name: "workflow_run" }, "forbidden_event"],
  ],
  gitlab: [
    ["another project", { project_id: "21", job_project_id: "21" }, "not_bound"],
    ["a fork's pipeline in the parent", { project_id: "99" }, "fork"],
    ["a job in another project", { job_project_id: "99" }, "fork"],
    ["no project of the job, as before 18.3", { job_project_id: undefined }, "missing_claim"],
    ["no project", { project_id: undefined }, "missing_claim"],
    ["no pipeline", { pipeline_id: undefined }, "missing_claim"],
    ["no job", { job_id: undefined }, "missing_claim"],
    ["no jti", { jti: undefined }, "missing_claim"],
    ["a project by its path", { project_id: "acme/payments-api" }, "missing_claim"],
  ],
  buildkite: [
    ["another organisation", { organization_id: OTHER_UUID }, "not_bound"],
    ["no organisation id, only its slug", { organization_id: undefined }, "missing_claim"],
    ["no pipeline id", { pipeline_id: undefined }, "missing_claim"],
    ["no build number", { build_number: undefined }, "missing_claim"],
    ["a build number as text", { build_number: "812" }, "missing_claim"],
    ["no job", { job_id: undefined }, "missing_claim"],
  ],
  circleci: [
    ["another organisation", { "oidc.circleci.com/org-id": OTHER_UUID }, "not_bound"],
    ["another project", { "oidc.circleci.com/project-id": OTHER_UUID }, "not_bound"],
    ["no organisation", { "oidc.circleci.com/org-id": undefined }, "missing_claim"],
    ["no project", { "oidc.circleci.com/project-id": undefined }, "missing_claim"],
    ["no workflow", { "oidc.circleci.com/workflow-id": undefined }, "missing_claim"],
    ["no job", { "oidc.circleci.com/job-id": undefined }, "missing_claim"],
    ["a job that a person is logged in to", { "oidc.circleci.com/ssh-rerun": true }, "ssh_rerun"],
    ["nothing about that", { "oidc.circleci.com/ssh-rerun": undefined }, "missing_claim"],
    ["the word false about that", { "oidc.circleci.com/ssh-rerun": "false" }, "missing_claim"],
    ["the origin of a fork", { "oidc.circleci.com/vcs-origin": "github.com/evil/payments-api" }, "fork"],
    ["no origin", { "oidc.circleci.com/vcs-origin": undefined }, "missing_claim"],
    ["the ref of a fork's pull request", { "oidc.circleci.com/vcs-ref": "refs/heads/pull/7" }, "fork"],
    ["that ref in its other form", { "oidc.circleci.com/vcs-ref": "refs/pull/7/head" }, "fork"],
  ],
};

const CLAIM_CASES = ALL_PROVIDERS.flatMap((provider) =>
  CLAIMS[provider].map(([what, claims, why]) => ({ provider, what, claims, why })),
);

test.each(CLAIM_CASES)("$provider: a token with $what is refused: $why", async ({ provider, claims, why }) => {
  expect(await refusalOf(provider, { claims })).toBe(why);
});

describe.each(ALL_PROVIDERS)("of %s", (provider) => {
  test.each([
    ["for another audience", { audience: "elsewhere" }, "wrong_audience"],
    ["for the audience in other letters", { audience: AUDIENCE.toUpperCase() }, "wrong_audience"],
    ["for two audiences, one of them ours", { audience: [AUDIENCE, "elsewhere"] }, "wrong_audience"],
    ["for nobody", { registered: { aud: undefined } }, "missing_claim"],
    ["for an empty list", { audience: [] }, "wrong_audience"],
    [
      "of an issuer that the policy does not name",
      { registered: { iss: "https://evil.example.com" } },
      "unknown_issuer",
    ],
    ["without an issuer", { registered: { iss: undefined } }, "unknown_issuer"],
    ["without an end", { registered: { exp: undefined } }, "missing_claim"],
    ["without a beginning", { registered: { iat: undefined } }, "missing_claim"],
    ["with an end in words", { registered: { exp: "tomorrow" } }, "missing_claim"],
    ["without a key id", { header: { kid: undefined } }, "no_kid"],
    ["with an empty key id", { header: { kid: "" } }, "no_kid"],
    ["with a key id that is a number", { header: { kid: 1 } }, "no_kid"],
    ["with an unknown key id", { header: { kid: "other" } }, "unknown_key"],
    ["of another type", { header: { typ: "at+jwt" } }, "malformed"],
    ["that holds another token", { header: { cty: "JWT" } }, "malformed"],
  ] as const)("a token %s is refused", async (_what, minting, why) => {
    expect(await refusalOf(provider, minting)).toBe(why);
  });

  test("a token is taken up to 30 s after its end, and no longer", async () => {
    const at = ground.nowS();
    const token = await ground.mint(provider, { registered: { exp: at + 60 } });
    const { identities } = ground;
    expect((await identities.identify(token, new Date((at + 89) * 1000))).ok).toBe(true);
    expect(await identities.identify(token, new Date((at + 90) * 1000))).toEqual({ ok: false, why: "expired" });
  });

  test("a token of an hour ago is refused, whatever end it names", async () => {
    const at = ground.nowS();
    const token = await ground.mint(provider, { registered: { exp: at + 10 * 86_400 } });
    const { identities } = ground;
    expect((await identities.identify(token, new Date((at + 3_630) * 1000))).ok).toBe(true);
    expect(await identities.identify(token, new Date((at + 3_631) * 1000))).toEqual({ ok: false, why: "expired" });
  });

  test.each(["nbf", "iat"])("a token whose %s is more than 30 s ahead is refused", async (claim) => {
    const near = await ground.mint(provider, { registered: { [claim]: ground.nowS() + 30 } });
    expect((await ground.identify(near)).ok).toBe(true);
    const far = await ground.mint(provider, { registered: { [claim]: ground.nowS() + 31 } });
    expect(await ground.identify(far)).toEqual({ ok: false, why: "not_yet_valid" });
  });

  test("a token signed by another provider's key is refused", async () => {
    const foreign = provider === "github" ? "gitlab" : "github";
    const { kid } = ground.issuers[provider].key;
    expect(await refusalOf(provider, { key: ground.issuers[foreign].key, header: { kid } })).toBe("bad_signature");
  });
});

test("a token of one issuer with the claims of another provider is refused", async () => {
  const { claims } = { claims: { repository_id: undefined, project_id: "20", job_project_id: "20", pipeline_id: "1" } };
  expect(await refusalOf("github", { claims })).toBe("missing_claim");
});

test("a token of a provider whose entry the policy no longer has is refused from that moment on", async () => {
  const token = await ground.mint("gitlab");
  expect((await ground.identify(token)).ok).toBe(true);
  ground.change((text) => text.replace(/ {4}- provider: gitlab[\s\S]*?projects: \["20"\]\n/, ""));
  expect(await ground.identify(token)).toEqual({ ok: false, why: "unknown_issuer" });
  ground.change((text) => text);
  expect((await ground.identify(token)).ok).toBe(true);
});
