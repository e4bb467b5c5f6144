/*
 * The claims of the four providers, by their published pages: names, types and forms are theirs, the values are examples.
 * `sub` is in every token as it would be, and no test may need it.
 */

/** The claims of a token, without `iss`, `aud` and times. */
export type Claims = Readonly<Record<string, unknown>>;

/** Ids of the examples, which a policy binds. */
export const IDS = {
  github: { repository: "70107786", owner: "1342004" },
  gitlab: { project: "20" },
  buildkite: { organization: "0184990a-477b-4fa8-9968-496074483cec", pipeline: "0184990a-4782-42b5-afc1-16715b10b1b0" },
  circleci: { organization: "c9035eb6-6eb2-4c85-8a81-d9ed6a1d1d1e", project: "3a2f5b1c-7d4e-4f6a-9b8c-0d1e2f3a4b5c" },
  sha: "9f3182061f1e2cca4702c368cbc039b7dc9d4485",
} as const;

/** A job of GitHub Actions: docs.github.com, actions/reference/security/oidc. */
export function githubClaims(jti: string, more: Claims = {}): Claims {
  return {
    jti,
    sub: "repo:acme@1342004/payments-api@70107786:ref:refs/heads/main",
    ref: "refs/heads/main",
    sha: IDS.sha,
    repository: "acme/payments-api",
    repository_id: IDS.github.repository,
    repository_owner: "acme",
    repository_owner_id: IDS.github.owner,
    repository_visibility: "private",
    run_id: "9601234567",
    run_number: "812",
    run_attempt: "1",
    actor: "dana-m",
    actor_id: "12",
    workflow: "ci",
    workflow_ref: "acme/payments-api/.github/workflows/ci.yml@refs/heads/main",
    workflow_sha: IDS.sha,
    job_workflow_ref: "acme/payments-api/.github/workflows/ci.yml@refs/heads/main",
    job_workflow_sha: IDS.sha,
    head_ref: "",
    base_ref: "",
    event_name: "push",
    ref_protected: "true",
    ref_type: "branch",
    runner_environment: "github-hosted",
    check_run_id: "26512345678",
    ...more,
  };
}

/** A job of GitLab CI: docs.gitlab.com, ci/secrets/id_token_authentication. */
export function gitlabClaims(jti: string, more: Claims = {}): Claims {
  return {
    jti,
    sub: "project_path:acme/payments-api:ref_type:branch:ref:main",
    namespace_id: "72",
    namespace_path: "acme",
    project_id: IDS.gitlab.project,
    project_path: "acme/payments-api",
    job_project_id: IDS.gitlab.project,
    job_project_path: "acme/payments-api",
    job_namespace_id: "72",
    job_namespace_path: "acme",
    user_id: "1",
    user_login: "dana",
    user_email: "dana@example.com",
    pipeline_id: "574",
    pipeline_source: "push",
    job_id: "302",
    ref: "main",
    ref_type: "branch",
    ref_path: "refs/heads/main",
    ref_protected: "true",
    runner_id: 1,
    runner_environment: "self-hosted",
    sha: IDS.sha,
    project_visibility: "private",
    ci_config_ref_uri: "gitlab.example.com/acme/payments-api//.gitlab-ci.yml@refs/heads/main",
    ci_config_sha: IDS.sha,
    ...more,
  };
}

/** A job of Buildkite, asked for with `--claim organization_id --claim pipeline_id`: buildkite.com/docs/agent, oidc. */
export function buildkiteClaims(jti: string, more: Claims = {}): Claims {
  return {
    jti,
    sub: `organization:acme:pipeline:payments-api:ref:refs/heads/main:commit:${IDS.sha}:step:e2e`,
    organization_slug: "acme",
    organization_id: IDS.buildkite.organization,
    pipeline_slug: "payments-api",
    pipeline_id: IDS.buildkite.pipeline,
    build_number: 812,
    build_branch: "main",
    build_commit: IDS.sha,
    build_source: "webhook",
    step_key: "e2e",
    job_id: "0184990a-477b-4fa8-9968-496074483cee",
    agent_id: "0184990a-4782-42b5-afc1-16715b10b8ff",
    runner_environment: "self-hosted",
    ...more,
  };
}

/** A job of CircleCI: circleci.com/docs, openid-connect-tokens. Its tokens have no `jti`, so `_` is not used. */
export function circleciClaims(_: string, more: Claims = {}): Claims {
  const { organization, project } = IDS.circleci;
  return {
    sub: `org/${organization}/project/${project}/user/5e6f7a8b-9c0d-4e1f-a2b3-c4d5e6f7a8b9`,
    "oidc.circleci.com/org-id": organization,
    "oidc.circleci.com/project-id": project,
    "oidc.circleci.com/context-ids": ["7b6a5c4d-3e2f-4a1b-8c9d-0e1f2a3b4c5d"],
    "oidc.circleci.com/job-id": "1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9",
    "oidc.circleci.com/workflow-id": "2b3c4d5e-6f7a-4b8c-9d0e-1f2a3b4c5d6e",
    "oidc.circleci.com/pipeline-id": "9f8e7d6c-5b4a-4c3d-8e2f-1a0b9c8d7e6f",
    "oidc.circleci.com/pipeline-definition-id": "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
    "oidc.circleci.com/ssh-rerun": false,
    "oidc.circleci.com/vcs-origin": "github.com/acme/payments-api",
    "oidc.circleci.com/vcs-ref": "refs/heads/main",
    ...more,
  };
}

/** The path of each provider's issuer below its host, how long its tokens live, and what makes its claims. */
export const PROVIDERS = {
  github: { path: "", lifetimeS: 300, claims: githubClaims },
  gitlab: { path: "", lifetimeS: 300, claims: gitlabClaims },
  buildkite: { path: "", lifetimeS: 300, claims: buildkiteClaims },
  circleci: { path: `/org/${IDS.circleci.organization}`, lifetimeS: 3_600, claims: circleciClaims },
} as const;

export type Provider = keyof typeof PROVIDERS;
