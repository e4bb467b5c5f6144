import { expect, test } from "vitest";
import { type PullRequest, pipelineOf } from "../../../src/cli/check/client/pipelines.js";
import { pullRequestOf } from "../../../src/cli/check/client/pull-request.js";
import { readTarget } from "../../../src/domain/bypass/target.js";
import { runId } from "../../../src/domain/gate-checks/wire.js";

const HEAD = "a".repeat(40);
const SHA = "b".repeat(40);
const UUID = "0190b0a4-5c1e-4b1a-9d3e-2f6f6b1c7a11";

type Env = Readonly<Record<string, string>>;
type Case = readonly [string, Env, PullRequest | null, { run: string; commit: string; target: string | null }];

const github: Env = {
  GITHUB_ACTIONS: "true",
  GITHUB_REPOSITORY: "Acme/Payments-API",
  GITHUB_REPOSITORY_ID: "123",
  GITHUB_RUN_ID: "456",
  GITHUB_RUN_ATTEMPT: "2",
  GITHUB_SHA: SHA,
};
const buildkite: Env = {
  BUILDKITE: "true",
  BUILDKITE_PIPELINE_ID: UUID,
  BUILDKITE_BUILD_NUMBER: "88",
  BUILDKITE_COMMIT: SHA,
  BUILDKITE_PULL_REQUEST: "false",
  BUILDKITE_REPO: "git@github.com:acme/payments-api.git",
};
const circleci: Env = {
  CIRCLECI: "true",
  CIRCLE_PROJECT_ID: UUID,
  CIRCLE_WORKFLOW_ID: "wf-1",
  CIRCLE_SHA1: SHA,
  CIRCLE_REPOSITORY_URL: "https://github.com/acme/payments-api",
};
const jenkins: Env = {
  JENKINS_URL: "https://ci.example.com/",
  JOB_NAME: "payments api/PR-4821",
  BUILD_NUMBER: "7",
  GIT_COMMIT: SHA,
  GIT_URL: "https://github.com/acme/payments-api.git",
};

const CASES: readonly Case[] = [
  [
    "a push on GitHub Actions",
    github,
    null,
    { run: "github:123/456/2", commit: SHA, target: `Acme/Payments-API@${SHA}` },
  ],
  [
    "a pull request on GitHub Actions",
    github,
    { number: 4821, head: HEAD },
    { run: "github:123/456/2", commit: HEAD, target: "Acme/Payments-API#4821" },
  ],
  [
    "GitLab CI",
    { GITLAB_CI: "true", CI_PROJECT_ID: "7", CI_PIPELINE_ID: "99", CI_COMMIT_SHA: SHA },
    null,
    { run: "gitlab:7/99", commit: SHA, target: null },
  ],
  [
    "a branch on Buildkite",
    buildkite,
    null,
    { run: `buildkite:${UUID}/88`, commit: SHA, target: `acme/payments-api@${SHA}` },
  ],
  [
    "a pull request on Buildkite",
    { ...buildkite, BUILDKITE_PULL_REQUEST: "4821" },
    null,
    { run: `buildkite:${UUID}/88`, commit: SHA, target: "acme/payments-api#4821" },
  ],
  [
    "a repository of Buildkite that is not on GitHub",
    { ...buildkite, BUILDKITE_REPO: "git@git.example.com:acme/payments-api.git" },
    null,
    { run: `buildkite:${UUID}/88`, commit: SHA, target: null },
  ],
  [
    "a branch on CircleCI",
    circleci,
    null,
    { run: `circleci:${UUID}/wf-1`, commit: SHA, target: `acme/payments-api@${SHA}` },
  ],
  [
    "a pull request on CircleCI",
    { ...circleci, CIRCLE_PULL_REQUEST: "https://github.com/acme/payments-api/pull/4821" },
    null,
    { run: `circleci:${UUID}/wf-1`, commit: SHA, target: "acme/payments-api#4821" },
  ],
  [
    "a branch on Jenkins",
    jenkins,
    null,
    { run: "jenkins:payments%20api/PR-4821/7", commit: SHA, target: `acme/payments-api@${SHA}` },
  ],
  [
    "a pull request on Jenkins",
    { ...jenkins, CHANGE_URL: "https://github.com/acme/payments-api/pull/4821" },
    null,
    { run: "jenkins:payments%20api/PR-4821/7", commit: SHA, target: "acme/payments-api#4821" },
  ],
];

test.each(CASES)("%s says run, commit and target, which Breakglass reads", (_what, env, pull, expected) => {
  expect(pipelineOf(env, pull)).toMatchObject(expected);
  expect(runId.parse(expected.run)).toBe(expected.run);
  if (expected.target !== null) {
    const kind = expected.target.includes("#") ? "github-pr" : "github-commit";
    expect(readTarget(expected.target)).toMatchObject({ ok: true, target: { kind } });
  }
});

test("what the environment leaves out is not made up", () => {
  expect(pipelineOf({}, null)).toBeNull();
  for (const marker of ["GITHUB_ACTIONS", "GITLAB_CI", "BUILDKITE", "CIRCLECI", "JENKINS_URL"])
    expect(pipelineOf({ [marker]: "true" }, null)).toMatchObject({ run: null, commit: null, target: null });
});

const event = (body: unknown, env: Env = {}) =>
  pullRequestOf({
    env: { GITHUB_ACTIONS: "true", GITHUB_EVENT_PATH: "/event.json", ...env },
    readFile: () => Promise.resolve(Buffer.from(typeof body === "string" ? body : JSON.stringify(body))),
  });

test("a pull request is read from the event of GitHub; its merge commit is not the commit", async () => {
  expect(await event({ pull_request: { number: 4821, head: { sha: HEAD } } })).toEqual({ number: 4821, head: HEAD });
});

test("any other event is none, and neither is a broken one", async () => {
  for (const body of [
    "",
    "{",
    "[]",
    {},
    { pull_request: null },
    { pull_request: { number: "1", head: { sha: HEAD } } },
  ])
    expect(await event(body)).toBeNull();
  for (const sha of ["main", HEAD.slice(1), 7])
    expect(await event({ pull_request: { number: 1, head: { sha } } })).toBeNull();
  expect(await event({ pull_request: { number: 1, head: { sha: HEAD } } }, { GITHUB_ACTIONS: "" })).toBeNull();
  const unreadable = {
    env: { GITHUB_ACTIONS: "true", GITHUB_EVENT_PATH: "/x" },
    readFile: () => Promise.reject(new Error()),
  };
  expect(await pullRequestOf(unreadable)).toBeNull();
});
