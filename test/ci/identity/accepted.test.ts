import { afterAll, beforeAll, expect, test } from "vitest";
import { type Claims, IDS, type Provider } from "../../../demo/ci/claims.js";
import type { PipelineIdentity } from "../../../src/usecases/ports/ci-identity.js";
import { type CiGround, openCiGround } from "../../support/ci/ground.js";

let ground: CiGround;
beforeAll(async () => {
  ground = await openCiGround();
});
afterAll(() => ground.stop());

async function identityOf(provider: Provider, claims: Claims = {}): Promise<PipelineIdentity> {
  const result = await ground.identify(await ground.mint(provider, { claims }));
  if (!result.ok) throw new Error(result.why);
  return result.identity;
}

test("a job of GitHub Actions is known by repository, run and attempt", async () => {
  expect(await identityOf("github", { jti: "j-1" })).toEqual({
    provider: "github",
    issuer: ground.issuers.github.url,
    repository: IDS.github.repository,
    repositoryName: "acme/payments-api",
    pullRequest: null,
    run: `github:${IDS.github.repository}/9601234567/1`,
    job: null,
    commit: { sha: IDS.sha, proven: true },
    checkRunId: "26512345678",
    tokenId: "j-1",
    expiresAt: new Date((ground.nowS() + 300) * 1000).toISOString(),
    unprovenCommit: "closed",
    event: "push",
    ref: "refs/heads/main",
  });
});

test.each([
  ["push", true],
  ["merge_group", true],
  ["workflow_dispatch", true],
  ["schedule", true],
  ["pull_request", false],
  ["pull_request_review", false],
  ["issue_comment", false],
  ["deployment", false],
])("the sha of a run on %s proves the commit: %s", async (event_name, proven) => {
  const { commit, event } = await identityOf("github", { event_name });
  expect({ commit, event }).toEqual({ commit: { sha: IDS.sha, proven }, event: event_name });
});

test("a job of GitHub that has no check run and no sha is known all the same", async () => {
  const identity = await identityOf("github", { check_run_id: undefined, sha: undefined, ref: undefined });
  expect(identity).toMatchObject({ commit: null, checkRunId: null, ref: null });
});

test("a job of GitLab is known by project and pipeline, and its sha is the commit", async () => {
  expect(await identityOf("gitlab", { jti: "j-2" })).toMatchObject({
    repository: "20",
    run: "gitlab:20/574",
    job: "302",
    commit: { sha: IDS.sha, proven: true },
    checkRunId: null,
    tokenId: "j-2",
    event: "push",
    ref: "main",
  });
});

test("a job of Buildkite is known by organisation, pipeline and build", async () => {
  const { organization, pipeline } = IDS.buildkite;
  expect(await identityOf("buildkite", { jti: "j-3" })).toMatchObject({
    repository: `${organization}/${pipeline}`,
    run: `buildkite:${pipeline}/812`,
    job: "0184990a-477b-4fa8-9968-496074483cee",
    commit: { sha: IDS.sha, proven: true },
    tokenId: "j-3",
    event: "webhook",
    ref: "main",
  });
});

test("a build of Buildkite that does not know its commit yet proves none", async () => {
  expect((await identityOf("buildkite", { build_commit: "HEAD" })).commit).toBeNull();
});

test("a token of Buildkite without a jti is known by its job", async () => {
  const { tokenId } = await identityOf("buildkite", { jti: undefined });
  expect(tokenId).toBe("job:0184990a-477b-4fa8-9968-496074483cee");
});

test("a job of CircleCI is known by project and workflow, proves no commit, and the policy says what then", async () => {
  expect(await identityOf("circleci")).toMatchObject({
    repository: IDS.circleci.project,
    run: `circleci:${IDS.circleci.project}/2b3c4d5e-6f7a-4b8c-9d0e-1f2a3b4c5d6e`,
    job: "1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9",
    commit: null,
    tokenId: "job:2b3c4d5e-6f7a-4b8c-9d0e-1f2a3b4c5d6e/1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9",
    unprovenCommit: "open",
  });
});

test.each(["github", "gitlab", "buildkite", "circleci"] as const)(
  "a token of %s needs no subject",
  async (provider) => {
    const claims = { sub: undefined };
    expect((await identityOf(provider, claims)).provider).toBe(provider);
    expect((await identityOf(provider, { sub: "repo:evil/evil:ref:refs/heads/main" })).provider).toBe(provider);
  },
);

test("a token whose only audience stands in a list is taken", async () => {
  const token = await ground.mint("github", { audience: ["breakglass"] });
  expect((await ground.identify(token)).ok).toBe(true);
});

test("a token of a long life counts for an hour", async () => {
  const iat = ground.nowS();
  const token = await ground.mint("gitlab", { registered: { exp: iat + 86_400 } });
  expect(await ground.identify(token)).toMatchObject({
    identity: { expiresAt: new Date((iat + 3_600) * 1000).toISOString() },
  });
});
