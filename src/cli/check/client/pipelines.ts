import { buildkiteRun, circleciRun, githubRun, gitlabRun } from "../../../domain/gate-checks/run-id.js";

type Env = Readonly<Record<string, string | undefined>>;

/** What the environment of a job says about itself; `null` where it does not. */
export interface Pipeline {
  readonly name: string;
  readonly run: string | null;
  readonly commit: string | null;
  readonly target: string | null;
  /** Where its identity comes from, for the error that says there is none. */
  readonly identity: string;
}

/** The pull request of an event of GitHub. Its head is what people approved; `GITHUB_SHA` is a merge with the base. */
export interface PullRequest {
  readonly number: number;
  readonly head: string;
}

interface Provider {
  readonly name: string;
  /** The variable that only its jobs have. */
  readonly marker: string;
  readonly identity: string;
  run(env: Env): string | null;
  commit(env: Env, pull: PullRequest | null): string | undefined;
  target(env: Env, pull: PullRequest | null): string | null;
}

const whenAll = (parts: readonly (string | undefined)[], make: (...parts: string[]) => string): string | null => {
  const given = parts.flatMap((part) => (part === undefined || part === "" ? [] : [part]));
  return given.length === parts.length ? make(...given) : null;
};

const ofRepository = (repository: string | undefined, pull: string | undefined, commit: string | undefined) =>
  whenAll([repository, pull], (repo, number) => `${repo}#${number}`) ??
  whenAll([repository, commit], (repo, id) => `${repo}@${id}`);

/** `owner/name` of an address on GitHub; `undefined` for one elsewhere. */
const onGithub = (address: string | undefined): string | undefined =>
  /github\.com[:/]+([\w.-]+\/[\w.-]+?)(?:\.git)?(?:\/|$)/.exec(address ?? "")?.[1];
const pullNumber = (address: string | undefined): string | undefined => /\/pull\/(\d+)$/.exec(address ?? "")?.[1];

/** Where the CI systems say it, by their reference of environment variables. */
const PROVIDERS: readonly Provider[] = [
  {
    name: "GitHub Actions",
    marker: "GITHUB_ACTIONS",
    identity: "give the job permissions: id-token: write (pull requests from forks never get it)",
    run: (env) => whenAll([env.GITHUB_REPOSITORY_ID, env.GITHUB_RUN_ID, env.GITHUB_RUN_ATTEMPT], githubRun),
    commit: (env, pull) => pull?.head ?? env.GITHUB_SHA,
    target: (env, pull) => ofRepository(env.GITHUB_REPOSITORY, pull?.number.toString(), env.GITHUB_SHA),
  },
  {
    name: "GitLab CI",
    marker: "GITLAB_CI",
    identity: "give the job id_tokens: BREAKGLASS_TOKEN: aud: breakglass",
    run: (env) => whenAll([env.CI_PROJECT_ID, env.CI_PIPELINE_ID], gitlabRun),
    commit: (env) => env.CI_COMMIT_SHA,
    target: () => null,
  },
  {
    name: "Buildkite",
    marker: "BUILDKITE",
    identity:
      'set it to "$(buildkite-agent oidc request-token --audience breakglass --claim organization_id --claim pipeline_id)"',
    run: (env) => whenAll([env.BUILDKITE_PIPELINE_ID, env.BUILDKITE_BUILD_NUMBER], buildkiteRun),
    // A build that was started by hand may have "HEAD" there, which names no commit.
    commit: (env) => env.BUILDKITE_COMMIT,
    target: ({ BUILDKITE_PULL_REQUEST: pull, BUILDKITE_REPO, BUILDKITE_COMMIT }) =>
      ofRepository(onGithub(BUILDKITE_REPO), pull === "false" ? undefined : pull, BUILDKITE_COMMIT),
  },
  {
    name: "CircleCI",
    marker: "CIRCLECI",
    identity: `set it to "$(circleci run oidc get --claims '{"aud":"breakglass"}')"`,
    run: (env) => whenAll([env.CIRCLE_PROJECT_ID, env.CIRCLE_WORKFLOW_ID], circleciRun),
    commit: (env) => env.CIRCLE_SHA1,
    target: ({ CIRCLE_PULL_REQUEST: pull, CIRCLE_REPOSITORY_URL: repository, CIRCLE_SHA1 }) =>
      ofRepository(onGithub(pull) ?? onGithub(repository), pullNumber(pull), CIRCLE_SHA1),
  },
  {
    name: "Jenkins",
    marker: "JENKINS_URL",
    identity: "Jenkins needs a plugin that signs OpenID Connect tokens; see docs/ci.md",
    // Names of jobs may hold spaces.
    run: (env) => whenAll([env.JOB_NAME, env.BUILD_NUMBER], (job, build) => `jenkins:${encodeURI(job)}/${build}`),
    commit: (env) => env.GIT_COMMIT,
    target: ({ CHANGE_URL: pull, GIT_URL: repository, GIT_COMMIT }) =>
      ofRepository(onGithub(pull) ?? onGithub(repository), pullNumber(pull), GIT_COMMIT),
  },
];

/** What the job says about itself; `null` outside of the CI systems that are known. */
export function pipelineOf(env: Env, pull: PullRequest | null): Pipeline | null {
  const provider = PROVIDERS.find(({ marker }) => (env[marker] ?? "") !== "");
  if (provider === undefined) return null;
  const { name, identity } = provider;
  const commit = provider.commit(env, pull) || null;
  return { name, identity, run: provider.run(env), commit, target: provider.target(env, pull) };
}
